/**
 * PURE: the decisions of the sync: `step(state, event) → {state, effects}`.
 *
 * Clock, network, storage and randomness are outside; a whole history of faults runs in microseconds. One round
 * pushes until nothing is ready, then pulls until nothing is left, then rests until something wakes it.
 */

import type { Problem } from '../domain/mutations';

export type Failure =
  /** No answer, or an answer that is not ours (a captive portal's page). `slow`: we gave up waiting ourselves. */
  | { kind: 'no_network'; slow?: true }
  /** 5xx, 429, or `retry` for a record. */
  | { kind: 'busy'; retry_after_s: number | null }
  | { kind: 'signed_out' }
  /** 403, or a body that the server cannot read. Time does not mend it, but it costs nothing to look again. */
  | { kind: 'refused'; code: string }
  /** 400 or 413 for a whole batch: one record in it spoils it, or it is too big. Halving finds out. */
  | { kind: 'indigestible'; problem: Problem };

export type Trouble = Exclude<Failure, { kind: 'indigestible' }>;
export type Phase = 'stopped' | 'resting' | 'pushing' | 'pulling';

export interface SyncState {
  phase: Phase;
  /** Something asked for a round while one was running. */
  again: boolean;
  /** Failures in a row. */
  failures: number;
  trouble: Trouble | null;
  batch_limit: number;
  last_success_ms: number | null;
}

export type SyncEvent =
  | { type: 'wake' }
  /** A record was saved; it may leave after its undo time. */
  | { type: 'saved'; release_ms: number }
  /** A batch was answered record by record. What the server could not take now is not offered again this round. */
  | { type: 'pushed' }
  | { type: 'nothing_to_push' }
  | { type: 'pulled'; has_more: boolean; now_ms: number; next_release_ms: number | null }
  | { type: 'failed'; failure: Failure; random: number }
  | { type: 'stop' };

export type SyncEffect =
  | { type: 'push'; limit: number }
  | { type: 'pull' }
  /** The batch was one record, and even that is refused: a person must look, and the others go on. */
  | { type: 'set_aside_first'; problem: Problem }
  /** Wake up after this time. A new timer replaces the old one. */
  | { type: 'timer'; delay_ms: number };

export interface Step {
  state: SyncState;
  effects: SyncEffect[];
}

export const BATCH_LIMIT = 50;
/** With nothing to do the feed is asked for news this often. */
export const REST_MS = 30_000;
/** The promise is: once the network is back every outbox is empty within 60 s. Half of it is the longest wait. */
export const MAX_WAIT_MS = 30_000;
const FIRST_WAIT_MS = 1_000;

export const initialState: SyncState = {
  ...{ phase: 'stopped', again: false, failures: 0, trouble: null },
  ...{ batch_limit: BATCH_LIMIT, last_success_ms: null },
};

/** Full jitter: anything between a quarter second and the doubled wait, so that 300 phones do not knock together. */
export function waitAfter_ms(failures: number, random: number, retry_after_s: number | null): number {
  const ceiling = Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures - 1, 10));
  const asked_ms = Math.min(MAX_WAIT_MS, (retry_after_s ?? 0) * 1000);
  return Math.max(asked_ms, Math.round(250 + random * (ceiling - 250)));
}

function push(state: SyncState): Step {
  return {
    state: { ...state, phase: 'pushing', again: false },
    effects: [{ type: 'push', limit: state.batch_limit }],
  };
}

function rest(state: SyncState, delay_ms: number): Step {
  return { state: { ...state, phase: 'resting', again: false }, effects: [{ type: 'timer', delay_ms }] };
}

function afterPull(state: SyncState, event: Extract<SyncEvent, { type: 'pulled' }>): Step {
  const well = { ...state, failures: 0, trouble: null, last_success_ms: event.now_ms };
  if (state.again) return push(well);
  if (event.has_more) return { state: well, effects: [{ type: 'pull' }] };
  return rest(well, Math.min(REST_MS, event.next_release_ms ?? REST_MS));
}

function afterIndigestible(state: SyncState, problem: Problem): Step {
  if (state.batch_limit > 1) return push({ ...state, batch_limit: Math.floor(state.batch_limit / 2) });
  return { state: { ...state, batch_limit: BATCH_LIMIT }, effects: [{ type: 'set_aside_first', problem }] };
}

function afterFailure(state: SyncState, failure: Failure, random: number): Step {
  if (failure.kind === 'indigestible') return afterIndigestible(state, failure.problem);
  const failures = state.failures + 1;
  // The same batch would take as long again: on a weak mast only a smaller one gets through.
  const too_slow = failure.kind === 'no_network' && failure.slow === true && state.phase === 'pushing';
  const batch_limit = too_slow ? Math.max(1, Math.floor(state.batch_limit / 2)) : state.batch_limit;
  const delay_ms = waitAfter_ms(failures, random, failure.kind === 'busy' ? failure.retry_after_s : null);
  return rest({ ...state, failures, trouble: failure, batch_limit }, delay_ms);
}

function afterPush(state: SyncState, answered: 'pushed' | 'nothing_to_push'): Step {
  if (answered === 'pushed') return push(state);
  return { state: { ...state, phase: 'pulling', batch_limit: BATCH_LIMIT }, effects: [{ type: 'pull' }] };
}

function afterSave(state: SyncState, release_ms: number): Step {
  if (state.phase === 'stopped') return { state, effects: [] };
  if (state.phase === 'resting') return { state, effects: [{ type: 'timer', delay_ms: release_ms }] };
  return { state: { ...state, again: true }, effects: [] };
}

/** What to do next. Events that do not fit the phase change nothing: a late answer cannot confuse the loop. */
export function step(state: SyncState, event: SyncEvent): Step {
  const same: Step = { state, effects: [] };
  if (event.type === 'stop') return { state: { ...state, phase: 'stopped', again: false }, effects: [] };
  const busy = state.phase === 'pushing' || state.phase === 'pulling';
  if (event.type === 'wake') return busy ? { state: { ...state, again: true }, effects: [] } : push(state);
  if (event.type === 'saved') return afterSave(state, event.release_ms);
  if (!busy) return same;
  if (event.type === 'failed') return afterFailure(state, event.failure, event.random);
  if (state.phase === 'pushing') return event.type === 'pulled' ? same : afterPush(state, event.type);
  return event.type === 'pulled' ? afterPull(state, event) : same;
}
