/** SHELL: photos and sounds in the officer's database: added with their announcement, kept until the server has them. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import {
  declaration,
  KEEP_DRAFT_MS,
  KEEP_STORED_MS,
  viewOf,
  type AttachmentRow,
  type AttachmentView,
  type NewAttachment,
} from '../domain/attachments';
import { UNDO_MS, type Mutation, type OutboxRow } from '../domain/mutations';
import { fileForDisk, fileOf } from './files';
import { payloadSha256 } from './hashing';
import { fact, setFact, type OfficerStore } from './officer_store';

/** Keeps a photo with the record that is being written: a crash before the record is saved loses neither. */
export async function keepAttachment(
  store: OfficerStore,
  record: string,
  made: NewAttachment,
  now_ms: number,
  newId: () => string,
): Promise<void> {
  const bytes = new Uint8Array(await made.blob.arrayBuffer());
  const [id, mutation] = [newId(), newId()];
  const file = await fileForDisk(store, id, made.blob);
  await store.attachments.add({
    ...{ id, record, mutation, kind: made.kind, media_type: made.media_type, ...file },
    ...{ sha256: bytesToHex(sha256(bytes)), size_bytes: bytes.byteLength, state: 'draft' },
    ...{
      made_at_ms: now_ms,
      upload_url: null,
      stored_at_ms: null,
      stored_epoch: null,
      altered: 0,
      problem: null,
    },
  });
}

export async function dropAttachment(store: OfficerStore, id: string): Promise<void> {
  await store.transaction('rw', store.attachments, async () => {
    if ((await store.attachments.get(id))?.state === 'draft') await store.attachments.delete(id);
  });
}

async function announcement(row: AttachmentRow, now_ms: number): Promise<Mutation> {
  const made = declaration(row, new Date(now_ms).toISOString());
  return { ...made, seq: 0, payload_sha256: await payloadSha256(made.payload) };
}

/** What of these is neither waiting to be sent nor sent: an undo that came too late finds them announced already. */
async function notAnnounced(store: OfficerStore, mutations: readonly Mutation[]): Promise<Mutation[]> {
  const ids = mutations.map((mutation) => mutation.id);
  const known = [...(await store.outbox.bulkGet(ids)), ...(await store.sent.bulkGet(ids))];
  return mutations.filter((mutation) => !known.some((row) => row?.id === mutation.id));
}

/**
 * Announces the photos of a record that has just been saved, all or nothing. Resolves after the transaction's complete
 * event with the ids of the announcements, which an undo of the record needs as well.
 */
export async function announceAttachments(
  store: OfficerStore,
  record: string,
  now_ms: number,
): Promise<string[]> {
  const drafts = await draftRows(store, record);
  // Hashes come first: a transaction that waits for anything else would commit half-done.
  const made = await Promise.all(drafts.map((row) => announcement(row, now_ms)));
  if (made.length === 0) return [];
  await store.transaction('rw', [store.facts, store.outbox, store.sent, store.attachments], async () => {
    const fresh = await notAnnounced(store, made);
    const seq = (await fact(store, 'seq')) ?? 0;
    const made_total = (await fact(store, 'made_total')) ?? 0;
    await store.outbox.bulkAdd(fresh.map((mutation, index) => outboxRow(mutation, seq + index + 1, now_ms)));
    await setFact(store, 'seq', seq + fresh.length);
    await setFact(store, 'made_total', made_total + fresh.length);
    for (const row of drafts) await store.attachments.update(row.id, { state: 'waiting' });
  });
  return made.map((mutation) => mutation.id);
}

/** A crash between a record and its photos leaves them as drafts of a record that is saved: they are announced now. */
export async function announceForgotten(store: OfficerStore, now_ms: number): Promise<void> {
  const drafts = await store.attachments.where({ state: 'draft' }).toArray();
  if (drafts.length === 0) return;
  const saved = new Set<string>();
  await store.outbox.each((row) => saved.add(row.mutation.record_id));
  await store.sent.each((row) => saved.add(row.mutation.record_id));
  const records = new Set(drafts.map((row) => row.record).filter((record) => saved.has(record)));
  for (const record of records) await announceAttachments(store, record, now_ms);
}

function outboxRow(mutation: Mutation, seq: number, now_ms: number): OutboxRow {
  const times = { saved_at_ms: now_ms, held_until_ms: now_ms + UNDO_MS };
  return { id: mutation.id, seq, mutation: { ...mutation, seq }, ...times, state: 'waiting', answer: null };
}

/** Before `undoRecords` takes announcements back: their photos belong to the draft again. */
export async function takeBack(store: OfficerStore, mutations: readonly string[]): Promise<void> {
  await store.attachments
    .filter((row) => row.state === 'waiting' && mutations.includes(row.mutation))
    .modify({ state: 'draft' });
}

async function draftRows(store: OfficerStore, record: string): Promise<AttachmentRow[]> {
  return (await store.attachments.where({ record }).toArray()).filter((row) => row.state === 'draft');
}

/** The photos of the record that is being written, with their pictures. */
export async function draftAttachments(store: OfficerStore, record: string): Promise<AttachmentRow[]> {
  const rows = await draftRows(store, record);
  return Promise.all(rows.map(async (row) => ({ ...row, blob: await fileOf(row) })));
}

/** All attachments without their bytes. */
export async function attachmentViews(store: OfficerStore): Promise<AttachmentView[]> {
  const views: AttachmentView[] = [];
  // One row in memory at a time: a blob read from the database is not loaded, but it is held.
  await store.attachments.each((row) => views.push(viewOf(row)));
  return views;
}

/** What may be sent, and what is still announced or announced in which epoch. */
export async function uploadView(
  store: OfficerStore,
): Promise<{ rows: AttachmentView[]; outbox: OutboxRow[]; epoch: string | null }> {
  return store.transaction('r', [store.facts, store.outbox, store.attachments], async () => ({
    rows: await attachmentViews(store),
    outbox: await store.outbox.toArray(),
    epoch: (await fact(store, 'epoch')) ?? null,
  }));
}

export async function attachmentBlob(store: OfficerStore, id: string): Promise<Blob | null> {
  const row = await store.attachments.get(id);
  return row ? fileOf(row) : null;
}

export async function changeAttachment(
  store: OfficerStore,
  id: string,
  change: Partial<AttachmentRow>,
): Promise<void> {
  await store.attachments.update(id, change);
}

/** Those that a person had to look at are tried again, from the beginning. */
export async function tryAttachmentsAgain(store: OfficerStore): Promise<void> {
  await store.attachments
    .filter((row) => row.state === 'attention')
    .modify({ state: 'waiting', upload_url: null, altered: 0, problem: null });
}

/** Forgets what the server has had for seven days, and photos whose unsaved record is gone. */
export async function dropOldAttachments(store: OfficerStore, now_ms: number): Promise<void> {
  const forms = (await store.form_drafts.toArray()).map((row) => (row.value as { id?: unknown } | null)?.id);
  const visits = (await store.drafts.toArray()).map((row) => row.draft.id);
  const written = new Set<unknown>([...visits, ...forms]);
  await store.attachments
    .filter((row) => isOver(row, now_ms) && !(row.state === 'draft' && written.has(row.record)))
    .delete();
}

function isOver(row: AttachmentRow, now_ms: number): boolean {
  if (row.state === 'stored') return (row.stored_at_ms ?? now_ms) < now_ms - KEEP_STORED_MS;
  return row.state === 'draft' && row.made_at_ms < now_ms - KEEP_DRAFT_MS;
}
