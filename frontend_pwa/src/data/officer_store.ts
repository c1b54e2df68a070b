/** SHELL: the database of one officer on one phone. Each officer who signs in here has a database of their own. */
import Dexie, { type Table } from 'dexie';
import type { CoverageAnswer } from '../domain/coverage';
import type { DoorPage } from '../domain/door_pages';
import type { OutboxRow, SentRow } from '../domain/mutations';
import type { DisputeEventRecord, DisputeRecord, Me, VisitRecord } from '../domain/records';
import type { VisitDraft } from '../domain/visit_draft';

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
}

type FactRow = { [Key in keyof Facts]: { key: Key; value: Facts[Key] } }[keyof Facts];

/** One unfinished visit a door: going to another door first loses nothing. */
export interface DraftRow {
  premises: string;
  draft: VisitDraft;
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

  constructor(name: string) {
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

/** Opens the store and gives it its identity the first time. Returns the identity. */
export async function openStore(store: OfficerStore, newId: () => string): Promise<string> {
  await store.open();
  return store.transaction('rw', store.facts, async () => {
    const known = await fact(store, 'device');
    if (known) return known;
    const device = newId();
    await setFact(store, 'device', device);
    await setFact(store, 'seq', 0);
    await setFact(store, 'made_total', 0);
    return device;
  });
}

/** Forgets what was read from the server. Receipts, counters and the identity stay; the outbox is never touched. */
export async function forgetSnapshot(store: OfficerStore): Promise<void> {
  const tables = [store.facts, store.drafts, store.doors, store.visits, store.disputes, store.dispute_events];
  await store.transaction('rw', tables, async () => {
    await store.facts.bulkDelete(['cursor', 'epoch', 'first_sync_done', 'pulled_at_ms', 'me', 'coverage']);
    await Promise.all([store.drafts.clear(), store.doors.clear(), store.visits.clear()]);
    await Promise.all([store.disputes.clear(), store.dispute_events.clear()]);
  });
}
