/** SHELL: the server's feed written into the phone: rows and cursor in one transaction. */
import type { Table } from 'dexie';
import { applyDoorChanges, isDoorChange } from '../domain/door_pages';
import type { Change, DisputeEventRecord, DisputeRecord, VisitRecord } from '../domain/records';
import { fact, setFact, type OfficerStore } from './officer_store';

export interface PulledBatch {
  /** True when the server told to start anew: another epoch, or the officer belongs to another unit. */
  reset: boolean;
  changes: Change[];
  cursor: string;
  epoch: string;
  has_more: boolean;
}

export interface Applied {
  /** False when another tab had moved the cursor meanwhile: nothing was written, and nothing is lost. */
  written: boolean;
  /** What the rows were read under is gone: the phone has to offer what it sent. */
  new_epoch: boolean;
  /** Rows left that no change names: lists must be read again. */
  swept: boolean;
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

async function applyDoors(
  store: OfficerStore,
  changes: readonly Change[],
  older_counts: boolean,
): Promise<void> {
  const doors = changes.filter(isDoorChange);
  if (doors.length === 0) return;
  const pages = new Map((await store.doors.toArray()).map((page) => [page.area, page]));
  for (const page of applyDoorChanges(pages, doors, older_counts)) {
    await (page.doors.length === 0 ? store.doors.delete(page.area) : store.doors.put(page));
  }
}

function rowTables(store: OfficerStore): Table<Versioned, string>[] {
  return [store.visits, store.disputes, store.dispute_events] as unknown as Table<Versioned, string>[];
}

async function clearRows(store: OfficerStore): Promise<void> {
  await Promise.all([store.doors.clear(), ...rowTables(store).map((table) => table.clear())]);
}

async function noteSeen(store: OfficerStore, changes: readonly Change[]): Promise<void> {
  const last = new Map(changes.map((change) => [change.id, change.op]));
  const ids = (op: Change['op']): string[] => [...last].filter(([, its]) => its === op).map(([id]) => id);
  await store.seen.bulkPut(ids('put').map((id) => ({ id })));
  await store.seen.bulkDelete(ids('retract'));
}

/** The feed was read from its start to its end: what did not come is not there any more. */
async function sweep(store: OfficerStore): Promise<void> {
  const seen = new Set(await store.seen.toCollection().primaryKeys());
  for (const table of rowTables(store)) await table.filter((row) => !seen.has(row.id)).delete();
  for (const page of await store.doors.toArray()) {
    const doors = page.doors.filter((door) => seen.has(door.id));
    if (doors.length === 0) await store.doors.delete(page.area);
    else if (doors.length < page.doors.length) await store.doors.put({ ...page, doors });
  }
  await store.seen.clear();
  await setFact(store, 'replacing', false);
}

/**
 * What a reset does before its rows are written. In another epoch the same feed is read again into place, so that an
 * officer without network keeps the doors; in the same epoch the officer's unit has changed, and the old one's records
 * must go at once.
 */
async function startAnew(store: OfficerStore, new_epoch: boolean): Promise<void> {
  await store.seen.clear();
  if (new_epoch) {
    await setFact(store, 'replacing', true);
    await setFact(store, 'offer_due', true);
  } else {
    await clearRows(store);
    await store.facts.delete('due_first');
    await setFact(store, 'replacing', false);
    await setFact(store, 'first_sync_done', false);
  }
}

async function writeRows(store: OfficerStore, batch: PulledBatch, replacing: boolean): Promise<void> {
  const of = (type: Change['type']): Change[] => batch.changes.filter((change) => change.type === type);
  await applyDoors(store, batch.changes, replacing);
  await applyRows<VisitRecord>(store.visits, of('visit'));
  await applyRows<DisputeRecord>(store.disputes, of('dispute'));
  await applyRows<DisputeEventRecord>(store.dispute_events, of('dispute_event'));
  if (replacing) await noteSeen(store, batch.changes);
}

/**
 * A phone killed in the middle holds either all of a batch with its cursor or none of it. `from` is the cursor that was
 * asked with: an answer that comes after the cursor has moved is dropped.
 */
export async function applyPulled(
  store: OfficerStore,
  batch: PulledBatch,
  from: string | null,
  now_ms: number,
): Promise<Applied> {
  const tables = [store.facts, store.doors, store.visits, store.disputes, store.dispute_events, store.seen];
  return store.transaction('rw', [...tables, store.sent], async () => {
    if ((await pullCursor(store)) !== from) return { written: false, new_epoch: false, swept: false };
    const epoch = await fact(store, 'epoch');
    // Sent before anything was read: in which epoch that was nobody knows, so it counts as another one.
    const new_epoch = epoch === undefined ? (await store.sent.count()) > 0 : epoch !== batch.epoch;
    if (batch.reset || new_epoch) await startAnew(store, new_epoch);
    const replacing = (await fact(store, 'replacing')) ?? false;
    await writeRows(store, batch, replacing);
    await setFact(store, 'cursor', batch.cursor);
    await setFact(store, 'epoch', batch.epoch);
    await setFact(store, 'pulled_at_ms', now_ms);
    const ended = !batch.has_more;
    if (ended) await setFact(store, 'first_sync_done', true);
    if (ended && replacing) await sweep(store);
    return { written: true, new_epoch, swept: ended && replacing };
  });
}

export async function pullCursor(store: OfficerStore): Promise<string | null> {
  return (await fact(store, 'cursor')) ?? null;
}

/** The cursor was refused, or phone and server differ: the feed is read again from its start into place. */
export async function replaceSnapshot(store: OfficerStore): Promise<void> {
  await store.transaction('rw', store.facts, store.seen, async () => {
    await store.facts.delete('cursor');
    await store.seen.clear();
    await setFact(store, 'replacing', true);
  });
}
