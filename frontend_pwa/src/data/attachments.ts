/** SHELL: photos and sounds in the officer's database: added with their announcement, kept until the server has them. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Table } from 'dexie';
import {
  declaration,
  KEEP_STORED_MS,
  type AttachmentRow,
  type AttachmentView,
  type NewAttachment,
} from '../domain/attachments';
import { UNDO_MS, type Mutation, type OutboxRow } from '../domain/mutations';
import { payloadSha256 } from './hashing';
import { fact, setFact, type OfficerStore } from './officer_store';

function files(store: OfficerStore): Table<AttachmentRow, string> {
  return store.table('attachments');
}

async function sealed(
  record: string,
  made: NewAttachment,
  now_ms: number,
  newId: () => string,
): Promise<{ row: AttachmentRow; mutation: Mutation }> {
  const bytes = new Uint8Array(await made.blob.arrayBuffer());
  const row: AttachmentRow = {
    ...{ id: newId(), record, mutation: newId(), kind: made.kind, media_type: made.media_type },
    ...{ sha256: bytesToHex(sha256(bytes)), size_bytes: bytes.byteLength, blob: made.blob, state: 'waiting' },
    ...{
      made_at_ms: now_ms,
      upload_url: null,
      stored_at_ms: null,
      stored_epoch: null,
      altered: 0,
      problem: null,
    },
  };
  const announced = declaration(row, new Date(now_ms).toISOString());
  return { row, mutation: { ...announced, seq: 0, payload_sha256: await payloadSha256(announced.payload) } };
}

/**
 * Puts the files and their announcements on the phone, all or nothing. Resolves after the transaction's complete event
 * with the ids of the announcements, which an undo of the record needs as well.
 */
export async function addAttachments(
  store: OfficerStore,
  record: string,
  made: readonly NewAttachment[],
  now_ms: number,
  newId: () => string,
): Promise<string[]> {
  // Bytes and hashes come first: a transaction that waits for anything else would commit half-done.
  const all = await Promise.all(made.map((one) => sealed(record, one, now_ms, newId)));
  await store.transaction('rw', [store.facts, store.outbox, files(store)], async () => {
    const seq = (await fact(store, 'seq')) ?? 0;
    const made_total = (await fact(store, 'made_total')) ?? 0;
    const rows = all.map(({ mutation }, index): OutboxRow => {
      const numbered = { ...mutation, seq: seq + index + 1 };
      const times = { saved_at_ms: now_ms, held_until_ms: now_ms + UNDO_MS };
      return {
        id: mutation.id,
        seq: numbered.seq,
        mutation: numbered,
        ...times,
        state: 'waiting',
        answer: null,
      };
    });
    await files(store).bulkAdd(all.map(({ row }) => row));
    await store.outbox.bulkAdd(rows);
    await setFact(store, 'seq', seq + rows.length);
    await setFact(store, 'made_total', made_total + rows.length);
  });
  return all.map(({ mutation }) => mutation.id);
}

/** After `undoRecords` took announcements back: their bytes go too. */
export async function dropUndone(store: OfficerStore, mutations: readonly string[]): Promise<void> {
  await files(store)
    .filter((row) => mutations.includes(row.mutation))
    .delete();
}

function viewOf(row: AttachmentRow): AttachmentView {
  const view: AttachmentView & { blob?: Blob | null } = { ...row };
  delete view.blob;
  return view;
}

/** All attachments without their bytes. */
export async function attachmentViews(store: OfficerStore): Promise<AttachmentView[]> {
  const views: AttachmentView[] = [];
  // One row in memory at a time: a blob read from the database is not loaded, but it is held.
  await files(store).each((row) => views.push(viewOf(row)));
  return views;
}

/** What may be sent, and what is still announced or announced in which epoch. */
export async function uploadView(
  store: OfficerStore,
): Promise<{ rows: AttachmentView[]; outbox: OutboxRow[]; epoch: string | null }> {
  return store.transaction('r', [store.facts, store.outbox, files(store)], async () => ({
    rows: await attachmentViews(store),
    outbox: await store.outbox.toArray(),
    epoch: (await fact(store, 'epoch')) ?? null,
  }));
}

export async function attachmentBlob(store: OfficerStore, id: string): Promise<Blob | null> {
  return (await files(store).get(id))?.blob ?? null;
}

export async function changeAttachment(
  store: OfficerStore,
  id: string,
  change: Partial<AttachmentRow>,
): Promise<void> {
  await files(store).update(id, change);
}

/** Those that a person had to look at are tried again, from the beginning. */
export async function tryAttachmentsAgain(store: OfficerStore): Promise<void> {
  await files(store)
    .filter((row) => row.state === 'attention')
    .modify({ state: 'waiting', upload_url: null, altered: 0, problem: null });
}

export async function dropOldAttachments(store: OfficerStore, now_ms: number): Promise<void> {
  await files(store)
    .filter((row) => row.state === 'stored' && (row.stored_at_ms ?? now_ms) < now_ms - KEEP_STORED_MS)
    .delete();
}
