/**
 * PURE: the decisions of the sync: `step(state, event) → {state, effects}`.
 *
 * Clock, network, storage and randomness are outside; a whole history of faults runs in microseconds. One round
 * enrols where that is due, pushes until nothing is ready, offers again what a restored server may have lost, pulls
 * until nothing is left, compares where that is due, and rests until something wakes it.
 */
import {
  afterSlow,
  afterTaken,
  afterPage,
  FIRST_SIZES,
  halvedRecords,
  RECORDS_LIMIT,
  type Sizes,
} from './sizes';
import type { Failure, Stage, Step, SyncEvent, SyncState, Trouble } from './machine_types';

export type * from './machine_types';

export const BATCH_LIMIT = RECORDS_LIMIT;
/** With nothing to do the feed is asked for news this often. */
export const REST_MS = 30_000;
/** The promise is: once the network is back every outbox is empty within 60 s. Half of it is the longest wait. */
export const MAX_WAIT_MS = 30_000;
/** 300 phones come online at 18:00: they spread over this time, and none waits longer. With 40 records each a server
 * of two cores needs seven seconds for all of them. */
export const ONLINE_SPREAD_MS = 6_000;
export const ATTENTION_EVERY_MS = 10 * 60_000;
export const COMPARE_EVERY_MS = 6 * 3_600_000;
const FIRST_WAIT_MS = 1_000;

export const initialState: SyncState = {
  ...{ phase: 'stopped', again: false, failures: 0, trouble: null, sizes: FIRST_SIZES },
  ...{ last_success_ms: null, next_release_ms: null, stalls: 0, enrol_tries: 0, forced: false, unequal: 0 },
  due: { enrol: true, offer: true, attention: true, compare: true },
  ...{ attention_at_ms: null, compared_at_ms: null },
};

/** Full jitter: anything between a quarter second and the doubled wait, so that 300 phones do not knock together. */
export function waitAfter_ms(failures: number, random: number, retry_after_s: number | null): number {
  const ceiling = Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures - 1, 10));
  const asked_ms = Math.min(MAX_WAIT_MS, (retry_after_s ?? 0) * 1000);
  return Math.max(asked_ms, Math.round(250 + random * (ceiling - 250)));
}

/** A clock that jumped counts as time gone by: looking once too often costs less than not looking for ten years. */
function isOver(since_ms: number | null, now_ms: number, every_ms: number): boolean {
  return since_ms === null || Math.abs(now_ms - since_ms) >= every_ms;
}

function push(state: SyncState): Step {
  const { records, bytes } = state.sizes;
  return {
    state: { ...state, phase: 'pushing' },
    effects: [{ type: 'push', limit: records, bytes, attention: state.due.attention }],
  };
}

/** A round from its beginning. */
function begin(state: SyncState): Step {
  const fresh = { ...state, again: false };
  if (!state.due.enrol) return push(fresh);
  return {
    state: { ...fresh, phase: 'enrolling' },
    effects: [{ type: 'enrol', anew: state.enrol_tries > 0 }],
  };
}

function pull(state: SyncState, anew = false): Step {
  return {
    state: { ...state, phase: 'pulling' },
    effects: [{ type: 'pull', page_rows: state.sizes.page_rows, anew }],
  };
}

function offer(state: SyncState): Step {
  return { state: { ...state, phase: 'offering' }, effects: [{ type: 'offer' }] };
}

function rest(state: SyncState, delay_ms: number): Step {
  return { state: { ...state, phase: 'resting', again: false }, effects: [{ type: 'timer', delay_ms }] };
}

function finish(state: SyncState): Step {
  if (state.again) return begin(state);
  return rest(state, Math.min(REST_MS, state.next_release_ms ?? REST_MS));
}

/** What a person must look at is offered again: a lead may have decided meanwhile. */
function attentionAgain(state: SyncState, event: Extract<SyncEvent, { type: 'pulled' }>): boolean {
  // A restored server may have lost what it held back, too; and what it held for want of a session it takes now.
  const at_once = event.new_epoch || state.trouble?.kind === 'signed_out';
  return at_once || isOver(state.attention_at_ms, event.now_ms, ATTENTION_EVERY_MS);
}

