/** SHELL: the server's feed written into the phone: rows and cursor in one transaction. */
import { applyDoorChanges, isDoorChange } from '../domain/door_pages';
import type { Change, DisputeEventRecord, DisputeRecord, VisitRecord } from '../domain/records';
import { fact, setFact, type OfficerStore } from './officer_store';
import type { Table } from 'dexie';

export interface PulledBatch {
  /** True when the server restored an older state: what is held is dropped before the changes are applied. */
  reset: boolean;
  changes: Change[];
  cursor: string;
  epoch: string;
  has_more: boolean;
}

interface Versioned {
  id: string;
  version: number;
}

async function applyRows<Row extends Versioned>(
  table: Table<Row, string>,
  changes: readonly Change[],
): Promise<void> {
  const last = new Map(changes.map((change) => [change.id, change]));
  const gone = [...last.values()].filter((change) => change.op === 'retract' || change.record === null);
  const put = [...last.values()].filter((change) => change.op === 'put' && change.record !== null);
  await table.bulkDelete(gone.map((change) => change.id));
  await table.bulkPut(put.map((change) => change.record as Row));
}

async function applyDoors(store: OfficerStore, changes: readonly Change[]): Promise<void> {
  const doors = changes.filter(isDoorChange);
  if (doors.length === 0) return;
  const pages = new Map((await store.doors.toArray()).map((page) => [page.area, page]));
  for (const page of applyDoorChanges(pages, doors)) {
    await (page.doors.length === 0 ? store.doors.delete(page.area) : store.doors.put(page));
  }
}

async function clearRows(store: OfficerStore): Promise<void> {
  await Promise.all([
    store.doors.clear(),
    store.visits.clear(),
    store.disputes.clear(),
    store.dispute_events.clear(),
  ]);
}

/** A phone killed in the middle holds either all of a batch with its cursor or none of it. */
export async function applyPulled(store: OfficerStore, batch: PulledBatch, now_ms: number): Promise<void> {
  const tables = [store.facts, store.doors, store.visits, store.disputes, store.dispute_events];
  await store.transaction('rw', tables, async () => {
    if (batch.reset) await clearRows(store);
    const of = (type: Change['type']): Change[] => batch.changes.filter((change) => change.type === type);
    await applyDoors(store, batch.changes);
    await applyRows<VisitRecord>(store.visits, of('visit'));
    await applyRows<DisputeRecord>(store.disputes, of('dispute'));
    await applyRows<DisputeEventRecord>(store.dispute_events, of('dispute_event'));
    await setFact(store, 'cursor', batch.cursor);
    await setFact(store, 'epoch', batch.epoch);
    await setFact(store, 'pulled_at_ms', now_ms);
    if (batch.reset) await setFact(store, 'first_sync_done', false);
    if (!batch.has_more) await setFact(store, 'first_sync_done', true);
  });
}

export async function pullCursor(store: OfficerStore): Promise<string | null> {
  return (await fact(store, 'cursor')) ?? null;
}

/** The cursor was refused: the next pull starts from the beginning, over the rows that are there. */
export async function forgetCursor(store: OfficerStore): Promise<void> {
  await store.facts.bulkDelete(['cursor', 'epoch']);
}
