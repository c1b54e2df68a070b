/** SHELL: the queue of records without a receipt, and what the server's answers change in it. */
import {
  afterAnswer,
  isHeld,
  isSent,
  KEEP_SENT_MS,
  nextRelease_ms,
  readyToSend,
  waitingRow,
  type BatchLimits,
  type OutboxRow,
  type OutcomeRow,
  type Problem,
  type SentRow,
} from '../domain/mutations';
import { fact, setFact, type OfficerStore } from './officer_store';

export interface OutboxView {
  device: string;
  made_total: number;
  ready: OutboxRow[];
  /** Milliseconds until the next record leaves its undo time; null when none is in it. */
  next_release_ms: number | null;
}

/** `later` names records that the server could not take a moment ago: they must not hold up those behind them. */
export async function outboxView(
  store: OfficerStore,
  now_ms: number,
  limits: BatchLimits,
  later: ReadonlySet<string>,
): Promise<OutboxView> {
  return store.transaction('r', store.facts, store.outbox, async () => {
    const rows = (await store.outbox.orderBy('seq').toArray()).filter((row) => !later.has(row.id));
    return {
      device: (await fact(store, 'device')) ?? '',
      // What may still be undone is not announced: the server would wait for a record that never comes.
      made_total: ((await fact(store, 'made_total')) ?? 0) - rows.filter((row) => isHeld(row, now_ms)).length,
      ready: readyToSend(rows, now_ms, limits),
      next_release_ms: nextRelease_ms(rows, now_ms),
    };
  });
}

/** Applies per-record answers. Only they take a record out of the outbox; an unknown id changes nothing. */
export async function applyAnswers(
  store: OfficerStore,
  answers: readonly OutcomeRow[],
  now_ms: number,
): Promise<void> {
  await store.transaction('rw', store.facts, store.outbox, store.sent, async () => {
    let receipted = 0;
    for (const answer of answers) {
      const row = await store.outbox.get(answer.id);
      if (!row) continue;
      const after = afterAnswer(row, answer, now_ms);
      if (isSent(after)) {
        await store.sent.put(after);
        await store.outbox.delete(row.id);
        receipted += 1;
      } else if (after !== row) {
        await store.outbox.put(after);
      }
    }
    if (receipted > 0) await countReceipts(store, receipted);
  });
}

async function countReceipts(store: OfficerStore, change: number): Promise<void> {
  await setFact(store, 'receipted_total', ((await fact(store, 'receipted_total')) ?? 0) + change);
}

/** What was sent in the last seven days, by id and hash: a restored server says what it misses of it. */
export async function offerItems(store: OfficerStore): Promise<[id: string, sha256: string][]> {
  const items: [string, string][] = [];
  await store.sent.orderBy('sent_at_ms').each((row) => items.push([row.id, row.mutation.payload_sha256]));
  return items;
}

function unsentAgain(row: SentRow): OutboxRow {
  return waitingRow(row.mutation, row.mutation.seq, row.sent_at_ms, row.sent_at_ms);
}

/** What the server has lost waits again. */
export async function sendAgain(store: OfficerStore, missing: readonly string[]): Promise<void> {
  await store.transaction('rw', store.facts, store.outbox, store.sent, async () => {
    const rows = (await store.sent.bulkGet([...missing])).filter((row) => row !== undefined);
    await store.outbox.bulkPut(rows.map(unsentAgain));
    await store.sent.bulkDelete(rows.map((row) => row.id));
    await countReceipts(store, -rows.length);
  });
}

/** A single record that the server refuses as a whole request: a person must look at it, the others go on. */
export async function setAside(store: OfficerStore, id: string, problem: Problem): Promise<void> {
  const row = await store.outbox.get(id);
  if (!row) return;
  await store.outbox.put({
    ...row,
    state: 'attention',
    answer: { id, outcome: 'retry', receipt: null, problem },
  });
}

/** Records that need attention are offered again: a lead may have released them, or the app may have been mended. */
export async function offerAgain(store: OfficerStore): Promise<void> {
  await store.outbox.filter((row) => row.state === 'attention').modify({ state: 'waiting' });
}

export async function dropOldReceipts(store: OfficerStore, now_ms: number): Promise<void> {
  await store.sent
    .where('sent_at_ms')
    .below(now_ms - KEEP_SENT_MS)
    .delete();
}
