/** SHELL: sealing to the server's public key (HPKE, RFC 9180): the phone itself cannot read it again. */
import type { SealingKey } from '../domain/records';
import type { CipherSuite } from '@hpke/core';

/** What a seal is for, and what it belongs to: it opens for nothing else. */
export interface SealedFor {
  info: 'xunfang/party/1' | 'xunfang/outbox/1' | 'xunfang/attachment/1';
  aad: string;
}

interface Sealer {
  suite: CipherSuite;
  recipient: CryptoKey;
}

let loading: Promise<CipherSuite> | null = null;
let known: { public_key: string; sealer: Promise<Sealer> } | null = null;

/** Fetched when something is sealed for the first time: Today opens without it. */
async function newSuite(): Promise<CipherSuite> {
  const { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } = await import('@hpke/core');
  return new CipherSuite({
    kem: new DhkemP256HkdfSha256(),
    kdf: new HkdfSha256(),
    aead: new Aes256Gcm(),
  });
}

function base64url(bytes: ArrayBuffer): string {
  const text = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join('');
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

async function newSealer(key: SealingKey): Promise<Sealer> {
  // One that could not be fetched is fetched again next time.
  loading ??= newSuite().catch((error: unknown) => {
    loading = null;
    throw error;
  });
  const suite = await loading;
  const point = Uint8Array.from(atob(key.public_key), (letter) => letter.charCodeAt(0));
  return { suite, recipient: await suite.kem.deserializePublicKey(point.buffer) };
}

async function sealerOf(key: SealingKey): Promise<Sealer> {
  if (known?.public_key !== key.public_key) known = { public_key: key.public_key, sealer: newSealer(key) };
  try {
    return await known.sealer;
  } catch (error) {
    known = null;
    throw error;
  }
}

/**
 * `<key id>.<enc>.<ciphertext>` in base64url. What it is bound to goes into HPKE's info, as RFC 9180 (8.1) advises where
 * a context seals one message.
 */
export async function sealForServer(
  key: SealingKey,
  { info, aad }: SealedFor,
  bytes: Uint8Array,
): Promise<string> {
  const { suite, recipient } = await sealerOf(key);
  const bound = new TextEncoder().encode(`${info}\0${aad}`);
  const sender = await suite.createSenderContext({ recipientPublicKey: recipient, info: bound.buffer });
  const sealed = await sender.seal(new Uint8Array(bytes).buffer);
  return `${key.key_id}.${base64url(sender.enc)}.${base64url(sealed)}`;
}
