/** SHELL: saving what an officer did: one transaction, and "saved" is said only after it is complete. */
import {
  isHeld,
  UNDO_MS,
  type Mutation,
  type NewMutation,
  type OutboxRow,
  waitingRow,
} from '../domain/mutations';
import type { VisitDraft } from '../domain/visit_draft';
import { payloadSha256 } from './hashing';
import { fact, setFact, type FormDraftRow, type KeptDraft, type OfficerStore } from './officer_store';
import { sealedCopies } from './sealed_outbox';

const NO_COPIES: ReadonlyMap<string, string> = new Map();

function sealed(mutation: NewMutation, seq: number): Mutation {
  return { ...mutation, seq, payload_sha256: payloadSha256(mutation.payload) } as Mutation;
}

/**
 * Inside the caller's transaction over facts and outbox: numbers records, counts them and puts them into the outbox.
 * They may be undone for `undo_ms`. `copies` are what `sealedCopies` made of them before the transaction.
 */
export async function addToOutbox(
  store: OfficerStore,
  hashed: readonly Mutation[],
  now_ms: number,
  undo_ms: number,
  copies = NO_COPIES,
): Promise<void> {
  const seq = (await fact(store, 'seq')) ?? 0;
  const made_total = (await fact(store, 'made_total')) ?? 0;
  const rows = hashed.map((mutation, index) =>
    withCopy(waitingRow(mutation, seq + index + 1, now_ms, now_ms + undo_ms), copies),
  );
  await store.outbox.bulkAdd(rows);
  await setFact(store, 'seq', seq + rows.length);
  await setFact(store, 'made_total', made_total + rows.length);
}

function withCopy(row: OutboxRow, copies: ReadonlyMap<string, string>): OutboxRow {
  const sealed_copy = copies.get(row.id);
  return sealed_copy === undefined ? row : { ...row, sealed_copy };
}

export function hashedRecords(made: readonly NewMutation[]): Mutation[] {
  return made.map((mutation) => sealed(mutation, 0));
}

/**
 * Puts the records of a draft into the outbox, counts them and removes the draft, all or nothing. `draft` is the door
 * of a visit's draft or the key of another form's. Resolves after the transaction's complete event, with the ids that
 * an undo needs.
 */
export async function saveRecords(
  store: OfficerStore,
  made: readonly NewMutation[],
  draft: string,
  now_ms: number,
): Promise<string[]> {
  const hashed = hashedRecords(made);
  const copies = await sealedCopies(store, hashed);
  const tables = [store.facts, store.outbox, store.drafts, store.form_drafts];
  await store.transaction('rw', tables, async () => {
    await addToOutbox(store, hashed, now_ms, UNDO_MS, copies);
    await store.drafts.delete(draft);
    await store.form_drafts.delete(draft);
  });
  return hashed.map((mutation) => mutation.id);
}

/**
 * Takes back records that have not left yet and puts their draft back. False when the time is over: then a
 * correction is the way.
 */
export async function undoRecords(
  store: OfficerStore,
  ids: readonly string[],
  kept: KeptDraft | null,
  now_ms: number,
): Promise<boolean> {
  const tables = [store.facts, store.outbox, store.drafts, store.form_drafts];
  return store.transaction('rw', tables, async () => {
    const rows = await store.outbox.bulkGet([...ids]);
    if (!rows.every((row) => row && row.state === 'waiting' && isHeld(row, now_ms))) return false;
    await store.outbox.bulkDelete([...ids]);
    await setFact(store, 'made_total', ((await fact(store, 'made_total')) ?? 0) - ids.length);
    if (kept && 'premises' in kept) await store.drafts.put(kept);
    else if (kept) await store.form_drafts.put(kept);
    return true;
  });
}

export async function keepDraft(store: OfficerStore, draft: VisitDraft): Promise<void> {
  await store.drafts.put({ premises: draft.premises, draft });
}

export async function dropDraft(store: OfficerStore, premises: string): Promise<void> {
  await store.drafts.delete(premises);
}

export async function keptDraft(store: OfficerStore, premises: string): Promise<VisitDraft | null> {
  return (await store.drafts.get(premises))?.draft ?? null;
}

/** Each change of a form is written down at once: a crash at any keystroke loses nothing. */
export async function keepForm(
  store: OfficerStore,
  key: string,
  value: unknown,
  at_ms: number,
): Promise<void> {
  await store.form_drafts.put({ key, value, at_ms });
}

export async function keptForm(store: OfficerStore, key: string): Promise<FormDraftRow | null> {
  return (await store.form_drafts.get(key)) ?? null;
}

export async function dropForm(store: OfficerStore, key: string): Promise<void> {
  await store.form_drafts.delete(key);
}
