/** SHELL: where everything meets: database, engine, location and screens of one officer are put together here. */
import { v7 } from 'uuid';
import {
  fact,
  forgetSnapshot,
  OfficerStore,
  officerStoreName,
  openStore,
  setFact,
} from './data/officer_store';
import { onlyOfficerHere } from './data/officers_here';
import { askToPersist, evictedRecords, lastOfficer, marker, rememberOfficer, setMarker } from './data/phone';
import { keepsRecords, type Me } from './domain/records';
import { BestFix } from './location/best_fix';
import { coverageSource } from './sync/coverage_source';
import { devicesSource } from './sync/devices_source';
import { SyncEngine } from './sync/engine';
import type { Failure } from './sync/machine';
import { quarantineSource } from './sync/quarantine_source';
import { signIn, signOut, whoAmI } from './sync/session';
import { Office } from './ui/office.svelte';
import type { AppPorts } from './ui/ports';
import { onUpdateReady } from './update';
import { webLocks } from './web_locks';

const ownFetch = (input: string, init?: RequestInit): Promise<Response> => fetch(input, init);
/** Says whose records these are: the browser's session may have become another officer's since it was last asked. */
function fetchOf(officer: string): typeof ownFetch {
  return (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set('x-officer', officer);
    return ownFetch(input, { ...init, headers });
  };
}
const now_ms = (): number => Date.now();
/** Whose session the browser holds is asked again after this time: another tab may have changed it. */
const TRUST_SESSION_MS = 10 * 60_000;

/** Before anything is exchanged: the session must belong to the officer whose database this is. */
function sessionGuard(office: Office): () => Promise<Failure | null> {
  let checked_ms = -Infinity;
  return async () => {
    if (now_ms() - checked_ms < TRUST_SESSION_MS && office.status.trouble !== 'signed_out') return null;
    const who = await whoAmI(ownFetch);
    if (who.kind === 'refused') return { kind: 'refused', code: 'not_allowed' };
    if (who.kind === 'busy') return { kind: 'busy', retry_after_s: null };
    if (who.kind !== 'signed_in') return { kind: who.kind };
    if (who.me.officer.id !== office.me.officer.id) return { kind: 'signed_out' };
    checked_ms = now_ms();
    await office.takeMe(who.me);
    return null;
  };
}

function startEngine(office: Office): void {
  const doorsChanged = new BroadcastChannel(office.store.name);
  doorsChanged.onmessage = () => void office.reloadDoors();
  const engine = new SyncEngine({
    ...{ store: office.store, fetch: fetchOf(office.me.officer.id), now_ms, random: Math.random },
    locks: webLocks(`${office.store.name}-sender`),
    after: (delay_ms, call) => {
      const timer = setTimeout(call, delay_ms);
      return () => {
        clearTimeout(timer);
      };
    },
    app_version: __APP_VERSION__,
    onStatus: (status) => (office.status = status),
    onPulled: (changes, reset) => {
      office.takePulled(changes, reset);
      doorsChanged.postMessage('pulled');
    },
    onPushed: () => dispatchEvent(new Event('xunfang:pushed')),
    ownSession: sessionGuard(office),
  });
  const wake = (): void => {
    engine.wake();
  };
  const seen = (): void => {
    if (document.visibilityState === 'visible') wake();
  };
  addEventListener('online', wake);
  document.addEventListener('visibilitychange', seen);
  office.sync = {
    wake,
    saved: () => {
      engine.saved();
    },
    stop: () => {
      removeEventListener('online', wake);
      document.removeEventListener('visibilitychange', seen);
      doorsChanged.close();
      engine.stop();
    },
  };
  wake();
}

async function openOffice(store: OfficerStore, me: Me): Promise<Office> {
  const device = await openStore(store, v7);
  const officer = me.officer.id;
  const evicted_records = evictedRecords(officer, device);
  const onMade = (made_total: number): void => {
    setMarker({ officer, device, made_total: Math.max(made_total, evicted_records ?? 0) });
  };
  const office = new Office({ store, me, newId: v7, now_ms, evicted_records, onMade });
  office.location = new BestFix((state) => {
    office.takePosition(state);
  });
  await office.start();
  if (keepsRecords(me)) startEngine(office);
  return office;
}

async function reopen(): Promise<Office | null> {
  const officer = lastOfficer() ?? (await onlyOfficerHere());
  if (officer === null) return null;
  rememberOfficer(officer);
  const store = new OfficerStore(officerStoreName(officer));
  await openStore(store, v7);
  const me = await fact(store, 'me');
  if (me) return openOffice(store, me);
  // The database was thrown away by the browser. With a session the snapshot comes back by itself.
  const who = await whoAmI(ownFetch);
  if (who.kind === 'signed_in' && who.me.officer.id === officer) return open(who.me);
  store.close();
  return null;
}

async function open(me: Me): Promise<Office> {
  rememberOfficer(me.officer.id);
  const store = new OfficerStore(officerStoreName(me.officer.id));
  await openStore(store, v7);
  await setFact(store, 'me', me);
  void askToPersist();
  return openOffice(store, me);
}

export const ports: AppPorts = {
  reopen,
  signIn: (username, password) => signIn(ownFetch, username, password),
  open: ({ me }) => open(me),
  signOut: async (office) => {
    const answer = await signOut(ownFetch);
    if (answer !== 'signed_out') return answer;
    office.stop();
    rememberOfficer(null);
    await forgetSnapshot(office.store);
    office.store.close();
    return answer;
  },
  coverage: coverageSource(ownFetch),
  devices: devicesSource(ownFetch),
  quarantine: quarantineSource(ownFetch),
  appVersion: __APP_VERSION__,
  onUpdateReady,
};

/** How many records the phone had made for the officer it remembers; null when it remembers nobody. */
export function rememberedRecords(): number | null {
  const officer = lastOfficer();
  const made = officer === null ? 0 : (marker(officer)?.made_total ?? 0);
  return made > 0 ? made : null;
}
