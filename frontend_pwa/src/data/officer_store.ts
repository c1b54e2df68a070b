/** SHELL: the database of one officer on one phone. Each officer who signs in here has a database of their own. */
import Dexie, { type Table, type Transaction } from 'dexie';
import type { AttachmentRow } from '../domain/attachments';
import type { CoverageAnswer } from '../domain/coverage';
import type { DoorPage } from '../domain/door_pages';
import type { OutboxRow, SentRow } from '../domain/mutations';
import type { OutingState } from '../domain/outing';
import type { DisputeEventRecord, DisputeRecord, Me, Premises, VisitRecord } from '../domain/records';
import type { FixBlock } from '../domain/tracks';
import type { VisitDraft } from '../domain/visit_draft';
import { encryptedTables, Keyring } from './encrypted_tables';

/** Facts of which there is one each. */
export interface Facts {
  /** Identity of this store: one officer on one phone is one device, so that its counters are its own. */
  device: string;
  /** Number of the last mutation; never reused. */
  seq: number;
  /** How many records this device has made and not undone; the server compares it with what it holds. */
  made_total: number;
  cursor: string;
  epoch: string;
  /** Set last, when the first sync has come to its end. */
  first_sync_done: boolean;
  pulled_at_ms: number;
  me: Me;
  coverage: { query: string; answer: CoverageAnswer; loaded_at_ms: number };
  /** How many made records have left the outbox with a receipt: made_total − receipted_total are in the outbox. */
  receipted_total: number;
  /** Enrolled as this device, in this unit; `due` when it must be enrolled again (a new sign-in). */
  enrolment: { unit: string; enrolled_at_ms: number; due: boolean };
  /** The server has a new epoch: what was sent must be offered again. Set with the first rows of that epoch. */
  offer_due: boolean;
  /** The feed is read again from its start into place; rows not seen by its end leave then. */
  replacing: boolean;
  compared: { equal: boolean; at_ms: number };
  /** The officer's own quick phrases, by the list they belong to (`note`, `terms`); none: those of the catalogue. */
  phrases: Record<string, string[]>;
  /** The doors that stood first on Today, and how many were due: shown while the 50,000 others are read. */
  due_first: { doors: Premises[]; total: number };
  /** The server said that this device was revoked: nothing that was read is kept, nothing more is read. */
  revoked: boolean;
}

type FactRow = { [Key in keyof Facts]: { key: Key; value: Facts[Key] } }[keyof Facts];

/** One unfinished visit a door: going to another door first loses nothing. */
export interface DraftRow {
  premises: string;
  draft: VisitDraft;
}

/** Any other form that is being written; `key` names the form and what it is about (`dispute:new`, `correct:<visit>`). */
export interface FormDraftRow {
  key: string;
  value: unknown;
  at_ms: number;
}

/** What a form that was saved is put back from when the save is undone. */
export type KeptDraft = DraftRow | FormDraftRow;

/** How this database is locked (data/lock.ts). */
export interface LockRow {
  name: string;
  [name: string]: unknown;
}

/** The device's key pair. The private key cannot be exported, so it lives and dies with this database. */
export interface KeyRow {
  name: 'device';
  private_key: CryptoKey;
  /** base64 of the SPKI form. */
  public_key: string;
}

/** The database was written by a newer version of the app. Nothing was touched. */
export class StoreTooNew extends Error {
  override readonly name = 'StoreTooNew';
}

const LATEST_VERSION = 3;

/** What version 1 did not count: a record made and not in the outbox has its receipt. */
async function countReceipted(tx: Transaction): Promise<void> {
  const facts = tx.table<FactRow, keyof Facts>('facts');
  const made = (await facts.get('made_total'))?.value as number | undefined;
  if (made === undefined) return;
  const waiting = await tx.table('outbox').count();
  await facts.put({ key: 'receipted_total', value: Math.max(0, made - waiting) });
}

