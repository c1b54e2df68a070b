/** SHELL: an encrypted file: a readable header, then AES-256-GCM over a body, its key made of a passphrase by Argon2id. */
import { argon2idAsync } from '@noble/hashes/argon2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';

/** OWASP's first choice for Argon2id; a phone of today takes about two seconds. */
const COST = { m_kib: 19_456, t: 2, p: 1 };
const FORMAT = 'xunfang-unsent-1';

interface Header {
  format: typeof FORMAT;
  kdf: { name: 'argon2id'; m_kib: number; t: number; p: number; salt: number[] };
  iv: number[];
}

export type Opened = { kind: 'opened'; body: Uint8Array } | { kind: 'wrong_passphrase' | 'not_such_a_file' };

async function keyOf(passphrase: string, kdf: Header['kdf']): Promise<CryptoKey> {
  // NFC: two keyboards write the same word in two ways.
  const words = utf8ToBytes(passphrase.normalize('NFC'));
  const raw = await argon2idAsync(words, Uint8Array.from(kdf.salt), {
    ...{ m: kdf.m_kib, t: kdf.t, p: kdf.p, dkLen: 32 },
  });
  return crypto.subtle.importKey('raw', raw as Uint8Array<ArrayBuffer>, 'AES-GCM', false, [
    'encrypt',
    'decrypt',
  ]);
}

export async function seal(
  body: Uint8Array<ArrayBuffer>,
  passphrase: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const kdf: Header['kdf'] = { name: 'argon2id', ...COST, salt: [...salt] };
  const header: Header = { format: FORMAT, kdf, iv: [...iv] };
  const head = utf8ToBytes(`${JSON.stringify(header)}\n`) as Uint8Array<ArrayBuffer>;
  const cipher = { name: 'AES-GCM', iv, additionalData: head };
  const sealed = new Uint8Array(await crypto.subtle.encrypt(cipher, await keyOf(passphrase, kdf), body));
  const file = new Uint8Array(head.length + sealed.length);
  file.set(head);
  file.set(sealed, head.length);
  return file;
}

function headerIn(head: Uint8Array): Header | null {
  try {
    const header = JSON.parse(new TextDecoder().decode(head)) as Header;
    const { m_kib, t, p } = header.kdf;
    // A header that asks for gigabytes is not ours.
    const ours = header.format === FORMAT && m_kib <= 65_536 && t <= 10 && p === 1;
    return ours && header.kdf.salt.length === 16 && header.iv.length === 12 ? header : null;
  } catch {
    return null;
  }
}

/** A file that was cut short or changed does not verify: that cannot be told from a wrong passphrase. */
export async function unseal(file: Uint8Array<ArrayBuffer>, passphrase: string): Promise<Opened> {
  const end = file.indexOf(0x0a) + 1;
  const head = file.slice(0, end);
  const header = headerIn(head);
  if (!header) return { kind: 'not_such_a_file' };
  const cipher = { name: 'AES-GCM', iv: Uint8Array.from(header.iv), additionalData: head };
  try {
    const key = await keyOf(passphrase, header.kdf);
    return {
      kind: 'opened',
      body: new Uint8Array(await crypto.subtle.decrypt(cipher, key, file.slice(end))),
    };
  } catch {
    return { kind: 'wrong_passphrase' };
  }
}