function afterPull(state: SyncState, event: Extract<SyncEvent, { type: 'pulled' }>): Step {
  const { now_ms, next_release_ms } = event;
  const well: SyncState = {
    ...{ ...state, failures: 0, trouble: null, last_success_ms: now_ms, next_release_ms, enrol_tries: 0 },
    sizes: afterPage(state.sizes),
    due: {
      ...state.due,
      offer: state.due.offer || event.new_epoch,
      attention: state.due.attention || attentionAgain(state, event),
      compare: state.due.compare || isOver(state.compared_at_ms, now_ms, COMPARE_EVERY_MS),
    },
    attention_at_ms: state.attention_at_ms ?? now_ms,
  };
  if (well.again) return begin(well);
  if (event.has_more) return pull(well);
  if (event.new_epoch || (well.due.attention && !state.due.attention)) return begin(well);
  if (!well.due.compare) return finish(well);
  return {
    state: { ...well, phase: 'comparing' },
    effects: [{ type: 'compare', forced: well.forced }],
  };
}

function afterCompare(state: SyncState, event: Extract<SyncEvent, { type: 'compared' }>): Step {
  const { at_ms } = event;
  // The server has moved on meanwhile: the next round pulls, and compares then.
  if (event.equal === null) return finish(state);
  // Unequal: everything is read again into place, and compared once more; then it is a person's turn. The server may
  // have been restored without knowing it, so that what it lost of ours is offered as well.
  if (!event.equal && state.unequal === 0)
    return pull({ ...state, unequal: 1, forced: true, due: { ...state.due, offer: true } }, true);
  const due = { ...state.due, compare: false };
  return finish({ ...state, unequal: 0, forced: false, compared_at_ms: at_ms, due });
}

function afterIndigestible(state: SyncState, failure: Extract<Failure, { kind: 'indigestible' }>): Step {
  if (state.sizes.records > 1) return push({ ...state, sizes: halvedRecords(state.sizes) });
  return { state, effects: [{ type: 'set_aside_first', problem: failure.problem }] };
}

/** The server does not know this device (any more), or wants it to sign: enrolling mends that. */
const ENROL_FIRST = new Set(['signature_required', 'signature_invalid', 'device_not_enrolled']);

function enrolFirst(state: SyncState, failure: Trouble, random: number): Step | null {
  if (failure.kind !== 'refused' || !ENROL_FIRST.has(failure.code) || state.phase === 'enrolling')
    return null;
  const again: SyncState = {
    ...state,
    enrol_tries: state.enrol_tries + 1,
    due: { ...state.due, enrol: true },
  };
  if (state.enrol_tries === 0) return begin(again);
  const failures = state.failures + 1;
  return rest({ ...again, failures, trouble: failure }, waitAfter_ms(failures, random, null));
}

/** What is refused for good must not stand before what could still be done. */
function passedBy(state: SyncState, failure: Failure, now_ms: number): Step | null {
  if (failure.kind !== 'refused') return null;
  // A server restored to a time before this device was enrolled: without enrolling it could not ask for what it lost.
  const enrol = ENROL_FIRST.has(failure.code) && state.enrol_tries === 0;
  if (state.phase === 'offering') return enrol ? null : pull(state);
  if (state.phase !== 'comparing') return null;
  return finish({ ...state, forced: false, compared_at_ms: now_ms, due: { ...state.due, compare: false } });
}

function slowed(state: SyncState): Sizes {
  return afterSlow(state.sizes, state.phase === 'pushing' ? 'push' : 'pull');
}

function afterFailure(state: SyncState, event: Extract<SyncEvent, { type: 'failed' }>): Step {
  const { failure, random } = event;
  if (failure.kind === 'indigestible') return afterIndigestible(state, failure);
  const other = passedBy(state, failure, event.now_ms) ?? enrolFirst(state, failure, random);
  if (other) return other;
  const failures = state.failures + 1;
  // The same batch would take as long again: on a weak mast only a smaller one gets through.
  const too_slow = failure.kind === 'no_network' && failure.slow === true;
  const delay_ms = waitAfter_ms(failures, random, failure.kind === 'busy' ? failure.retry_after_s : null);
  return rest(
    { ...state, failures, trouble: failure, sizes: too_slow ? slowed(state) : state.sizes },
    delay_ms,
  );
}

