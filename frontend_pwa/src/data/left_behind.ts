/**
 * SHELL: what an officer's database leaves when it is deleted: the sealed copies of unsent records, their encrypted
 * photos, and the device's identity and key, so that they still go and the next sign-in is the same device.
 */
import Dexie, { type Table } from 'dexie';
import type { OutcomeRow } from '../domain/mutations';
import { openNotNewer, type KeyRow, type OfficerStore } from './officer_store';

const PREFIX = 'xunfang_left_';

export type LeftReason = 'tries' | 'forgotten' | 'signed_out';

export interface LeftFacts {
  name: 'facts';
  officer: string;
  device: string;
  seq: number;
  made_total: number;
  enrolment: unknown;
  epoch: unknown;
  reason: LeftReason;
  at_ms: number;
  /** Records without a sealed copy: they are lost. */
  lost: number;
  /** Photos that were not on the server yet. */
  photos: number;
  /** A new database of the officer goes on under this identity. */
  adopted: boolean;
  /** The session is still to be ended: nobody who finds the phone may read with it. */
  end_session: boolean;
}

export interface LeftRow {
  id: string;
  seq: number;
  sealed: string;
  /** What the server said of it; null before it was sent. */
  answer: string | null;
}

export class LeftBehind extends Dexie {
  declare readonly facts: Table<LeftFacts, string>;
  declare readonly rows: Table<LeftRow, string>;
  declare readonly keys: Table<KeyRow, string>;

  constructor(officer: string) {
    super(`${PREFIX}${officer}`, { chromeTransactionDurability: 'strict', cache: 'disabled' });
    this.version(1).stores({ facts: 'name', rows: 'id, seq', keys: 'name' });
  }
}

interface RawRow {
  id: string;
  seq: number;
  sealed_copy?: string;
}

async function factsOf(raw: Dexie, officer: string, reason: LeftReason, at_ms: number): Promise<LeftFacts> {
  const fact = async (key: string): Promise<unknown> =>
    ((await raw.table('facts').get(key)) as { value?: unknown } | undefined)?.value;
  const photos = await raw.table('attachments').where('state').anyOf('waiting', 'attention').count();
  return {
    ...{ name: 'facts', officer, reason, at_ms, lost: 0, photos, end_session: true, adopted: false },
    ...{
      device: String(await fact('device')),
      enrolment: await fact('enrolment'),
      epoch: await fact('epoch'),
    },
    seq: Number(await fact('seq')) || 0,
    made_total: Number(await fact('made_total')) || 0,
  };
}

/**
 * Deletes an officer's database: a cleared table would leave its content on the disk. What was sealed to the server goes
 * into a box of its own first. It may be called again after a phone has died in the middle.
 */
export async function deleteLeavingSealed(
  name: string,
  officer: string,
  reason: LeftReason,
  at_ms: number,
): Promise<LeftFacts> {
  // Opened without the app's schema: the rows are seen as they lie on the disk.
  const raw = await new Dexie(name).open();
  await raw.table('lock').bulkDelete(['key', 'share']);
  await raw.table('lock').put({ name: 'deleting', reason });
  const outbox = (await raw.table('outbox').toArray()) as RawRow[];
  const rows = outbox.filter((row) => row.sealed_copy !== undefined);
  const facts = { ...(await factsOf(raw, officer, reason, at_ms)), lost: outbox.length - rows.length };
  const keys = (await raw.table('keys').toArray()) as KeyRow[];
  const box = new LeftBehind(officer);
  await box.transaction('rw', box.facts, box.rows, box.keys, async () => {
    await box.facts.put(facts);
    await box.keys.bulkPut(keys);
    await box.rows.bulkPut(rows.map(leftRow));
  });
  box.close();
  raw.close();
  await Dexie.delete(name);
  return facts;
}

function leftRow({ id, seq, sealed_copy }: RawRow): LeftRow {
  return { id, seq, sealed: sealed_copy ?? '', answer: null };
}

/** True for a database whose deletion a phone that died has begun. */
export async function deletionBegun(store: OfficerStore): Promise<LeftReason | null> {
  return ((await store.lock.get('deleting'))?.['reason'] as LeftReason | undefined) ?? null;
}

/** The officers who left something sealed on this phone. */
export async function leftOfficers(): Promise<string[]> {
  const names = await Dexie.getDatabaseNames().catch(() => []);
  return names.filter((name) => name.startsWith(PREFIX)).map((name) => name.slice(PREFIX.length));
}

/** What the server has said of copies: what it has for good goes; what it keeps for a lead stays until then, with why. */
export async function takeAnswers(box: LeftBehind, answers: readonly OutcomeRow[]): Promise<void> {
  await box.transaction('rw', box.rows, async () => {
    for (const { id, outcome, problem } of answers) {
      if (outcome === 'retry') continue;
      if (outcome === 'applied' || outcome === 'duplicate') await box.rows.delete(id);
      else await box.rows.update(id, { answer: problem?.code ?? outcome });
    }
  });
}

/** Gives a new database of the officer the identity of the deleted one: it needs no code, and its counts go on. */
export async function adoptIdentity(store: OfficerStore, officer: string): Promise<void> {
  if (!(await leftOfficers()).includes(officer)) return;
  const box = await new LeftBehind(officer).open();
  const left = (await (box as LeftBehind).facts.get('facts')) ?? null;
  const keys = await (box as LeftBehind).keys.toArray();
  box.close();
  if (!left) return;
  await openNotNewer(store);
  await store.transaction('rw', store.facts, store.keys, async () => {
    if (await store.facts.get('device')) return;
    const values = { device: left.device, seq: left.seq, made_total: left.made_total };
    // What waits in the box is counted as gone from this outbox: it is sent from there.
    const counted = {
      ...values,
      receipted_total: left.made_total,
      enrolment: left.enrolment,
      epoch: left.epoch,
    };
    for (const [key, value] of Object.entries(counted))
      if (value !== undefined) await store.facts.put({ key, value } as never);
    await store.keys.bulkPut(keys);
  });
  await noteAdopted(officer);
}

/** Its officer has signed in again: the session is wanted, and what is left may be thrown away once it is empty. */
async function noteAdopted(officer: string): Promise<void> {
  const box = new LeftBehind(officer);
  await box.facts.update('facts', { adopted: true, end_session: false });
  box.close();
}

export interface LeftView extends LeftFacts {
  waiting: number;
}

/** What lies sealed on this phone, of whomever. */
export async function leftViews(): Promise<LeftView[]> {
  const views: LeftView[] = [];
  for (const officer of await leftOfficers()) {
    const box = new LeftBehind(officer);
    const facts = await box.facts.get('facts');
    const waiting = await box.rows.count();
    box.close();
    if (facts) views.push({ ...facts, waiting });
  }
  return views;
}
