/** SHELL: where everything meets: database, engine, location and screens of one officer are put together here. */
import { v7 } from 'uuid';
import {
  enrolAgain,
  fact,
  forgetSnapshot,
  keepMe,
  takeMissing,
  OfficerStore,
  officerStoreName,
  openStore,
} from './data/officer_store';
import { onlyOfficerHere } from './data/officers_here';
import {
  askToPersist,
  evictedRecords,
  lastOfficer,
  marker,
  rememberOfficer,
  setMarker,
  storageFacts,
} from './data/phone';
import { forgetPackages } from './data/package_place';
import { keepsRecords, type Me } from './domain/records';
import { BestFix } from './location/best_fix';
import { startNetwork } from './office_network';
import { openOuting } from './office_outing';
import { now_ms, ownFetch } from './own_fetch';
import { coverageSource } from './sync/coverage_source';
import { devicesSource } from './sync/devices_source';
import { filesSource } from './sync/files_source';
import { quarantineSource } from './sync/quarantine_source';
import { importsSource } from './sync/imports_source';
import { recordersSource } from './sync/recorders_source';
import { startCodesSource } from './sync/start_codes_source';
import { asOfficer } from './sync/as_officer';
import { revealSource } from './sync/reveal_source';
import { signIn, signOut, whoAmI } from './sync/session';
import type { SealAnswer, SignOutAnswer } from './sync/status';
import { Office } from './ui/office.svelte';
import type { LockedPhone } from './ui/lock.svelte';
import type { AppPorts } from './ui/ports';
import { onUpdateReady } from './update';

async function openOffice(store: OfficerStore, me: Me): Promise<Office> {
  const device = await openStore(store, v7);
  const officer = me.officer.id;
  // The whole database may be gone, or only what waited in it.
  const evicted_records = evictedRecords(officer, device) ?? ((await takeMissing(store)) || null);
  const onMade = (made_total: number): void => {
    setMarker({ officer, device, made_total: Math.max(made_total, evicted_records ?? 0) });
  };
  const office = new Office({ store, me, newId: v7, now_ms, evicted_records, onMade });
  office.location = new BestFix((state) => {
    office.takePosition(state);
  });
  office.reveal = revealSource(ownFetch);
  office.arrivedFiles = filesSource(ownFetch);
  office.addTrack = async (outing, file) =>
    (await trackFiles()).trackFileSource(asOfficer(ownFetch, officer))(outing, file);
  await office.start();
  if (keepsRecords(me)) await openLock(office);
  if (keepsRecords(me)) openOuting(office);
  if (keepsRecords(me)) startNetwork(office, device);
  return office;
}

/** Few outings get a track file. */
const trackFiles = () => import('./sync/track_file_source');

/** Nobody waits for it. */
function whenQuiet(call: () => void): void {
  if ('requestIdleCallback' in globalThis) requestIdleCallback(call, { timeout: 2_000 });
  else setTimeout(call, 1_000);
}

/** Most phones of a demo have no lock: its code is fetched where there is one, or when Today stands. */
const lockParts = () => import('./office_lock');
const closedParts = () => import('./locked_phone');

async function openLock(office: Office): Promise<void> {
  const attached = async (): Promise<void> => (await lockParts()).attachLock(office);
  // A phone with a lock must not be open for a moment without what closes it.
  if (office.store.keyring.locked || office.me.lock?.mode === 'required') await attached();
  else whenQuiet(() => void attached().catch(() => undefined));
}

async function lockOffice(office: Office): Promise<LockedPhone | null> {
  const { store } = office;
  return (await closedParts()).lockOffice(office, () => reenter(store));
}

/** Deleted after ten wrong tries, or at a sign-out without network: a session that is still alive opens nothing. */
async function wasDeleted(store: OfficerStore, officer: string): Promise<boolean> {
  const left = (await (await leftParts()).leftViews()).find((view) => view.officer === officer);
  if (!left || left.adopted) return false;
  await store.delete();
  rememberOfficer(null);
  return true;
}

/** After the lock was opened: the office of the officer whose database this is. */
async function reenter(store: OfficerStore): Promise<Office> {
  const me = await fact(store, 'me');
  if (!me) throw new Error('nobody is signed in here');
  return openOffice(store, me);
}

/** A database without its office, because it is locked. */
async function closed(
  store: OfficerStore,
  officer: string,
  enter: () => Promise<Office>,
): Promise<LockedPhone | null> {
  return (await closedParts()).lockedPhone(store, officer, enter);
}

