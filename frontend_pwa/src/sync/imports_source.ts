/** SHELL: the administrator's imports over the network; an upload says how much of it has gone. */
import type { FileKind, ImportRow } from '../domain/imports';
import { loadedFrom } from './devices_source';
import { ask, csrfToken, type Fetch } from './http';
import type { Loaded } from './status';
import type { ImportsSource } from './status_imports';

const PATH = '/api/v1/imports';

export function importsSource(fetch: Fetch): ImportsSource {
  const at = (id: string, more = ''): string => `${PATH}/${encodeURIComponent(id)}${more}`;
  const post = async <T>(path: string, body: unknown = {}): Promise<Loaded<T>> =>
    loadedFrom(await ask(fetch, path, { method: 'POST', body: JSON.stringify(body) }));
  const get = async <T>(path: string): Promise<Loaded<T>> =>
    loadedFrom(await ask(fetch, path, { cache: 'no-store' }));
  return {
    list: () => get(PATH),
    get: (id) => get(at(id)),
    upload,
    look: (id, options) => post(at(id, '/look'), options),
    check: (id, options) => post(at(id, '/check'), options),
    apply: (id) => post(at(id, '/apply')),
    cancel: (id) => post(at(id, '/cancel')),
    remarks: (id, problem, after) =>
      get(`${at(id, '/remarks')}?${new URLSearchParams({ problem, after: String(after) }).toString()}`),
    editions: () => get('/api/v1/editions'),
    tryEdition: (list, edition) => post('/api/v1/editions', { list, edition }),
    reportAddress: (id) => at(id, '/report'),
  };
}

/** With XMLHttpRequest: `fetch` does not tell how much of a body has gone. No time limit: a gigabyte takes its time. */
function upload(
  kind: FileKind,
  file: File,
  told: (share: number) => void,
  signal: AbortSignal,
): Promise<Loaded<ImportRow>> {
  const form = new FormData();
  form.set('kind', kind);
  form.set('file', file);
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open('POST', PATH);
    request.responseType = 'json';
    request.setRequestHeader('accept', 'application/json');
    request.setRequestHeader('x-csrftoken', csrfToken());
    request.upload.onprogress = ({ loaded, total }) => {
      told(total > 0 ? loaded / total : 0);
    };
    request.onload = () => {
      done(answerOf(request));
    };
    request.onerror = request.onabort = () => {
      done({ kind: 'no_network' });
    };
    signal.addEventListener('abort', () => {
      request.abort();
    });
    request.send(form);
  });
}

function answerOf({ status, response }: XMLHttpRequest): Loaded<ImportRow> {
  const body = response as (Partial<ImportRow> & { code?: string }) | null;
  if (status === 201 && body?.id) return { kind: 'loaded', value: body as ImportRow };
  if (status === 401) return { kind: 'signed_out' };
  if (status >= 500 || status === 429) return { kind: 'busy' };
  // A proxy that takes no such file, or a page of somebody else's network.
  if (status === 413 && !body?.code) return { kind: 'refused', code: 'upload_too_large' };
  return body?.code ? { kind: 'refused', code: body.code } : { kind: 'no_network' };
}
