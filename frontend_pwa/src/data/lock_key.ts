/** PURE: the data key, and how a secret wraps it: Argon2id for what is typed, HKDF, XChaCha20-Poly1305. */
import { argon2idAsync } from '@noble/hashes/argon2.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, randomBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import type { LockKind } from '../domain/lock';
import { openBytes, sealBytes } from './cipher';

/** OWASP's first choice for Argon2id. */
const COST = { m_kib: 19_456, t: 2, p: 1 };
const SALT_BYTES = 32;
const KEY_BYTES = 32;

/** How the data key lies on the disk (table `lock`). Nothing in it opens without what it was wrapped with. */
export interface WrappedKey {
  kind: LockKind;
  salt: Uint8Array;
  cost: { m_kib: number; t: number; p: number };
  wrapped: Uint8Array;
}

/** What opens: the words or digits, for a PIN with the server's share, for a passkey its secret (PRF) alone. */
export type Material =
  | { kind: 'passphrase'; secret: string }
  | { kind: 'pin'; secret: string; share: Uint8Array }
  | { kind: 'passkey'; prf: Uint8Array };

export function newDataKey(): Uint8Array {
  return randomBytes(KEY_BYTES);
}

export function newSalt(): Uint8Array {
  return randomBytes(SALT_BYTES);
}

async function stretched(secret: string, salt: Uint8Array, cost: WrappedKey['cost']): Promise<Uint8Array> {
  // NFC: two keyboards write the same word in two ways.
  const words = utf8ToBytes(secret.normalize('NFC'));
  return argon2idAsync(words, salt, { m: cost.m_kib, t: cost.t, p: cost.p, dkLen: KEY_BYTES });
}

async function wrappingKey(
  material: Material,
  salt: Uint8Array,
  cost: WrappedKey['cost'],
): Promise<Uint8Array> {
  const of = async (): Promise<Uint8Array> => {
    if (material.kind === 'passkey') return material.prf;
    const words = await stretched(material.secret, salt, cost);
    return material.kind === 'pin' ? concatBytes(words, material.share) : words;
  };
  return hkdf(sha256, await of(), salt, place(material.kind), KEY_BYTES);
}

function place(kind: LockKind): Uint8Array {
  return utf8ToBytes(`xunfang/lock/1/${kind}`);
}

export async function wrapKey(
  dataKey: Uint8Array,
  material: Material,
  salt: Uint8Array,
): Promise<WrappedKey> {
  const { kind } = material;
  const key = await wrappingKey(material, salt, COST);
  return { kind, salt, cost: COST, wrapped: sealBytes(key, `lock\0${kind}`, dataKey) };
}

/** Null for what does not open it: a wrong secret cannot be told from an altered row. */
export async function unwrapKey(row: WrappedKey, material: Material): Promise<Uint8Array | null> {
  const key = await wrappingKey(material, row.salt, row.cost);
  try {
    return openBytes(key, `lock\0${row.kind}`, row.wrapped);
  } catch {
    return null;
  }
}
