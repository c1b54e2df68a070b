/** SHELL: reading coverage figures and the records behind them. */
import type { CoverageAnswer } from '../domain/coverage';
import { loadedFrom } from './devices_source';
import { ask, type Fetch } from './http';
import type { CoverageSource, Loaded, RecordsPage } from './status';

/** `next` may come as a full address; only its path is used, so that no other origin is ever asked. */
function ownPath(address: string): string {
  const url = new URL(address, 'http://own.invalid');
  return url.pathname + url.search;
}

export function coverageSource(fetch: Fetch): CoverageSource {
  const get = async <T>(path: string): Promise<Loaded<T>> =>
    loadedFrom<T>(await ask(fetch, path, { cache: 'no-cache' }));
  return {
    townships: (query) => get<CoverageAnswer>(`/api/v1/coverage/townships?${query}&geometry=none`),
    records: (code, figure, query) =>
      get<RecordsPage>(
        `/api/v1/coverage/townships/${encodeURIComponent(code)}/records?figure=${figure}&${query}`,
      ),
    more: (next) => get<RecordsPage>(ownPath(next)),
    csvAddress: (query) => `/api/v1/coverage/townships.csv?${query}`,
  };
}