/** Nothing moved for 30 s: that was wait enough, so the new round comes soon, with less to carry. */
function afterStall(state: SyncState, random: number): Step {
  const { failures, stalls } = state;
  const trouble: Trouble = { kind: 'no_network', slow: true };
  const counted = { ...state, failures: failures + 1, stalls: stalls + 1, trouble, sizes: slowed(state) };
  const resting = rest(counted, waitAfter_ms(Math.min(failures + 1, 2), random, null));
  return { state: resting.state, effects: [{ type: 'abort' }, ...resting.effects] };
}

function afterNothingToPush(state: SyncState, now_ms: number): Step {
  const { due } = state;
  const attention_at_ms = due.attention ? now_ms : state.attention_at_ms;
  const all_out = { ...state, attention_at_ms, due: { ...due, attention: false } };
  return due.offer ? offer(all_out) : pull(all_out);
}

function afterOffer(state: SyncState, missing: number): Step {
  const done = { ...state, due: { ...state.due, offer: false } };
  if (missing === 0) return pull(done);
  // What was held back for want of a lost record is looked at again together with it.
  return push({ ...done, due: { ...done.due, attention: true } });
}

function afterSave(state: SyncState, release_ms: number): Step {
  if (state.phase === 'stopped') return { state, effects: [] };
  if (state.phase === 'resting') return { state, effects: [{ type: 'timer', delay_ms: release_ms }] };
  return { state: { ...state, again: true }, effects: [] };
}

function afterAsk(state: SyncState, event: Extract<SyncEvent, { type: 'ask' }>, idle: boolean): Step {
  const forced = state.forced || event.compare === true;
  const compare = state.due.compare || forced;
  const enrol = state.due.enrol || event.enrol === true;
  const asked = { ...state, forced, due: { ...state.due, compare, enrol } };
  return idle ? begin(asked) : { state: { ...asked, again: true }, effects: [] };
}

/** Asked from outside, at any time. */
function fromOutside(state: SyncState, event: SyncEvent): Step | null {
  const idle = state.phase === 'stopped' || state.phase === 'resting';
  const later: Step = { state: { ...state, again: true }, effects: [] };
  switch (event.type) {
    case 'stop':
      return { state: { ...state, phase: 'stopped', again: false }, effects: [{ type: 'abort' }] };
    case 'wake':
      return idle ? begin(state) : later;
    case 'online':
      if (state.phase === 'stopped') return { state, effects: [] };
      return idle
        ? { state, effects: [{ type: 'timer', delay_ms: Math.round(event.random * ONLINE_SPREAD_MS) }] }
        : later;
    case 'saved':
      return afterSave(state, event.release_ms);
    case 'ask':
      return afterAsk(state, event, idle);
    default:
      return null;
  }
}

const STAGE_OF: Partial<Record<SyncEvent['type'], Stage>> = {
  ...{ enrolled: 'enrolling', pushed: 'pushing', nothing_to_push: 'pushing' },
  ...{ offered: 'offering', pulled: 'pulling', compared: 'comparing' },
};

/** An answer to what the machine had ordered. */
function afterAnswer(state: SyncState, event: SyncEvent): Step {
  switch (event.type) {
    case 'enrolled':
      return push({ ...state, due: { ...state.due, enrol: !event.settled } });
    case 'pushed':
      return push({ ...state, sizes: event.whole ? afterTaken(state.sizes) : state.sizes });
    case 'nothing_to_push':
      return afterNothingToPush(state, event.now_ms);
    case 'offered':
      return afterOffer(state, event.missing);
    case 'pulled':
      return afterPull(state, event);
    case 'compared':
      return afterCompare(state, event);
    case 'failed':
      return afterFailure(state, event);
    case 'stalled':
      return afterStall(state, event.random);
    default:
      return { state, effects: [] };
  }
}

/** What to do next. Events that do not fit the phase change nothing: a late answer cannot confuse the loop. */
export function step(state: SyncState, event: SyncEvent): Step {
  const asked = fromOutside(state, event);
  if (asked) return asked;
  const idle = state.phase === 'stopped' || state.phase === 'resting';
  const stage = STAGE_OF[event.type];
  if (idle || (stage && stage !== state.phase)) return { state, effects: [] };
  return afterAnswer(state, event);
}
