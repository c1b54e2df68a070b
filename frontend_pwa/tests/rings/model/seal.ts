/** PURE: hashes and signatures of the ring, made apart from the phone's own code so that the two can disagree. */
import canonicalize from 'canonicalize';
import { createHash } from 'node:crypto';

export function sha256OfText(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

export function sha256OfPayload(payload: unknown): string {
  return sha256OfText(canonicalize(payload) ?? '');
}

export function base64OfDigest(body: Uint8Array | string): string {
  return createHash('sha256').update(body).digest('base64');
}

/** Stands for ECDSA, which Node would compute on a thread of its own and end when it likes. */
export function modelSignature(public_key: string, bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha512').update(public_key).update(bytes).digest());
}
