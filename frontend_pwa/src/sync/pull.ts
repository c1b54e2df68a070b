/** SHELL: several pages of the feed fetched and then written at once with the cursor after them. */
import type { Applied, PulledBatch } from '../data/snapshot';
import type { SyncStorage } from '../data/sync_storage';
import type { PullPage } from '../domain/records';
import { ask, type Fetch } from './http';
import type { Failure } from './machine_types';

/** Doors are rewritten a township at a time, so pages are gathered: ten of them a transaction. */
const GATHERED_PAGES = 10;

export interface Pulled extends Applied {
  batch: PulledBatch | null;
  failure: Failure | null;
}

/** What the engine lends for one piece of work. */
export interface Hands {
  fetch: Fetch;
  signal: AbortSignal;
  /** Tells the watchdog that something has moved, and how long a body of this size may take besides. */
  progress: (body_bytes?: number) => void;
}

function isPage(body: unknown): body is PullPage {
  const page = body as Partial<PullPage> | null;
  return Array.isArray(page?.changes) && typeof page.cursor === 'string' && typeof page.epoch === 'string';
}

async function onePage(hands: Hands, cursor: string | null, page_rows: number): Promise<PullPage | Failure> {
  const query = new URLSearchParams({ limit: String(page_rows), ...(cursor === null ? {} : { cursor }) });
  const init: RequestInit = { cache: 'no-store', signal: hands.signal };
  const answer = await ask(hands.fetch, `/api/v1/sync/pull?${query.toString()}`, init);
  hands.progress();
  if (!answer.ok) return answer.failure;
  return isPage(answer.body) ? answer.body : { kind: 'no_network' };
}

/** After a reset only what follows it counts: what was gathered before belongs to the lost history. */
function added(gathered: PulledBatch | null, page: PullPage): PulledBatch {
  const { cursor, epoch, reset } = page;
  // A page that starts anew is never the end, whatever else it says.
  const has_more = page.has_more || reset;
  if (reset || !gathered) return { reset, changes: page.changes, cursor, epoch, has_more };
  return { reset: gathered.reset, changes: [...gathered.changes, ...page.changes], cursor, epoch, has_more };
}

interface Gathered {
  batch: PulledBatch | null;
  failure: Failure | null;
}

async function gather(hands: Hands, from: string | null, page_rows: number): Promise<Gathered> {
  let batch: PulledBatch | null = null;
  let bare_reset = false;
  let cursor = from;
  for (let pages = 0; pages < GATHERED_PAGES && (batch?.has_more ?? true); pages += 1) {
    const page = await onePage(hands, cursor, page_rows);
    // A reset counts only with the page after it: an officer without network keeps the doors till then.
    if ('kind' in page) return { batch: bare_reset ? null : batch, failure: page };
    // Another epoch in the middle: what was gathered belongs to a history that is gone.
    if (batch && !page.reset && page.epoch !== batch.epoch)
      return { batch: null, failure: { kind: 'no_network' } };
    batch = added(batch, page);
    bare_reset = page.reset;
    cursor = page.cursor;
  }
  return { batch: bare_reset ? null : batch, failure: null };
}

const NOTHING: Applied = { written: false, new_epoch: false, swept: false };

/** Fetches and stores the next part of the feed. What arrived before a failure is stored all the same. */
export async function pullBatch(
  storage: SyncStorage,
  hands: Hands,
  page_rows: number,
  now_ms: () => number,
): Promise<Pulled> {
  const from = await storage.cursor();
  const { batch, failure } = await gather(hands, from, page_rows);
  if (failure?.kind === 'indigestible') {
    await storage.replaceSnapshot();
    return { batch: null, failure: { kind: 'refused', code: failure.problem.code }, ...NOTHING };
  }
  const applied = batch ? await storage.applyPulled(batch, from, now_ms()) : NOTHING;
  return { batch: applied.written ? batch : null, failure, ...applied };
}
