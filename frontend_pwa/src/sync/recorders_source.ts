/** SHELL: the officer's recorder apps: listing them, pairing one, revoking one. */
import { loadedFrom } from './devices_source';
import { ask, type Fetch } from './http';
import type { RecordersSource } from './status_recorders';

const PATH = '/api/v1/recorders';

export function recordersSource(fetch: Fetch): RecordersSource {
  return {
    list: async () => loadedFrom(await ask(fetch, PATH, { cache: 'no-store' })),
    make: async (app) =>
      loadedFrom(await ask(fetch, PATH, { method: 'POST', body: JSON.stringify({ app }) })),
    revoke: async (id) =>
      loadedFrom(await ask(fetch, `${PATH}/${encodeURIComponent(id)}`, { method: 'DELETE' })),
  };
}
