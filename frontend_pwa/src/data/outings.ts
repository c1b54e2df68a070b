/** SHELL: outings in the officer's database. Each step is one transaction: a crash lies before it or after it. */
import { MAX_OUTING_MS, type OutingState } from '../domain/outing';
import type { NewMutation } from '../domain/mutations';
import type { FixBlock } from '../domain/tracks';
import type { OfficerStore } from './officer_store';
import { addToOutbox, hashedRecords } from './save';
import { sealedCopies } from './sealed_outbox';

/** What one moment of an outing changes; `leaving` goes to the server and can not be undone. */
export interface OutingChange {
  outing: OutingState;
  blocks: readonly FixBlock[];
  leaving: readonly NewMutation[];
}

export async function writeOuting(store: OfficerStore, change: OutingChange, now_ms: number): Promise<void> {
  const hashed = hashedRecords(change.leaving);
  const copies = await sealedCopies(store, hashed);
  const tables = [store.facts, store.outbox, store.outings, store.fix_blocks];
  await store.transaction('rw', tables, async () => {
    await store.outings.put(change.outing);
    await store.fix_blocks.bulkPut([...change.blocks]);
    if (hashed.length > 0) await addToOutbox(store, hashed, now_ms, 0, copies);
  });
}

export async function runningOuting(store: OfficerStore): Promise<OutingState | null> {
  const rows = await store.outings.toArray();
  return rows.find((row) => row.ended_at_ms === null) ?? null;
}

/** The latest first. */
export async function outings(store: OfficerStore): Promise<OutingState[]> {
  return (await store.outings.toArray()).sort((a, b) => b.started_at_ms - a.started_at_ms);
}

export async function outingOf(store: OfficerStore, id: string): Promise<OutingState | null> {
  return (await store.outings.get(id)) ?? null;
}

export async function blocksOf(store: OfficerStore, outing: string): Promise<FixBlock[]> {
  return store.fix_blocks.where({ outing }).toArray();
}

/** Takes an ended outing off the phone. What waits in the outbox has its own copy and leaves all the same. */
export async function dropOuting(store: OfficerStore, id: string): Promise<boolean> {
  return store.transaction('rw', store.outings, store.fix_blocks, async () => {
    const row = await store.outings.get(id);
    if (!row || row.ended_at_ms === null) return false;
    await store.fix_blocks.where({ outing: id }).delete();
    await store.outings.delete(id);
    return true;
  });
}

/** Own tracks stay on the phone as long as the server keeps raw tracks; older ones go. */
export const KEEP_OUTINGS_MS = 30 * 86_400_000;

export async function dropOldOutings(store: OfficerStore, now_ms: number): Promise<void> {
  const old = (await store.outings.toArray()).filter(
    (row) => (row.ended_at_ms ?? Infinity) < now_ms - KEEP_OUTINGS_MS - MAX_OUTING_MS,
  );
  for (const { id } of old) await dropOuting(store, id);
}
