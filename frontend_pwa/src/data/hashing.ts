/** PURE: SHA-256 in the language itself: there without https, and done when it returns. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson } from '../domain/canonical';

export function sha256Hex(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes));
}

export function textSha256(text: string): string {
  return sha256Hex(utf8ToBytes(text));
}

export function payloadSha256(payload: unknown): string {
  return textSha256(canonicalJson(payload));
}
