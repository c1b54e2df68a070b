import { describe, expect, test } from 'vitest';
import {
  BATCH_LIMIT,
  initialState,
  MAX_WAIT_MS,
  step,
  waitAfter_ms,
  type SyncEvent,
  type SyncState,
} from '../../src/sync/machine';

const problem = { type: '', title: '', status: 413, detail: '', code: 'batch_too_large' };
const pulled = { type: 'pulled', has_more: false, now_ms: 7, next_release_ms: null } as const;
const failed = (kind: 'no_network' | 'signed_out'): SyncEvent => ({
  type: 'failed',
  failure: { kind },
  random: 0.5,
});

function after(...events: SyncEvent[]): { state: SyncState; effects: string[] } {
  let state = initialState;
  let effects: string[] = [];
  for (const event of events) {
    const next = step(state, event);
    state = next.state;
    effects = next.effects.map((effect) => effect.type);
  }
  return { state, effects };
}

describe('a round of the sync', () => {
  test('pushes until nothing is ready, then pulls, then rests', () => {
    expect(after({ type: 'wake' }).effects).toEqual(['push']);
    expect(after({ type: 'wake' }, { type: 'pushed' }).effects).toEqual(['push']);
    expect(after({ type: 'wake' }, { type: 'nothing_to_push' }).effects).toEqual(['pull']);
    const end = after({ type: 'wake' }, { type: 'nothing_to_push' }, pulled);
    expect([end.state.phase, end.effects]).toEqual(['resting', ['timer']]);
  });
  test('pulls on while the feed has more', () => {
    expect(
      after({ type: 'wake' }, { type: 'nothing_to_push' }, { ...pulled, has_more: true }).effects,
    ).toEqual(['pull']);
  });
  test('starts once more when something was saved meanwhile', () => {
    const saved: SyncEvent = { type: 'saved', release_ms: 5000 };
    expect(after({ type: 'wake' }, { type: 'nothing_to_push' }, saved, pulled).effects).toEqual(['push']);
  });
  test('a wake-up during a round does not start a second one', () => {
    expect(after({ type: 'wake' }, { type: 'wake' }).effects).toEqual([]);
  });
  test('a save while resting is sent when its undo time is over', () => {
    const rest = after({ type: 'wake' }, { type: 'nothing_to_push' }, pulled).state;
    expect(step(rest, { type: 'saved', release_ms: 5000 }).effects).toEqual([
      { type: 'timer', delay_ms: 5000 },
    ]);
  });
  test('rests no longer than until the next held record may go', () => {
    const rest = after({ type: 'wake' }, { type: 'nothing_to_push' }).state;
    expect(step(rest, { ...pulled, next_release_ms: 1200 }).effects).toEqual([
      { type: 'timer', delay_ms: 1200 },
    ]);
  });
});

describe('a failure', () => {
  test('always sets a timer: the sync never gives up', () => {
    let state = initialState;
    for (let failures = 1; failures <= 200; failures += 1) {
      state = step(state, { type: 'wake' }).state;
      const next = step(state, failed('no_network'));
      const [timer] = next.effects;
      expect(timer?.type === 'timer' && timer.delay_ms > 0 && timer.delay_ms <= MAX_WAIT_MS).toBe(true);
      state = next.state;
    }
    expect(state.failures).toBe(200);
  });
  test('is forgotten after a success', () => {
    const { state } = after(
      { type: 'wake' },
      failed('signed_out'),
      { type: 'wake' },
      { type: 'nothing_to_push' },
      pulled,
    );
    expect([state.failures, state.trouble, state.last_success_ms]).toEqual([0, null, 7]);
  });
  test('tells that the session has ended', () => {
    expect(after({ type: 'wake' }, failed('signed_out')).state.trouble).toEqual({ kind: 'signed_out' });
  });
});

describe('a network too slow for the batch', () => {
  const tooSlow: SyncEvent = { type: 'failed', failure: { kind: 'no_network', slow: true }, random: 0 };
  test('once sent the same fifty records again and again: now each try is half as large, down to one', () => {
    const tries = Array.from({ length: 8 }, () => [{ type: 'wake' } as const, tooSlow]).flat();
    expect(after({ type: 'wake' }, tooSlow).state.batch_limit).toBe(BATCH_LIMIT / 2);
    expect(after(...tries).state.batch_limit).toBe(1);
  });
  test('keeps small batches until the outbox is empty, then trusts the network again', () => {
    const small = after({ type: 'wake' }, tooSlow, { type: 'wake' }, { type: 'pushed' });
    expect(small.state.batch_limit).toBe(BATCH_LIMIT / 2);
    expect(step(small.state, { type: 'nothing_to_push' }).state.batch_limit).toBe(BATCH_LIMIT);
  });
  test('is not the same as no network at all, which says nothing about the size', () => {
    expect(after({ type: 'wake' }, failed('no_network')).state.batch_limit).toBe(BATCH_LIMIT);
  });
});

describe('a batch the server cannot take as a whole', () => {
  const tooLarge: SyncEvent = { type: 'failed', failure: { kind: 'indigestible', problem }, random: 0 };
  test('is halved', () => {
    expect(after({ type: 'wake' }, tooLarge).state.batch_limit).toBe(BATCH_LIMIT / 2);
  });
  test('of a single record is set aside, and the others go on with full batches', () => {
    let { state } = after({ type: 'wake' });
    let last = step(state, tooLarge);
    while (last.effects[0]?.type === 'push') {
      state = last.state;
      last = step(state, tooLarge);
    }
    expect(last.effects).toEqual([{ type: 'set_aside_first', problem }]);
    expect(last.state.batch_limit).toBe(BATCH_LIMIT);
  });
});

test('events after a stop change nothing', () => {
  expect(after({ type: 'wake' }, { type: 'stop' }, { type: 'pushed' }).effects).toEqual([]);
});

test('the wait grows, is spread by chance, honours Retry-After and never exceeds half of the promise', () => {
  expect(waitAfter_ms(1, 1, null)).toBe(1000);
  expect(waitAfter_ms(4, 1, null)).toBe(8000);
  expect(waitAfter_ms(4, 0, null)).toBe(250);
  expect(waitAfter_ms(50, 1, null)).toBe(MAX_WAIT_MS);
  expect(waitAfter_ms(1, 0, 12)).toBe(12_000);
  expect(waitAfter_ms(1, 0, 3600)).toBe(MAX_WAIT_MS);
});
