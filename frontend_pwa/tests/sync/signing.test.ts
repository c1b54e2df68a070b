import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { OfficerStore, openStore } from '../../src/data/officer_store';
import type { Fetch } from '../../src/sync/http';
import { deviceKey, signatureHeaders, signedFetch, type DeviceKey } from '../../src/sync/signing';
import { aStore } from '../data/stores';

const DEVICE = '0190a000-0000-7000-8000-0000000000d1';
const TEN_YEARS_MS = 10 * 365 * 86_400_000;

async function aKey(): Promise<DeviceKey> {
  const key = await deviceKey(await aStore());
  if (!key) throw new Error('this Node has WebCrypto');
  return key;
}

const bytesOf = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

/** Checks a signature as another implementation would: from the headers alone. */
async function holds(method: string, path: string, headers: Headers, public_key: string): Promise<boolean> {
  const parameters = (headers.get('signature-input') ?? '').replace(/^sig1=/, '');
  const lines = [`"@method": ${method}`, `"@path": ${path}`];
  const digest = headers.get('content-digest');
  if (digest) lines.push(`"content-digest": ${digest}`);
  lines.push(`"@signature-params": ${parameters}`);
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const key = await crypto.subtle.importKey('spki', bytesOf(public_key), algorithm, true, ['verify']);
  const signature = bytesOf(/^sig1=:(.*):$/.exec(headers.get('signature') ?? '')?.[1] ?? '');
  const signed = new TextEncoder().encode(lines.join('\n'));
  return crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, signature, signed);
}

interface Seen {
  headers: Headers;
  init: RequestInit;
}

function answering(...answers: (() => Response)[]): { fetch: Fetch; seen: Seen[] } {
  const seen: Seen[] = [];
  const fetch: Fetch = (_, init = {}) => {
    seen.push({ headers: new Headers(init.headers), init });
    return Promise.resolve((answers.length > 1 ? answers.shift() : answers[0])?.() ?? new Response());
  };
  return { fetch, seen };
}

const refused = (code: string, date?: string): Response =>
  new Response(JSON.stringify({ code }), {
    status: 401,
    headers: { 'content-type': 'application/problem+json', ...(date ? { date } : {}) },
  });
const fine = (): Response => new Response('{}');

async function signing(fetch: Fetch, now_ms: () => number, key?: DeviceKey): Promise<Fetch> {
  const { sign } = key ?? (await aKey());
  let n = 0;
  const randomBytes = (count: number): Uint8Array => new Uint8Array(count).fill((n += 1));
  return signedFetch(fetch, { keyid: () => DEVICE, sign, now_ms, randomBytes });
}

const createdIn = (seen: Seen | undefined): number =>
  Number(/created=(\d+)/.exec(seen?.headers.get('signature-input') ?? '')?.[1]);
const nonceIn = (seen: Seen | undefined): string =>
  /nonce="([^"]+)"/.exec(seen?.headers.get('signature-input') ?? '')?.[1] ?? '';

describe('a signed request', () => {
  test('verifies against the public key, over method, path and the digest of the body', async () => {
    const key = await aKey();
    const { fetch, seen } = answering(fine);
    const signed = await signing(fetch, () => 1_795_400_000_000, key);
    await signed('/api/v1/sync/push?x=1', { method: 'POST', body: '{"走访":1}' });
    const headers = seen[0]?.headers ?? new Headers();
    expect(headers.get('signature-input')).toMatch(
      /^sig1=\("@method" "@path" "content-digest"\);created=1795400000;nonce="[\w-]{24}";keyid="[0-9a-f-]{36}";alg="ecdsa-p256-sha256"$/,
    );
    expect(await holds('POST', '/api/v1/sync/push', headers, key.public_key)).toBe(true);
    expect(await holds('POST', '/api/v1/sync/pull', headers, key.public_key)).toBe(false);
  });
  test('without a body covers method and path alone', async () => {
    const key = await aKey();
    const part = { method: 'DELETE', path: '/x', body: null, created_s: 1, nonce: 'n', keyid: DEVICE };
    const headers = new Headers(await signatureHeaders(part, key.sign));
    expect(headers.has('content-digest')).toBe(false);
    expect(await holds('DELETE', '/x', headers, key.public_key)).toBe(true);
  });
  test('has the digest of the bytes as they are sent', async () => {
    const { fetch, seen } = answering(fine);
    await (
      await signing(fetch, Date.now)
    )('/x', { method: 'POST', body: new Blob(['abc']) });
    expect(seen[0]?.headers.get('content-digest')).toBe(
      'sha-256=:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=:',
    );
  });
  test('that only reads is not signed: reading hangs on the session', async () => {
    const { fetch, seen } = answering(fine);
    await (
      await signing(fetch, Date.now)
    )('/api/v1/sync/pull');
    expect(seen[0]?.headers.has('signature')).toBe(false);
  });
});

