/** SHELL: sends a track file to an outing, packed where the browser can. */
import { TRACK_FILE_MAX_BYTES, type AddTrack } from '../domain/track_file';
import { loadedFrom } from './devices_source';
import { ask, type Fetch } from './http';

/** Five megabytes through the weakest mast that is still one. */
const TIMEOUT_MS = 300_000;

/** The bytes as they are sent. Read whole first: a file that lies in a cloud may be gone at the second look. */
async function packed(file: Blob): Promise<{ body: ArrayBuffer; headers: Record<string, string> }> {
  const headers = { 'content-type': 'application/gpx+xml' };
  const body = await file.arrayBuffer();
  if (!('CompressionStream' in globalThis)) return { body, headers };
  const stream = new Blob([body]).stream().pipeThrough(new CompressionStream('gzip'));
  const gzip = await new Response(stream).arrayBuffer();
  return { body: gzip, headers: { ...headers, 'content-encoding': 'gzip' } };
}

export function trackFileSource(fetch: Fetch): AddTrack {
  return async (outing, file) => {
    if (file.size > TRACK_FILE_MAX_BYTES) return { kind: 'refused', code: 'track_file_too_large' };
    const sent = await packed(file).catch(() => null);
    if (sent === null) return { kind: 'refused', code: 'track_file_unreadable' };
    const path = `/api/v1/outings/${encodeURIComponent(outing)}/gpx`;
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    return loadedFrom(await ask(fetch, path, { method: 'POST', ...sent, signal }));
  };
}
