/** SHELL: a phone of a test: the real engine over a real store, with a clock that stands still. */
import type { OfficerStore } from '../../src/data/officer_store';
import { saveRecords } from '../../src/data/save';
import { syncStorage } from '../../src/data/sync_storage';
import { SyncEngine, type EnginePorts, type Locks } from '../../src/sync/engine';
import type { SyncStatus } from '../../src/sync/status';
import { aVisitMutation, DOOR } from '../builders';
import { aStore } from '../data/stores';
import { FakeServer } from './fake_server';

export const AFTER_UNDO_MS = 60_000;
const freeLock: Locks = { exclusively: (work) => work() };

/** One lock for all who share it, first come first served, as Web Locks do. */
export function sharedLock(): Locks {
  let last: Promise<void> = Promise.resolve();
  return {
    exclusively: (work) => {
      const mine = last.then(work);
      last = mine.catch(() => undefined);
      return mine;
    },
  };
}

export interface Phone {
  engine: SyncEngine;
  status: () => SyncStatus;
  /** Wakes the engine and resolves when it rests with a timer set. */
  round: () => Promise<void>;
}

export function aPhone(store: OfficerStore, server: FakeServer, part: Partial<EnginePorts> = {}): Phone {
  let status: SyncStatus | null = null;
  let rested: () => void = () => undefined;
  const engine = new SyncEngine({
    ...{ storage: syncStorage(store), fetch: server.fetch, public_key: null, locks: freeLock },
    ...{ now_ms: () => AFTER_UNDO_MS, random: () => 0.5 },
    after: () => () => undefined,
    app_version: '0.1.0',
    onStatus: (now) => {
      status = now;
      if (now.phase === 'resting') rested();
    },
    ...{ onPulled: () => undefined, onReplaced: () => undefined, onPushed: () => undefined },
    ownSession: () => Promise.resolve(null),
    ...part,
  });
  const round = (): Promise<void> =>
    new Promise((resolve) => {
      rested = resolve;
      engine.wake();
    });
  return { engine, status: () => status as SyncStatus, round };
}

export async function phoneWith(records: number): Promise<{ store: OfficerStore; server: FakeServer }> {
  const store = await aStore();
  for (let n = 1; n <= records; n += 1) {
    const { id, kind, record_id, recorded_at, payload } = aVisitMutation(n);
    await saveRecords(store, [{ id, kind, record_id, recorded_at, payload }], DOOR, 0);
  }
  return { store, server: new FakeServer() };
}