describe('a phone whose clock is wrong', () => {
  test.each([TEN_YEARS_MS, -TEN_YEARS_MS])(
    'by ten years (%s ms) is right at the second try',
    async (off_ms) => {
      const date = 'Sun, 22 Nov 2026 10:00:00 GMT';
      const { fetch, seen } = answering(() => refused('signature_expired', date), fine);
      const signed = await signing(fetch, () => Date.parse(date) + off_ms);
      expect((await signed('/x', { method: 'POST', body: 'a' })).status).toBe(200);
      expect(createdIn(seen[1])).toBe(Date.parse(date) / 1000);
      await signed('/x', { method: 'POST', body: 'b' });
      expect([seen.length, createdIn(seen[2])]).toEqual([3, Date.parse(date) / 1000]);
    },
  );
  test('asks once more and no oftener', async () => {
    const { fetch, seen } = answering(() => refused('signature_expired', 'Sun, 22 Nov 2026 10:00:00 GMT'));
    expect((await (await signing(fetch, Date.now))('/x', { method: 'POST', body: 'a' })).status).toBe(401);
    expect(seen).toHaveLength(2);
  });
});

test('a signature that was seen before is made anew with another nonce', async () => {
  const { fetch, seen } = answering(() => refused('signature_replayed'), fine);
  await (
    await signing(fetch, Date.now)
  )('/x', { method: 'POST', body: 'a' });
  expect(seen).toHaveLength(2);
  expect(nonceIn(seen[0])).not.toBe(nonceIn(seen[1]));
});

test('any other refusal is handed on as it is', async () => {
  const { fetch, seen } = answering(() => refused('not_authenticated'));
  const answer = await (await signing(fetch, Date.now))('/x', { method: 'POST', body: 'a' });
  expect([seen.length, await answer.json()]).toEqual([1, { code: 'not_authenticated' }]);
});

describe('the key of a device', () => {
  test('stays the same in two tabs that make it at once, and after the phone was switched off', async () => {
    const store = await aStore();
    const [one, two] = await Promise.all([deviceKey(store), deviceKey(store)]);
    store.close();
    const again = new OfficerStore(store.name);
    await openStore(again, () => 'unused');
    const three = await deviceKey(again);
    expect([one?.public_key, three?.public_key]).toEqual([two?.public_key, two?.public_key]);
  });
  test('cannot be taken out of the phone', async () => {
    const store = await aStore();
    await deviceKey(store);
    const row = await store.keys.get('device');
    expect([row?.private_key.extractable, row?.private_key.usages]).toEqual([false, ['sign']]);
  });
});

interface Example {
  device: string;
  public_key: string;
  cases: {
    name: string;
    method: string;
    path: string;
    body: string;
    created: number;
    nonce: string;
    signature_base: string;
    headers: Record<string, string>;
  }[];
}

/** The same file is read by pytest: the phone signs the letters that the server checks. */
const EXAMPLE = JSON.parse(
  readFileSync(new URL('../../../tests/contract/http/signature.json', import.meta.url), 'utf8'),
) as Example;

describe('the shared examples of signed requests', () => {
  test.each(EXAMPLE.cases)('$name: the phone signs the same letters', async (example) => {
    const { method, body, created, nonce } = example;
    const path = new URL(example.path, 'http://x').pathname;
    const bytes = body === '' ? null : new TextEncoder().encode(body);
    const signed: string[] = [];
    const headers = await signatureHeaders(
      { method, path, body: bytes, created_s: created, nonce, keyid: EXAMPLE.device },
      (base) => {
        signed.push(new TextDecoder().decode(base));
        return Promise.resolve(new Uint8Array(64));
      },
    );
    expect(signed).toEqual([example.signature_base]);
    expect([headers['signature-input'], headers['content-digest']]).toEqual([
      example.headers['Signature-Input'],
      example.headers['Content-Digest'],
    ]);
    expect(await holds(method, path, new Headers(example.headers), EXAMPLE.public_key)).toBe(true);
  });
});
