/** SHELL: several pages of the feed fetched and then written at once with the cursor after them. */
import { applyPulled, forgetCursor, pullCursor, type PulledBatch } from '../data/snapshot';
import type { OfficerStore } from '../data/officer_store';
import type { PullPage } from '../domain/records';
import { ask, type Fetch } from './http';
import type { Failure } from './machine';

const PAGE_ROWS = 500;
/** Doors are rewritten a township at a time, so pages are gathered: ten of them a transaction. */
const GATHERED_PAGES = 10;

export interface Pulled {
  batch: PulledBatch | null;
  failure: Failure | null;
}

function isPage(body: unknown): body is PullPage {
  const page = body as Partial<PullPage> | null;
  return Array.isArray(page?.changes) && typeof page.cursor === 'string';
}

async function onePage(fetch: Fetch, cursor: string | null): Promise<PullPage | Failure> {
  const query = new URLSearchParams({ limit: String(PAGE_ROWS), ...(cursor === null ? {} : { cursor }) });
  const answer = await ask(fetch, `/api/v1/sync/pull?${query.toString()}`, { cache: 'no-store' });
  if (!answer.ok) return answer.failure;
  return isPage(answer.body) ? answer.body : { kind: 'no_network' };
}

/** After a reset only what follows it counts: what was gathered before belongs to the lost history. */
function added(gathered: PulledBatch | null, page: PullPage): PulledBatch {
  const { cursor, epoch, has_more } = page;
  if (page.reset || !gathered) return { reset: page.reset, changes: page.changes, cursor, epoch, has_more };
  return { reset: gathered.reset, changes: [...gathered.changes, ...page.changes], cursor, epoch, has_more };
}

/** Fetches and stores the next part of the feed. What arrived before a failure is stored all the same. */
export async function pullBatch(store: OfficerStore, fetch: Fetch, now_ms: () => number): Promise<Pulled> {
  let batch: PulledBatch | null = null;
  let failure: Failure | null = null;
  let cursor = await pullCursor(store);
  for (let pages = 0; pages < GATHERED_PAGES && (batch?.has_more ?? true); pages += 1) {
    const page = await onePage(fetch, cursor);
    if ('kind' in page) {
      failure = page;
      break;
    }
    batch = added(batch, page);
    cursor = page.cursor;
  }
  if (failure?.kind === 'indigestible') {
    await forgetCursor(store);
    failure = { kind: 'refused', code: failure.problem.code };
  }
  if (batch) await applyPulled(store, batch, now_ms());
  return { batch, failure };
}
