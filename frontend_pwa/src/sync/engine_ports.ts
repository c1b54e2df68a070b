/** PURE: what the sync engine is given: clock, network, storage, randomness and the lock. */
import type { SyncStorage } from '../data/sync_storage';
import type { Change } from '../domain/records';
import type { Fetch } from './http';
import type { Failure } from './machine_types';
import type { SyncStatus } from './status';

export interface Locks {
  /** Runs the work while no other tab of this officer sends. */
  exclusively(work: () => Promise<void>): Promise<void>;
}

export interface EnginePorts {
  storage: SyncStorage;
  /** Signs what it sends where this device has a key. */
  fetch: Fetch;
  /** base64 SPKI; null where the browser cannot make a key. */
  public_key: string | null;
  locks: Locks;
  now_ms: () => number;
  random: () => number;
  /** Calls back after the delay; returns how to cancel. */
  after: (delay_ms: number, call: () => void) => () => void;
  app_version: string;
  onStatus: (status: SyncStatus) => void;
  onPulled: (changes: readonly Change[]) => void;
  /** Rows left the phone that no change names. */
  onReplaced: () => void;
  onPushed: () => void;
  /** A failure when the session belongs to another officer than this store, or to nobody: then nothing may be read. */
  ownSession: () => Promise<Failure | null>;
}
