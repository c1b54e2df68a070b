/** SHELL: sends copies that were sealed to the server, from behind a closed lock or from what a deleted database left. */
import type { OutcomeRow } from '../domain/mutations';
import { ask, type Fetch } from './http';
import type { Failure } from './machine_types';

const AT_ONCE = 100;
const BYTES_AT_ONCE = 2_000_000;

export interface SealedItem {
  id: string;
  seq: number;
  sealed: string;
}

/** Where copies come from, and who is told what became of them. */
export interface SealedSource {
  device: string;
  made_total: number;
  waiting: () => Promise<readonly SealedItem[]>;
  answered: (answers: readonly OutcomeRow[]) => Promise<void>;
}

/** As many as fit into one request, at least one. */
function nextOf(items: readonly SealedItem[]): SealedItem[] {
  let bytes = 0;
  const over = items.findIndex((item, at) => (bytes += item.sealed.length) > BYTES_AT_ONCE && at > 0);
  return items.slice(0, Math.min(AT_ONCE, over === -1 ? items.length : over));
}

/** Sends until nothing new is left. Null when all were answered; else why not. `fetch` signs as the source's device. */
export async function sendSealed(
  source: SealedSource,
  fetch: Fetch,
  now_ms: () => number,
  app_version: string,
): Promise<Failure | null> {
  const tried = new Set<string>();
  const { device, made_total } = source;
  for (;;) {
    const mutations = nextOf((await source.waiting()).filter((item) => !tried.has(item.id)));
    if (mutations.length === 0) return null;
    for (const item of mutations) tried.add(item.id);
    const sent_at = new Date(now_ms()).toISOString();
    const body = JSON.stringify({ device, app_version, made_total, sent_at, mutations });
    const answer = await ask(fetch, '/api/v1/sync/sealed', { method: 'POST', body });
    if (!answer.ok) return answer.failure;
    const { outcomes } = answer.body as { outcomes?: OutcomeRow[] };
    if (!Array.isArray(outcomes)) return { kind: 'no_network' };
    await source.answered(outcomes);
  }
}