export class OfficerStore extends Dexie {
  declare readonly facts: Table<FactRow, keyof Facts>;
  declare readonly outbox: Table<OutboxRow, string>;
  declare readonly sent: Table<SentRow, string>;
  declare readonly drafts: Table<DraftRow, string>;
  declare readonly doors: Table<DoorPage, string>;
  declare readonly visits: Table<VisitRecord, string>;
  declare readonly disputes: Table<DisputeRecord, string>;
  declare readonly dispute_events: Table<DisputeEventRecord, string>;
  declare readonly keys: Table<KeyRow, string>;
  declare readonly attachments: Table<AttachmentRow, string>;
  /** Ids met while `replacing`. */
  declare readonly seen: Table<{ id: string }, string>;
  declare readonly form_drafts: Table<FormDraftRow, string>;
  declare readonly outings: Table<OutingState, string>;
  declare readonly fix_blocks: Table<FixBlock, string>;
  declare readonly lock: Table<LockRow, string>;
  readonly keyring: Keyring;

  constructor(name: string, keyring = new Keyring()) {
    // strict: "saved" must survive a battery that dies. No cache: a list shows what is committed, not what is hoped.
    super(name, { chromeTransactionDurability: 'strict', cache: 'disabled' });
    this.version(1).stores({
      facts: 'key',
      outbox: 'id, seq',
      sent: 'id, sent_at_ms',
      drafts: 'premises',
      doors: 'area',
      visits: 'id, occurred_at',
      disputes: 'id',
      dispute_events: 'id, dispute',
    });
    // Every released version stays here: a phone comes from any of them with an unsent queue.
    this.version(2)
      .stores({ keys: 'name', attachments: 'id, record, state', seen: 'id' })
      .upgrade(countReceipted);
    this.version(LATEST_VERSION).stores({
      form_drafts: 'key',
      outings: 'id',
      fix_blocks: 'id, outing',
      lock: 'name',
    });
    this.keyring = keyring;
    this.use(encryptedTables(keyring));
    // Known before anything is written: with a lock set up, nothing protected is ever written in clear.
    this.on('ready', (db) => this.#askLock(db), true);
  }

  async #askLock(db: Dexie): Promise<void> {
    const rows = await db.table('lock').bulkGet(['key', 'deleting']);
    this.keyring.locked = rows.some((row: unknown) => row !== undefined);
  }
}

export function officerStoreName(officer: string): string {
  return `xunfang-${officer}`;
}

export async function fact<Key extends keyof Facts>(
  store: OfficerStore,
  key: Key,
): Promise<Facts[Key] | undefined> {
  return (await store.facts.get(key))?.value as Facts[Key] | undefined;
}

export async function setFact<Key extends keyof Facts>(
  store: OfficerStore,
  key: Key,
  value: Facts[Key],
): Promise<void> {
  await store.facts.put({ key, value } as FactRow);
}

/** IndexedDB's version of a database, 0 where there is none. Asked without Dexie, which would change what it meets. */
async function installedVersion(name: string): Promise<number> {
  const request = indexedDB.open(name);
  return new Promise((resolve, reject) => {
    request.onupgradeneeded = () => {
      // It was not there: the one being made is taken back.
      request.transaction?.abort();
      resolve(0);
    };
    request.onsuccess = () => {
      const { version } = request.result;
      request.result.close();
      resolve(version);
    };
    request.onerror = () => {
      reject(request.error ?? new Error(`${name} does not open`));
    };
  });
}

/** Opens a store, unless a newer app wrote it: this one would write into what it does not understand. */
export async function openNotNewer(store: OfficerStore): Promise<void> {
  if (store.isOpen()) return;
  if ((await installedVersion(store.name)) > LATEST_VERSION * 10) throw new StoreTooNew(store.name);
  await store.open();
}

/** How many unsent records the browser lost although the database is there; 0 when the outbox is whole. */
export async function missingRecords(store: OfficerStore): Promise<number> {
  return store.transaction('r', store.facts, store.outbox, async () => {
    const made = (await fact(store, 'made_total')) ?? 0;
    const receipted = (await fact(store, 'receipted_total')) ?? 0;
    return Math.max(0, made - receipted - (await store.outbox.count()));
  });
}

