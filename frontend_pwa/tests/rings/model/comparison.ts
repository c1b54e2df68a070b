/** SHELL: at the end of a history: is every saved record on the server once and unaltered, and does every phone show it? */
import { fact, missingRecords, type OfficerStore } from '../../../src/data/officer_store';
import type { OutboxRow } from '../../../src/domain/mutations';
import type { Said } from './ledger';
import type { Phone } from './phone';
import { sha256OfPayload } from './seal';
import { digestOfRecords, digestsOf } from './server';
import type { HeldMutation, Shown } from './server_state';
import type { World } from './world';

function storeOf(phone: Phone): OfficerStore | null {
  return phone.living[0]?.store ?? null;
}

/** How many records wait on all phones. Those a person must look at do not wait. */
export async function unsent(world: World): Promise<number> {
  let waiting = 0;
  for (const phone of world.phones.filter((one) => one.canSend())) {
    const rows = (await storeOf(phone)?.outbox.toArray()) ?? [];
    waiting += rows.filter((row) => row.state === 'waiting').length;
  }
  return waiting;
}

/** Whether every phone that may read has the newest change of its feed and rests. */
export async function isUpToDate(world: World): Promise<boolean> {
  for (const phone of world.phones.filter((one) => one.reads())) {
    const store = storeOf(phone);
    const unit = world.server.accounts.get(phone.officer)?.unit ?? '';
    const newest = `e${String(world.server.held.epoch)} ${unit} ${String(world.server.held.feeds[unit]?.length)}`;
    if (store && (await fact(store, 'cursor')) !== newest) return false;
    if (phone.living.some((tab) => tab.status.phase !== 'resting' || tab.status.trouble !== null))
      return false;
  }
  return true;
}

const TAKEN = new Set(['applied', 'quarantined', 'conflict']);

const isSpoilt = ({ mutation }: OutboxRow): boolean =>
  'note' in mutation.payload && mutation.payload.note === 'spoils';

/**
 * Not on the server, and not lost: in the outbox of a phone that nobody vouches for, or among the receipts of one that
 * may not read and so cannot hear of a restore.
 */
async function isKept(world: World, said: Said): Promise<boolean> {
  const phone = world.phones[said.phone];
  const store = phone && storeOf(phone);
  if (!phone || !store) return false;
  const row = await store.outbox.get(said.id);
  // Every request that holds it is refused, by whatever stands before the server: a person must look.
  if (row && isSpoilt(row)) return true;
  if (phone.reads()) return false;
  if ((await store.sent.get(said.id)) !== undefined) return true;
  return !phone.canSend() && row !== undefined;
}

async function compareOne(world: World, said: Said): Promise<void> {
  const { ledger, server } = world;
  const held = server.held.mutations.get(said.id);
  if (!held && (await isKept(world, said))) return;
  if (!held) {
    world.note(`LOST ${said.id}`);
    ledger.sayBroken('what was saved is on the server');
    return;
  }
  if (!TAKEN.has(held.outcome) && !(await isKept(world, said)))
    ledger.sayBroken('what was saved is taken or in quarantine');
  const sha256 = sha256OfPayload(held.mutation.payload);
  if (sha256 !== said.sha256 || held.mutation.payload_sha256 !== said.sha256)
    ledger.sayBroken('what is on the server is what was saved');
  const made = [...server.held.records.values()].filter((known) => known.made_by.includes(said.id));
  const doubled = made.some((known) => known.made_by.filter((by) => by === said.id).length > 1);
  const visible = held.outcome === 'applied';
  if (doubled || made.length > 0 !== visible)
    ledger.sayBroken('what was saved is on the server exactly once');
}

/** A row may wait for a person only where the server holds it back, or held it back till a moment ago. */
function mayWait(phone: Phone, held: HeldMutation | undefined): boolean {
  // Through a device that may not act nothing is read: neither what became of its records nor that of a restore.
  if (!phone.reads()) return true;
  return (
    held !== undefined && (held.outcome === 'quarantined' || held.outcome === 'conflict' || held.released)
  );
}

