/** SHELL: reading coverage figures of any level, their days, and the records behind them. */
import type { CoverageAnswer } from '../domain/coverage';
import type { HistoryAnswer } from '../domain/coverage_days';
import { loadedFrom } from './devices_source';
import { ask, type Fetch } from './http';
import type { CoverageSource, Loaded, RecordsPage } from './status';

const ADDRESS = '/api/v1/coverage';

/** `next` may come as a full address; only its path is used, so that no other origin is ever asked. */
function ownPath(address: string): string {
  const url = new URL(address, 'http://own.invalid');
  return url.pathname + url.search;
}

export function coverageSource(fetch: Fetch): CoverageSource {
  const get = async <T>(path: string): Promise<Loaded<T>> =>
    loadedFrom<T>(await ask(fetch, path, { cache: 'no-cache' }));
  return {
    places: (level, query) => get<CoverageAnswer>(`${ADDRESS}/${level}?${query}&geometry=none`),
    history: (level, code, query) =>
      get<HistoryAnswer>(`${ADDRESS}/${level}/${encodeURIComponent(code)}/history?${query}`),
    records: (level, code, figure, query) =>
      get<RecordsPage>(`${ADDRESS}/${level}/${encodeURIComponent(code)}/records?figure=${figure}&${query}`),
    more: (next) => get<RecordsPage>(ownPath(next)),
    fileAddress: (level, query, ending) => `${ADDRESS}/${level}.${ending}?${query}`,
  };
}
