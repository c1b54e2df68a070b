/** SHELL: the running sync of one officer: engine, signatures, uploads, and what wakes them. */
import { v7 } from 'uuid';
import { becomeNewDevice, fact, forgetAsRevoked } from './data/officer_store';
import { forgetPackages } from './data/package_place';
import { setMarker } from './data/phone';
import { syncStorage } from './data/sync_storage';
import { now_ms, ownFetch } from './own_fetch';
import { asOfficer } from './sync/as_officer';
import { SyncEngine } from './sync/engine';
import type { Fetch } from './sync/http';
import type { Failure } from './sync/machine_types';
import { DEVICE_REVOKED, hearsRevocation } from './sync/revocation';
import { whoAmI } from './sync/session';
import { deviceKey, signedFetch, type DeviceKey } from './sync/signing';
import type { SyncStatus } from './sync/status';
import { UploadQueue } from './sync/uploads';
import type { Office } from './ui/office.svelte';
import { webLocks } from './web_locks';

/** Whose session the browser holds is asked again after this time: another tab may have changed it. */
const TRUST_SESSION_MS = 10 * 60_000;

function refusedSession(office: Office, code: string): Failure {
  // The session was opened on a device that was revoked, and this one has a new identity since: signing in mends it.
  if (code === DEVICE_REVOKED && !office.revoked) return { kind: 'signed_out' };
  return { kind: 'refused', code: code === DEVICE_REVOKED ? code : 'not_allowed' };
}

/** Before anything is read: the session must belong to the officer whose database this is. */
function sessionGuard(office: Office, fetch: Fetch): () => Promise<Failure | null> {
  let checked_ms = -Infinity;
  return async () => {
    // Also after a new sign-in, whose session knows nothing of the device: a revoked one reads no more.
    if (office.revoked) return { kind: 'refused', code: DEVICE_REVOKED };
    const age_ms = Math.abs(now_ms() - checked_ms);
    if (age_ms < TRUST_SESSION_MS && office.status.trouble !== 'signed_out') return null;
    const who = await whoAmI(fetch);
    if (who.kind === 'refused') return refusedSession(office, who.code);
    if (who.kind === 'busy') return { kind: 'busy', retry_after_s: null };
    if (who.kind !== 'signed_in') return { kind: who.kind };
    if (who.me.officer.id !== office.me.officer.id) return { kind: 'signed_out' };
    checked_ms = now_ms();
    await office.takeMe(who.me);
    return null;
  };
}

function after(delay_ms: number, call: () => void): () => void {
  const timer = setTimeout(call, delay_ms);
  return () => {
    clearTimeout(timer);
  };
}

function signing(fetch: Fetch, device: string, key: DeviceKey | null): Fetch {
  if (!key) return fetch;
  return signedFetch(fetch, {
    ...{ keyid: () => device, sign: key.sign, now_ms },
    randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
  });
}

function uploadsOf(office: Office, fetch: Fetch): UploadQueue {
  const waits = (): boolean => office.outbox.some((row) => row.state === 'waiting');
  return new UploadQueue({
    ...{ store: office.store, fetch, origin: location.origin, now_ms, random: Math.random, after },
    locks: webLocks(`${office.store.name}-uploads`),
    mayUpload: () => office.status.trouble === null && !waits(),
    onChanged: () => dispatchEvent(new Event('xunfang:uploaded')),
  });
}

interface Running {
  engine: SyncEngine;
  uploads: UploadQueue;
  channel: BroadcastChannel;
}

function running(office: Office, device: string, key: DeviceKey | null): Running {
  const heard = hearsRevocation(ownFetch, async () => {
    if (!(await forgetAsRevoked(office.store, device))) return;
    office.takeRevoked(true);
    await forgetPackages(office.me.officer.id);
  });
  const fetch = signing(asOfficer(heard, office.me.officer.id), device, key);
  const channel = new BroadcastChannel(office.store.name);
  channel.onmessage = () => void office.reloadDoors();
  const uploads = uploadsOf(office, fetch);
  const onStatus = (status: SyncStatus): void => {
    office.status = status;
    if (status.phase === 'resting' && status.trouble === null) uploads.wake();
  };
  const engine = new SyncEngine({
    ...{ storage: syncStorage(office.store), fetch, public_key: key?.public_key ?? null },
    ...{ now_ms, random: Math.random, after, app_version: __APP_VERSION__, onStatus },
    locks: webLocks(`${office.store.name}-sender`),
    onPulled: (changes) => {
      office.takePulled(changes, false);
      channel.postMessage('pulled');
    },
    onReplaced: () => {
      void office.reloadDoors();
      channel.postMessage('replaced');
    },
    onPushed: () => dispatchEvent(new Event('xunfang:pushed')),
    ownSession: sessionGuard(office, heard),
  });
  return { engine, uploads, channel };
}

/** A revoked device goes on under a new name; what it had not sent is sent under that. */
async function renewDevice(office: Office): Promise<void> {
  office.stop();
  const device = v7();
  await becomeNewDevice(office.store, () => device);
  const made_total = (await fact(office.store, 'made_total')) ?? 0;
  setMarker({ officer: office.me.officer.id, device, made_total });
  location.reload();
}

/** What the browser says that makes the sync look; returns how to stop listening. */
function listen(engine: SyncEngine): () => void {
  const online = (): void => {
    engine.online();
  };
  const seen = (): void => {
    if (document.visibilityState === 'visible') engine.wake();
  };
  addEventListener('online', online);
  document.addEventListener('visibilitychange', seen);
  return () => {
    removeEventListener('online', online);
    document.removeEventListener('visibilitychange', seen);
  };
}

export async function startSync(office: Office, device: string): Promise<void> {
  const key = await deviceKey(office.store);
  const { engine, uploads, channel } = running(office, device, key);
  const deaf = listen(engine);
  office.sync = {
    wake: () => void engine.wake(),
    saved: () => void engine.saved(),
    compare: () => void engine.compare(),
    enrol: (code) => engine.enrol(code),
    becomeNewDevice: () => renewDevice(office),
    stop: () => {
      deaf();
      channel.close();
      uploads.stop();
      engine.stop();
    },
  };
  engine.wake();
}
