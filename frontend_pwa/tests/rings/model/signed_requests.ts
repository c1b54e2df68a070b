/** PURE: what the model server checks of a signed request (contract: RFC 9421 with Content-Digest). */
import { base64OfDigest, modelSignature } from './seal';
import type { Held } from './server_state';

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Headers;
  body: string;
  /** The cookie: which session of this phone's browser. */
  session: string | null;
}

export type Proof =
  { kind: 'none' } | { kind: 'held'; device: string } | { kind: 'refused'; status: number; code: string };

const PARAMETERS = /^sig1=(\(.*\);created=(\d+);nonce="([\w-]+)";keyid="([^"]+)";alg="ecdsa-p256-sha256")$/;
const TOLERANCE_S = 300;

function refused(code: string, status = 401): Proof {
  return { kind: 'refused', status, code };
}

function signedBytes(asked: Asked, parameters: string): Uint8Array {
  const lines = [`"@method": ${asked.method}`, `"@path": ${asked.path}`];
  const digest = asked.headers.get('content-digest');
  if (digest !== null) lines.push(`"content-digest": ${digest}`);
  lines.push(`"@signature-params": ${parameters}`);
  return new TextEncoder().encode(lines.join('\n'));
}

function keyOf(asked: Asked, held: Held, keyid: string): string | null {
  if (asked.path !== '/api/v1/devices/enrol') return held.devices.get(keyid)?.public_key ?? null;
  const body = JSON.parse(asked.body) as { public_key: string; device: string };
  return body.device === keyid ? body.public_key : null;
}

/** Who signed; nonces that held are remembered, so that a copy of the request proves nothing. */
export function proofOf(asked: Asked, held: Held, nonces: Set<string>, now_s: number): Proof {
  const [, parameters, created, nonce, keyid] =
    PARAMETERS.exec(asked.headers.get('signature-input') ?? '') ?? [];
  if (!parameters || !nonce || !keyid) return { kind: 'none' };
  if (asked.body !== '' && asked.headers.get('content-digest') !== `sha-256=:${base64OfDigest(asked.body)}:`)
    return refused('digest_mismatch', 400);
  const key = keyOf(asked, held, keyid);
  const expected =
    key && `sig1=:${Buffer.from(modelSignature(key, signedBytes(asked, parameters))).toString('base64')}:`;
  if (expected !== asked.headers.get('signature')) return refused('signature_invalid');
  if (Math.abs(Number(created) - now_s) > TOLERANCE_S) return refused('signature_expired');
  if (nonces.has(`${keyid} ${nonce}`)) return refused('signature_replayed');
  nonces.add(`${keyid} ${nonce}`);
  return { kind: 'held', device: keyid };
}
