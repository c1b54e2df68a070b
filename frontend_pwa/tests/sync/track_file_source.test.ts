import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { isNotThereYet, TRACK_FILE_MAX_BYTES } from '../../src/domain/track_file';
import type { Fetch } from '../../src/sync/http';
import { trackFileSource } from '../../src/sync/track_file_source';

const TEXT = '<gpx version="1.1"></gpx>';
const COUNTS = { points: 3, stored: 2, known: 0, outside: 1, untimed: 0, misplaced: 0 };

function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
}

test('a file goes to its outing, packed, as what it is, and the counts come back', async () => {
  const asked: [string, RequestInit | undefined][] = [];
  const fetch: Fetch = (input, init) => {
    asked.push([input, init]);
    return Promise.resolve(json(COUNTS));
  };
  expect(await trackFileSource(fetch)('o-1', new Blob([TEXT]))).toEqual({ kind: 'loaded', value: COUNTS });
  const [path, init] = asked[0] ?? [];
  const headers = new Headers(init?.headers);
  expect([path, init?.method]).toEqual(['/api/v1/outings/o-1/gpx', 'POST']);
  expect([headers.get('content-type'), headers.get('content-encoding')]).toEqual([
    'application/gpx+xml',
    'gzip',
  ]);
  expect(gunzipSync(new Uint8Array(init?.body as ArrayBuffer)).toString()).toBe(TEXT);
});

test.each([
  [422, 'track_file_without_times', { kind: 'refused', code: 'track_file_without_times' }],
  [413, 'track_file_too_large', { kind: 'refused', code: 'track_file_too_large' }],
  [401, 'not_authenticated', { kind: 'signed_out' }],
])('an answer %i %s is told as it is', async (status, code, told) => {
  const fetch: Fetch = () => Promise.resolve(json({ code }, status));
  expect(await trackFileSource(fetch)('o', new Blob([TEXT]))).toEqual(told);
});

test('without a network it says so', async () => {
  const fetch: Fetch = () => Promise.reject(new TypeError('Failed to fetch'));
  expect(await trackFileSource(fetch)('o', new Blob([TEXT]))).toEqual({ kind: 'no_network' });
});

test('a file that is far too large, or gone again, is refused without asking', async () => {
  const fetch: Fetch = () => Promise.reject(new Error('asked'));
  const huge = { size: TRACK_FILE_MAX_BYTES + 1 } as Blob;
  const gone = { size: 1, arrayBuffer: () => Promise.reject(new Error('gone')) } as unknown as Blob;
  expect(await trackFileSource(fetch)('o', huge)).toEqual({ kind: 'refused', code: 'track_file_too_large' });
  expect(await trackFileSource(fetch)('o', gone)).toEqual({ kind: 'refused', code: 'track_file_unreadable' });
});

test('an outing whose end is still on its way is not a refusal for ever', () => {
  const early = ['not_found', 'outing_running'].map((code) => isNotThereYet({ kind: 'refused', code }));
  expect([...early, isNotThereYet({ kind: 'refused', code: 'not_allowed' })]).toEqual([true, true, false]);
});
