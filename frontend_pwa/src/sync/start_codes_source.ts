/** SHELL: accounts without a password, and one-time codes for them. */
import { loadedFrom } from './devices_source';
import { ask, type Fetch } from './http';
import type { StartCodesSource } from './status_start_codes';

const PATH = '/api/v1/start-codes';

export function startCodesSource(fetch: Fetch): StartCodesSource {
  return {
    list: async () => loadedFrom(await ask(fetch, PATH, { cache: 'no-store' })),
    start: async (username, code, password) =>
      loadedFrom(
        await ask(fetch, '/api/v1/start', {
          method: 'POST',
          body: JSON.stringify({ username, code, password }),
        }),
      ),
    make: async (officers) =>
      loadedFrom(await ask(fetch, PATH, { method: 'POST', body: JSON.stringify({ officers }) })),
  };
}
