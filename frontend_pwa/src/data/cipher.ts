/** PURE: the cipher of the phone's rows: XChaCha20-Poly1305, random nonces, done when it returns. */
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { randomBytes } from '@noble/ciphers/utils.js';
import type { Cipher } from './encrypted_tables';

const NONCE_BYTES = 24;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** nonce and ciphertext in one piece; 192 random bits never meet twice. */
export function sealBytes(key: Uint8Array, place: string, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const nonce = randomBytes(NONCE_BYTES);
  const sealed = xchacha20poly1305(key, nonce, encoder.encode(place)).encrypt(bytes);
  const whole = new Uint8Array(NONCE_BYTES + sealed.length);
  whole.set(nonce);
  whole.set(sealed, NONCE_BYTES);
  return whole;
}

/** Throws for another key, another place, or an altered byte. */
export function openBytes(key: Uint8Array, place: string, whole: Uint8Array): Uint8Array {
  const nonce = whole.subarray(0, NONCE_BYTES);
  return xchacha20poly1305(key, nonce, encoder.encode(place)).decrypt(whole.subarray(NONCE_BYTES));
}

export class RowCipher implements Cipher {
  readonly #key: Uint8Array;

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  seal(place: string, text: string): Uint8Array {
    return sealBytes(this.#key, place, encoder.encode(text));
  }

  open(place: string, sealed: Uint8Array): string {
    return decoder.decode(openBytes(this.#key, place, sealed));
  }
}
