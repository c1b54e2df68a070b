/** SHELL: what has not left the phone, taken along as an encrypted file and read back into a phone of the same officer. */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { viewOf, type AttachmentRow, type AttachmentView } from '../domain/attachments';
import { isHeldByServer, waitingRow, type Mutation } from '../domain/mutations';
import { fileForDisk, fileOf } from './files';
import { fact, setFact, type OfficerStore } from './officer_store';
import { seal, unseal } from './sealed_file';

interface Content {
  officer: string;
  saved_at: string;
  mutations: Mutation[];
  /** Their bytes follow the JSON in this order. */
  attachments: AttachmentView[];
}

export interface Unsent {
  mutations: Mutation[];
  attachments: AttachmentRow[];
}

export type Imported =
  | { kind: 'imported'; records: number; attachments: number; known: number }
  | { kind: 'wrong_passphrase' | 'not_such_a_file' | 'another_officer' };

/**
 * Every record that the server does not hold, and every file that is not whole there. What waits for a lead's decision,
 * or was turned down, is on the server: it keeps nobody from signing out.
 */
export async function unsentOf(store: OfficerStore): Promise<Unsent> {
  return store.transaction('r', store.outbox, store.attachments, async () => ({
    mutations: (await store.outbox.orderBy('seq').toArray())
      .filter((row) => !isHeldByServer(row))
      .map((row) => row.mutation),
    attachments: await store.attachments
      .filter((row) => (row.state === 'waiting' || row.state === 'attention') && row.blob !== null)
      .toArray(),
  }));
}

function packed(content: Content, files: readonly ArrayBuffer[]): Uint8Array<ArrayBuffer> {
  const json = utf8ToBytes(JSON.stringify(content));
  const total = files.reduce((sum, file) => sum + file.byteLength, 4 + json.length);
  const body = new Uint8Array(total);
  new DataView(body.buffer).setUint32(0, json.length);
  body.set(json, 4);
  let at = 4 + json.length;
  for (const file of files) {
    body.set(new Uint8Array(file), at);
    at += file.byteLength;
  }
  return body;
}

function unpacked(body: Uint8Array): { content: Content; attachments: AttachmentRow[] } {
  const length = new DataView(body.buffer, body.byteOffset).getUint32(0);
  const content = JSON.parse(new TextDecoder().decode(body.subarray(4, 4 + length))) as Content;
  let at = 4 + length;
  const attachments = content.attachments.map((row) => {
    const blob = new Blob([body.slice(at, at + row.size_bytes)], { type: row.media_type });
    at += row.size_bytes;
    // Where it was going belongs to the other phone.
    return { ...row, blob, upload_url: null };
  });
  return { content, attachments };
}

export async function sealUnsent(
  unsent: Unsent,
  officer: string,
  passphrase: string,
  now_ms: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const files = await Promise.all(
    unsent.attachments.map(async (row) => ((await fileOf(row)) ?? new Blob()).arrayBuffer()),
  );
  // The key under which a file lies on this phone stays here: in the new file it lies under the passphrase.
  const attachments = unsent.attachments.map((row, index) => {
    return { ...viewOf(row), blob: null, size_bytes: files[index]?.byteLength ?? 0 };
  });
  const saved_at = new Date(now_ms).toISOString();
  const content: Content = { officer, saved_at, mutations: unsent.mutations, attachments };
  return seal(packed(content, files), passphrase);
}

async function addRecords(
  store: OfficerStore,
  mutations: readonly Mutation[],
  now_ms: number,
): Promise<number> {
  const ids = mutations.map((mutation) => mutation.id);
  const known = [...(await store.outbox.bulkGet(ids)), ...(await store.sent.bulkGet(ids))].map(
    (row) => row?.id,
  );
  const fresh = mutations.filter((mutation) => !known.includes(mutation.id));
  const seq = (await fact(store, 'seq')) ?? 0;
  // Numbered anew: the number says in which order this device made or took over its records.
  const rows = fresh.map((mutation, index) => waitingRow(mutation, seq + index + 1, now_ms, now_ms));
  await store.outbox.bulkAdd(rows);
  await setFact(store, 'seq', seq + rows.length);
  await setFact(store, 'made_total', ((await fact(store, 'made_total')) ?? 0) + rows.length);
  return rows.length;
}

async function addFiles(store: OfficerStore, files: readonly AttachmentRow[]): Promise<number> {
  const known = await store.attachments.bulkGet(files.map((row) => row.id));
  const fresh = files.filter((_, index) => known[index] === undefined);
  await store.attachments.bulkAdd(fresh);
  return fresh.length;
}

/** All or nothing. What is here or was sent already is not taken twice; the server would know it by its id anyway. */
export async function importSealed(
  store: OfficerStore,
  officer: string,
  file: Uint8Array<ArrayBuffer>,
  passphrase: string,
  now_ms: number,
): Promise<Imported> {
  const opened = await unseal(file, passphrase);
  if (opened.kind !== 'opened') return opened;
  const { content, attachments } = unpacked(opened.body);
  if (content.officer !== officer) return { kind: 'another_officer' };
  const kept = await Promise.all(
    attachments.map(async (row) => ({
      ...row,
      ...(row.blob && (await fileForDisk(store, row.id, row.blob))),
    })),
  );
  return store.transaction('rw', store.facts, store.outbox, store.sent, store.attachments, async () => {
    const records = await addRecords(store, content.mutations, now_ms);
    const files = await addFiles(store, kept);
    const known = content.mutations.length - records;
    return { kind: 'imported', records, attachments: files, known } as const;
  });
}
