/** PURE: the bytes a record's hash is taken of: RFC 8785 canonical JSON of the payload. */
import canonicalize from 'canonicalize';

export function canonicalJson(payload: unknown): string {
  const text = canonicalize(payload);
  if (text === undefined) throw new TypeError('this payload has no JSON form');
  return text;
}

export function hex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