/** Takes note of what is missing, once: it is told at this start, and the server sees made and received differ. */
export async function takeMissing(store: OfficerStore): Promise<number> {
  return store.transaction('rw', store.facts, store.outbox, async () => {
    const missing = await missingRecords(store);
    const receipted = (await fact(store, 'receipted_total')) ?? 0;
    if (missing > 0) await setFact(store, 'receipted_total', receipted + missing);
    return missing;
  });
}

/** After a sign-in the device is enrolled anew: that binds the session to it and takes it to the officer's unit. */
export async function enrolAgain(store: OfficerStore): Promise<void> {
  const known = await fact(store, 'enrolment');
  if (known) await setFact(store, 'enrolment', { ...known, due: true });
}

/** A new identity and a new key. What waits is sent under the new name, and counted as made by it. */
export async function becomeNewDevice(store: OfficerStore, newId: () => string): Promise<void> {
  await store.transaction('rw', store.facts, store.outbox, store.keys, async () => {
    await setFact(store, 'device', newId());
    await setFact(store, 'made_total', await store.outbox.count());
    await setFact(store, 'receipted_total', 0);
    await store.facts.bulkDelete(['enrolment', 'revoked']);
    await store.keys.clear();
  });
}

/** Opens the store and gives it its identity the first time. Returns the identity. */
export async function openStore(store: OfficerStore, newId: () => string): Promise<string> {
  await openNotNewer(store);
  return store.transaction('rw', store.facts, async () => {
    const known = await fact(store, 'device');
    if (known) return known;
    const device = newId();
    await setFact(store, 'device', device);
    await setFact(store, 'seq', 0);
    await setFact(store, 'made_total', 0);
    await setFact(store, 'receipted_total', 0);
    return device;
  });
}

/** Of `me` what the screens cannot open without: who works here, and where. */
function withoutContent(me: Me): Me {
  return { ...me, colleagues: [], areas: [], campaign: null };
}

/** Who works here, as the server says it now. Returns what is kept of it. */
export async function keepMe(store: OfficerStore, me: Me): Promise<Me> {
  const kept = (await fact(store, 'revoked')) ? withoutContent(me) : me;
  await setFact(store, 'me', kept);
  return kept;
}

/**
 * This device was revoked: what it read and what was being written go at once. Unsent records, their photos, receipts
 * and the identity stay. False when the identity has changed since the server was asked: then it is not about this one.
 */
export async function forgetAsRevoked(store: OfficerStore, device: string): Promise<boolean> {
  return store.transaction('rw', store.tables, async () => {
    // A session that was bound to another, revoked device says the same to one that is not enrolled yet.
    if ((await fact(store, 'device')) !== device || !(await fact(store, 'enrolment'))) return false;
    const me = await fact(store, 'me');
    await forgetSnapshot(store);
    const made = [...(await store.outbox.toArray()), ...(await store.sent.toArray())];
    const saved = new Set(made.map((row) => row.mutation.record_id));
    await store.attachments.filter((row) => row.state === 'draft' && !saved.has(row.record)).delete();
    if (me) await setFact(store, 'me', withoutContent(me));
    await setFact(store, 'revoked', true);
    // A PIN opens nothing any more without the server, which will not tell its share again.
    await store.lock.delete('share');
    return true;
  });
}

/** Forgets what was read from the server. Receipts, counters and the identity stay; the outbox is never touched. */
export async function forgetSnapshot(store: OfficerStore): Promise<void> {
  const tables = [store.facts, store.drafts, store.doors, store.visits, store.disputes, store.dispute_events];
  const written = [store.form_drafts, store.outings, store.fix_blocks];
  await store.transaction('rw', [...tables, ...written, store.seen], async () => {
    // The epoch stays: a server restored while nobody was signed in is noticed at the next sign-in.
    await store.facts.bulkDelete([
      'cursor',
      'first_sync_done',
      'pulled_at_ms',
      'me',
      'coverage',
      'replacing',
      'due_first',
    ]);
    await Promise.all([store.drafts.clear(), store.doors.clear(), store.visits.clear(), store.seen.clear()]);
    await Promise.all([store.disputes.clear(), store.dispute_events.clear()]);
    await Promise.all(written.map((table) => table.clear()));
  });
}