async function compareOutbox(world: World, phone: Phone, store: OfficerStore): Promise<void> {
  const { ledger, server } = world;
  const rows = await store.outbox.toArray();
  for (const row of rows) {
    const held = server.held.mutations.get(row.id);
    const refused =
      held === undefined && (await isKept(world, { id: row.id, sha256: '', phone: phone.index }));
    if (row.state === 'attention' && !refused && !mayWait(phone, held)) {
      world.note(`ATTENTION ${row.id} ${row.answer?.problem?.code ?? ''} but ${held?.outcome ?? 'unknown'}`);
      ledger.sayBroken('a record waits for a person only where the server holds it back');
    }
    const ended = held?.answer.problem?.code === 'session_ended' && held.outcome === 'quarantined';
    if (ended && phone.reads() && !phone.renewed)
      ledger.sayBroken('what an ended session held back is taken after a sign-in');
  }
  const receipts = new Set(await store.sent.toCollection().primaryKeys());
  const kept = new Set(rows.map((row) => row.id));
  for (const said of ledger.savedOn(phone.index))
    if (!receipts.has(said.id) && !kept.has(said.id) && !phone.jumped)
      ledger.sayBroken('a record leaves the outbox only with its receipt');
  if (!phone.evicted && (await missingRecords(store)) !== 0)
    ledger.sayBroken('made − receipted = in the outbox');
}

async function compareSnapshot(world: World, phone: Phone, store: OfficerStore): Promise<void> {
  const unit = world.server.accounts.get(phone.officer)?.unit ?? '';
  const expected = digestsOf(world.server.held, unit);
  const doors = (await store.doors.toArray()).flatMap((page) => page.doors);
  const shown = {
    ...{ premises: doors, visit: await store.visits.toArray(), dispute: await store.disputes.toArray() },
    dispute_event: await store.dispute_events.toArray(),
  };
  for (const type of ['premises', 'visit', 'dispute', 'dispute_event'] as const) {
    const ours = digestOfRecords(shown[type] as unknown as Shown[]);
    if (ours.sha256 === expected[type].sha256) continue;
    world.note(
      `SHOWS p${String(phone.index)} ${type} ${String(ours.count)} of ${String(expected[type].count)}`,
    );
    world.ledger.sayBroken('a phone shows what the server would show it');
  }
  if ((await fact(store, 'first_sync_done')) !== true) world.ledger.sayBroken('a first sync ends');
  if (phone.living.some((tab) => tab.status.trouble !== null))
    world.ledger.sayBroken('no trouble stays after its cause');
}

async function compareCounts(world: World, phone: Phone, store: OfficerStore): Promise<void> {
  const device = (await fact(store, 'device')) ?? '';
  const received = [...world.server.held.mutations.values()].filter((held) => held.device === device).length;
  const made = world.server.held.devices.get(device)?.made_total ?? 0;
  // Those that every request is refused for are still here, announced by another request or not.
  const spoilt = await store.outbox.filter(isSpoilt).count();
  if ((made < received || made > received + spoilt) && !phone.evicted && !phone.renewed) {
    world.note(`COUNTS p${String(phone.index)} made ${String(made)} received ${String(received)}`);
    world.ledger.sayBroken('the server knows how many records a phone still has');
  }
}

export async function compare(world: World): Promise<void> {
  for (const said of world.ledger.saved.values()) await compareOne(world, said);
  for (const phone of world.phones) {
    const store = storeOf(phone);
    if (!store) continue;
    await compareOutbox(world, phone, store);
    await compareCounts(world, phone, store);
    if (phone.reads()) await compareSnapshot(world, phone, store);
  }
}

/** Ten minutes later: what a lead released has left the phone's list of records that wait for a person. */
export async function compareReleased(world: World): Promise<void> {
  for (const phone of world.phones.filter((one) => one.reads())) {
    const rows = (await storeOf(phone)?.outbox.toArray()) ?? [];
    const unheard = rows.some((row) => world.server.held.mutations.get(row.id)?.released === true);
    if (unheard) world.ledger.sayBroken('a phone hears within ten minutes what a lead released');
  }
}
