/** SHELL: a closed phone, put together: what it asks, what a try becomes, and what still leaves it. */
import Dexie from 'dexie';
import { deleteLeavingSealed, type LeftReason } from './data/left_behind';
import {
  closeLock,
  contactNeeded,
  keyFacts,
  makeWhole,
  tries,
  tryOpen,
  waitingHere,
  type KeyFacts,
} from './data/lock';
import type { OfficerStore } from './data/officer_store';
import { forgetPackages } from './data/package_place';
import { rememberOfficer } from './data/phone';
import type { OutcomeRow } from './domain/mutations';
import { hearServer, materialFor } from './office_secret';
import { now_ms } from './own_fetch';
import { signedAs } from './signed_by';
import { oneAtATime } from './sync/one_at_a_time';
import { sendSealed, type SealedItem } from './sync/sealed_sender';
import { LockedPhone, type LockedFacts, type UnlockAnswer } from './ui/lock.svelte';
import type { Office } from './ui/office.svelte';

/** How often a closed phone looks whether its sealed records can go. */
const SEND_EVERY_MS = 30_000;
interface RawOutboxRow {
  id: string;
  seq: number;
  sealed_copy?: string;
}

/** Rows as they lie on the disk: the key is not needed for what is sealed to the server. */
async function sealedOnDisk(store: OfficerStore): Promise<SealedItem[]> {
  const raw = await new Dexie(store.name).open();
  try {
    const known = ((await store.lock.get('delivered'))?.['ids'] as string[] | undefined) ?? [];
    const rows = (await raw.table('outbox').orderBy('seq').toArray()) as RawOutboxRow[];
    return rows
      .filter((row) => row.sealed_copy !== undefined && !known.includes(row.id))
      .map(({ id, seq, sealed_copy }) => ({ id, seq, sealed: sealed_copy ?? '' }));
  } finally {
    raw.close();
  }
}

/** The open phone sends them once more and takes the receipts then: the server knows them by their ids. */
async function noteDelivered(store: OfficerStore, answers: readonly OutcomeRow[]): Promise<void> {
  const held = answers.filter((answer) => answer.outcome === 'applied' || answer.outcome === 'duplicate');
  const before = ((await store.lock.get('delivered'))?.['ids'] as string[] | undefined) ?? [];
  await store.lock.put({ name: 'delivered', ids: [...before, ...held.map((answer) => answer.id)] });
}

/** What waits behind the closed lock goes all the same. Returns how to stop. */
function sendWhileLocked(store: OfficerStore, officer: string): () => void {
  let stopped = false;
  const round = oneAtATime(async () => {
    if (stopped) return;
    const facts = await store.facts.bulkGet(['device', 'made_total']);
    const [device, made_total] = [String(facts[0]?.value), Number(facts[1]?.value) || 0];
    const source = {
      ...{ device, made_total, waiting: () => sealedOnDisk(store) },
      answered: (answers: readonly OutcomeRow[]) => noteDelivered(store, answers),
    };
    await sendSealed(source, await signedAs(store, officer), now_ms, __APP_VERSION__);
  });
  const timer = setInterval(round, SEND_EVERY_MS);
  addEventListener('online', round);
  round();
  return () => {
    stopped = true;
    clearInterval(timer);
    removeEventListener('online', round);
  };
}

/** Deletes the officer's database; what is sealed to the server is kept apart and goes from there. */
export async function eraseLeavingSealed(
  store: OfficerStore,
  officer: string,
  reason: LeftReason,
): Promise<void> {
  store.close();
  await deleteLeavingSealed(store.name, officer, reason, now_ms());
  await forgetPackages(officer).catch(() => undefined);
  rememberOfficer(null);
  dispatchEvent(new Event('xunfang:left'));
}

async function facts(store: OfficerStore, key: KeyFacts): Promise<LockedFacts> {
  return {
    tries: await tries(store),
    contact_needed: await contactNeeded(store, key, now_ms()),
    ...(await waitingHere(store)),
  };
}

interface Closed {
  store: OfficerStore;
  officer: string;
  key: KeyFacts;
  /** Opens the office once the key is there. */
  enter: () => Promise<Office>;
  /** Ends what sends behind the closed lock. */
  stop: () => void;
  /** The office that runs on behind the lock while an outing is recorded. */
  office?: Office;
}

async function erased(closed: Closed, reason: LeftReason): Promise<void> {
  closed.stop();
  closed.office?.stop();
  await eraseLeavingSealed(closed.store, closed.officer, reason);
}

async function entered({ store, key, enter, stop }: Closed): Promise<UnlockAnswer> {
  stop();
  await store.lock.delete('delivered');
  if (!key.whole) await makeWhole(store);
  return { kind: 'opened', office: await enter() };
}

async function tried(closed: Closed, secret: string): Promise<UnlockAnswer> {
  const { store, key } = closed;
  if (await contactNeeded(store, key, now_ms())) return { kind: 'contact_needed' };
  const material = await materialFor(store, key, secret);
  if (material === 'no_share') return { kind: 'contact_needed' };
  if (typeof material === 'string') return { kind: material };
  const answer = await tryOpen(store, material, now_ms());
  if (answer.kind === 'opened') return entered(closed);
  if (answer.kind !== 'spent') return answer;
  await erased(closed, 'tries');
  return { kind: 'erased' };
}

function phoneOf(closed: Closed): LockedPhone {
  const { store, officer, key } = closed;
  return new LockedPhone({
    kind: key.kind,
    look: () => facts(store, key),
    contact: () => hearServer(store, officer, key),
    open: (secret) => tried(closed, secret),
    erase: () => erased(closed, 'forgotten'),
    drop: () => {
      closed.stop();
      closed.office?.stop();
    },
  });
}

/** A phone at its start; null where its database was being deleted when it died: then that is ended now. */
export async function lockedPhone(
  store: OfficerStore,
  officer: string,
  enter: () => Promise<Office>,
): Promise<LockedPhone | null> {
  const key = await keyFacts(store);
  if (!key) {
    await eraseLeavingSealed(store, officer, 'tries');
    return null;
  }
  return phoneOf({ store, officer, key, enter, stop: sendWhileLocked(store, officer) });
}

/** Closes an open phone. While an outing runs the office stays in memory behind the lock: it goes on recording. */
export async function lockOffice(office: Office, reopen: () => Promise<Office>): Promise<LockedPhone | null> {
  const { store } = office;
  const officer = office.me.officer.id;
  const key = await keyFacts(store);
  if (key && office.patrolId !== null) {
    // Its own sync goes on too; both end when the database is deleted or the phone is opened by another.
    return phoneOf({
      store,
      officer,
      key,
      enter: () => Promise.resolve(office),
      stop: () => undefined,
      office,
    });
  }
  office.stop();
  closeLock(store);
  return lockedPhone(store, officer, reopen);
}
