/** SHELL: the device's key, and its signature on what it sends (RFC 9421 over a Content-Digest of RFC 9530). */
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { KeyRow, OfficerStore } from '../data/officer_store';
import { codeOf, type Fetch } from './http';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGN = { name: 'ECDSA', hash: 'SHA-256' };

/** Signs bytes with the device's key; raw r||s, 64 bytes. */
export type Sign = (bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>;

export interface DeviceKey {
  public_key: string;
  sign: Sign;
}

export interface SigningPorts {
  /** The device in whose name is signed. It may change while the app runs. */
  keyid: () => string;
  sign: Sign;
  now_ms: () => number;
  randomBytes: (count: number) => Uint8Array;
}

export function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

function base64url(bytes: Uint8Array): string {
  return base64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

async function newKey(): Promise<KeyRow> {
  const pair = await crypto.subtle.generateKey(ALGORITHM, false, ['sign', 'verify']);
  const spki = new Uint8Array(await crypto.subtle.exportKey('spki', pair.publicKey));
  return { name: 'device', private_key: pair.privateKey, public_key: base64(spki) };
}

/** The key of this store, made the first time. Null where the browser has no WebCrypto: plain http. */
export async function deviceKey(store: OfficerStore): Promise<DeviceKey | null> {
  if (!globalThis.crypto?.subtle) return null;
  // Made outside the transaction, which would not wait for WebCrypto; the first of two tabs wins.
  const made = (await store.keys.get('device')) ?? (await newKey());
  const row = await store.transaction('rw', store.keys, async () => {
    const known = await store.keys.get('device');
    if (known) return known;
    await store.keys.put(made);
    return made;
  });
  return signerOf(row);
}

/** A key that is there already. */
export function signerOf(row: KeyRow): DeviceKey {
  const sign: Sign = async (bytes) => new Uint8Array(await crypto.subtle.sign(SIGN, row.private_key, bytes));
  return { public_key: row.public_key, sign };
}

export interface SignedParts {
  method: string;
  path: string;
  body: Uint8Array | null;
  created_s: number;
  nonce: string;
  keyid: string;
}

/** The headers of a signed request. Every value is of a fixed alphabet, so nothing has to be quoted. */
export async function signatureHeaders(parts: SignedParts, sign: Sign): Promise<Record<string, string>> {
  const { method, path, body, created_s, nonce, keyid } = parts;
  const digest = body && `sha-256=:${base64(sha256(body))}:`;
  const covered = digest ? '("@method" "@path" "content-digest")' : '("@method" "@path")';
  const facts = `created=${String(created_s)};nonce="${nonce}";keyid="${keyid}";alg="ecdsa-p256-sha256"`;
  const parameters = `${covered};${facts}`;
  const lines = [`"@method": ${method}`, `"@path": ${path}`];
  if (digest) lines.push(`"content-digest": ${digest}`);
  lines.push(`"@signature-params": ${parameters}`);
  const signature = await sign(utf8ToBytes(lines.join('\n')) as Uint8Array<ArrayBuffer>);
  return {
    ...(digest ? { 'content-digest': digest } : {}),
    'signature-input': `sig1=${parameters}`,
    signature: `sig1=:${base64(signature)}:`,
  };
}

async function bytesOf(body: BodyInit | null | undefined): Promise<Uint8Array<ArrayBuffer> | null> {
  if (body === null || body === undefined || body === '') return null;
  if (typeof body === 'string') return utf8ToBytes(body) as Uint8Array<ArrayBuffer>;
  return new Uint8Array(await new Response(body).arrayBuffer());
}

/** What the server's clock shows, as its answer says; null when it does not say. */
function serverTime_ms(response: Response): number | null {
  const at_ms = Date.parse(response.headers.get('date') ?? '');
  return Number.isFinite(at_ms) ? at_ms : null;
}

async function signedInit(
  path: string,
  init: RequestInit,
  body: Uint8Array<ArrayBuffer> | null,
  created_s: number,
  ports: SigningPorts,
): Promise<RequestInit> {
  const method = init.method ?? 'GET';
  const nonce = base64url(ports.randomBytes(18));
  const parts = { method, path, body, created_s, nonce, keyid: ports.keyid() };
  const headers = new Headers(init.headers);
  for (const [name, value] of Object.entries(await signatureHeaders(parts, ports.sign)))
    headers.set(name, value);
  return { ...init, headers, ...(body ? { body } : {}) };
}

/**
 * A fetch that signs. A phone whose clock is wrong learns the difference from the answer and signs again; a signature
 * that was seen before (the answer to the first copy was lost) is made anew. Each is tried once a request.
 */
export function signedFetch(fetch: Fetch, ports: SigningPorts): Fetch {
  let ahead_ms = 0;
  return async (input, init = {}) => {
    // Reading hangs on the session alone.
    if (init.method === undefined || init.method === 'GET') return fetch(input, init);
    const { pathname } = new URL(input, 'http://own.invalid');
    const body = await bytesOf(init.body);
    const once = async (): Promise<Response> => {
      const created_s = Math.floor((ports.now_ms() + ahead_ms) / 1000);
      return fetch(input, await signedInit(pathname, init, body, created_s, ports));
    };
    const response = await once();
    if (response.status !== 401 && response.status !== 400) return response;
    const code = await codeOf(response);
    const server_ms = serverTime_ms(response);
    if (code === 'signature_expired' && server_ms !== null) ahead_ms = server_ms - ports.now_ms();
    else if (code !== 'signature_replayed' && code !== 'digest_mismatch') return response;
    return once();
  };
}