async function reopen(): Promise<Office | LockedPhone | null> {
  const officer = lastOfficer() ?? (await onlyOfficerHere());
  if (officer === null) return null;
  rememberOfficer(officer);
  const store = new OfficerStore(officerStoreName(officer));
  await openStore(store, v7);
  if (store.keyring.locked) return closed(store, officer, () => reenter(store));
  const me = await fact(store, 'me');
  if (me) return openOffice(store, me);
  if (await wasDeleted(store, officer)) return null;
  // The database was thrown away by the browser. With a session the snapshot comes back by itself.
  const who = await whoAmI(ownFetch);
  if (who.kind === 'signed_in' && who.me.officer.id === officer) return open(who.me, null);
  store.close();
  return null;
}

async function open(me: Me, before: Office | null): Promise<Office | LockedPhone> {
  rememberOfficer(me.officer.id);
  // The same officer, signed in again on an open phone, is not asked for the lock's secret.
  const keyring = before?.me.officer.id === me.officer.id ? before.store.keyring : undefined;
  const store = new OfficerStore(officerStoreName(me.officer.id), keyring);
  await (await leftParts()).adoptIdentity(store, me.officer.id);
  await openStore(store, v7);
  if (!store.keyring.locked || store.keyring.reads) return enter(store, me);
  // Null: its deletion had begun, and is ended now. The next one is new.
  return (await closed(store, me.officer.id, () => enter(store, me))) ?? open(me, null);
}

const leftParts = () => import('./data/left_behind');

async function enter(store: OfficerStore, me: Me): Promise<Office> {
  const kept = await keepMe(store, me);
  await enrolAgain(store);
  void askToPersist();
  return openOffice(store, kept);
}

/** Encrypting with a passphrase is needed once in a phone's life: its code is fetched then. */
const unsentFile = () => import('./data/unsent_file');

/** What has not left the phone stays on it whoever signs in next; leaving it behind must be a choice. */
async function leave(office: Office, file_saved = false): Promise<SignOutAnswer> {
  const { unsentOf } = await unsentFile();
  const unsent = await unsentOf(office.store);
  if (!file_saved && unsent.mutations.length + unsent.attachments.length > 0) return 'unsent';
  const answer = await signOut(ownFetch);
  if (answer !== 'signed_out') return answer;
  office.stop();
  rememberOfficer(null);
  await forgetSnapshot(office.store);
  await office.store.lock.delete('share');
  await forgetPackages(office.me.officer.id);
  office.store.close();
  return answer;
}

/** Leaves what is unsent sealed on the phone; it goes with the next network, and nothing else of the officer stays. */
async function leaveSealed(office: Office): Promise<'signed_out' | 'no_key'> {
  const { sealOutbox } = await lockParts();
  if (!(await sealOutbox(office))) return 'no_key';
  office.stop();
  await (await closedParts()).eraseLeavingSealed(office.store, office.me.officer.id, 'signed_out');
  return 'signed_out';
}

async function sealed(office: Office, passphrase: string): Promise<SealAnswer> {
  if (!globalThis.crypto?.subtle) return { kind: 'no_crypto' };
  const { sealUnsent, unsentOf } = await unsentFile();
  const unsent = await unsentOf(office.store);
  const counts = { records: unsent.mutations.length, attachments: unsent.attachments.length };
  if (counts.records + counts.attachments === 0) return { kind: 'nothing_unsent' };
  const bytes = await sealUnsent(unsent, office.me.officer.id, passphrase, now_ms());
  const day = new Date(now_ms()).toISOString().slice(0, 10);
  const name = `xunfang-${office.me.officer.badge_number}-${day}.xunfang`;
  return { kind: 'sealed', file: new Blob([bytes], { type: 'application/octet-stream' }), name, ...counts };
}

export const ports: AppPorts = {
  reopen,
  signIn: (username, password) => signIn(ownFetch, username, password),
  open: ({ me }, before) => open(me, before),
  signOut: leave,
  signOutSealed: leaveSealed,
  lock: lockOffice,
  sealUnsent: sealed,
  importSealed: async (office, file, passphrase) => {
    if (!globalThis.crypto?.subtle) return { kind: 'no_crypto' };
    const bytes = new Uint8Array(await file.arrayBuffer());
    const { importSealed } = await unsentFile();
    const answer = await importSealed(office.store, office.me.officer.id, bytes, passphrase, now_ms());
    if (answer.kind === 'imported') office.sync.wake();
    return answer;
  },
  storageFacts,
  coverage: coverageSource(ownFetch),
  devices: devicesSource(ownFetch),
  quarantine: quarantineSource(ownFetch),
  recorders: recordersSource(ownFetch),
  imports: importsSource(ownFetch),
  startCodes: startCodesSource(ownFetch),
  appVersion: __APP_VERSION__,
  onUpdateReady,
};

/** How many records the phone had made for the officer it remembers; null when it remembers nobody. */
export function rememberedRecords(): number | null {
  const officer = lastOfficer();
  const made = officer === null ? 0 : (marker(officer)?.made_total ?? 0);
  return made > 0 ? made : null;
}
