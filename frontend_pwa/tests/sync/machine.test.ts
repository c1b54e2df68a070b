import { describe, expect, test } from 'vitest';
import {
  BATCH_LIMIT,
  initialState,
  MAX_WAIT_MS,
  step,
  waitAfter_ms,
  type Failure,
  type SyncEvent,
  type SyncState,
} from '../../src/sync/machine';

const problem = { type: '', title: '', status: 413, detail: '', code: 'batch_too_large' };
const pulled = {
  type: 'pulled',
  has_more: false,
  new_epoch: false,
  now_ms: 7,
  next_release_ms: null,
} as const;
const enrolled = { type: 'enrolled', settled: true } as const;
const pushed = { type: 'pushed', whole: true } as const;
const all_out = { type: 'nothing_to_push', now_ms: 7 } as const;
const offered = { type: 'offered', missing: 0 } as const;
const compared = { type: 'compared', equal: true, at_ms: 7 } as const;
const failing = (failure: Failure): SyncEvent => ({ type: 'failed', failure, random: 0.5, now_ms: 7 });
const failed = (kind: 'no_network' | 'signed_out'): SyncEvent => failing({ kind });
/** A machine that has done its first round: nothing is due any more. */
const settled: SyncState = [{ type: 'wake' } as const, enrolled, all_out, offered, pulled, compared].reduce(
  (state, event) => step(state, event).state,
  initialState,
);

function after(...events: SyncEvent[]): { state: SyncState; effects: string[] } {
  let state = settled;
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
    expect(after({ type: 'wake' }, pushed).effects).toEqual(['push']);
    expect(after({ type: 'wake' }, all_out).effects).toEqual(['pull']);
    const end = after({ type: 'wake' }, all_out, pulled);
    expect([end.state.phase, end.effects]).toEqual(['resting', ['timer']]);
  });
  test('pulls on while the feed has more', () => {
    expect(after({ type: 'wake' }, all_out, { ...pulled, has_more: true }).effects).toEqual(['pull']);
  });
  test('starts once more when something was saved meanwhile', () => {
    const saved: SyncEvent = { type: 'saved', release_ms: 5000 };
    expect(after({ type: 'wake' }, all_out, saved, pulled).effects).toEqual(['push']);
  });
  test('a wake-up during a round does not start a second one', () => {
    expect(after({ type: 'wake' }, { type: 'wake' }).effects).toEqual([]);
  });
  test('a save while resting is sent when its undo time is over', () => {
    const rest = after({ type: 'wake' }, all_out, pulled).state;
    expect(step(rest, { type: 'saved', release_ms: 5000 }).effects).toEqual([
      { type: 'timer', delay_ms: 5000 },
    ]);
  });
  test('rests no longer than until the next held record may go', () => {
    const rest = after({ type: 'wake' }, all_out).state;
    expect(step(rest, { ...pulled, next_release_ms: 1200 }).effects).toEqual([
      { type: 'timer', delay_ms: 1200 },
    ]);
  });
});

describe('a failure', () => {
  test('always sets a timer: the sync never gives up', () => {
    let state = settled;
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
    const { state } = after({ type: 'wake' }, failed('signed_out'), { type: 'wake' }, all_out, pulled);
    expect([state.failures, state.trouble, state.last_success_ms]).toEqual([0, null, 7]);
  });
  test('tells that the session has ended', () => {
    expect(after({ type: 'wake' }, failed('signed_out')).state.trouble).toEqual({ kind: 'signed_out' });
  });
});

describe('a network too slow for the batch', () => {
  const tooSlow: SyncEvent = failing({ kind: 'no_network', slow: true });
  test('once sent the same fifty records again and again: now each try is half as large, down to one', () => {
    const tries = Array.from({ length: 8 }, () => [{ type: 'wake' } as const, tooSlow]).flat();
    expect(after({ type: 'wake' }, tooSlow).state.sizes.records).toBe(BATCH_LIMIT / 2);
    expect(after(...tries).state.sizes.records).toBe(1);
  });
  test('grows again step by step with each batch that comes through', () => {
    const small = after({ type: 'wake' }, tooSlow, { type: 'wake' }, pushed).state;
    expect(small.sizes.records).toBe(38);
    expect(step(small, pushed).state.sizes.records).toBe(BATCH_LIMIT);
  });
  test('is not the same as no network at all, which says nothing about the size', () => {
    expect(after({ type: 'wake' }, failed('no_network')).state.sizes.records).toBe(BATCH_LIMIT);
  });
});

describe('a batch the server cannot take as a whole', () => {
  const tooLarge: SyncEvent = failing({ kind: 'indigestible', problem });
  test('is halved', () => {
    expect(after({ type: 'wake' }, tooLarge).state.sizes.records).toBe(BATCH_LIMIT / 2);
  });
  test('of a single record is set aside, and the others go on with small batches first', () => {
    let { state } = after({ type: 'wake' });
    let last = step(state, tooLarge);
    while (last.effects[0]?.type === 'push') {
      state = last.state;
      last = step(state, tooLarge);
    }
    expect(last.effects).toEqual([{ type: 'set_aside_first', problem }]);
    expect(last.state.sizes.records).toBe(1);
  });
});

test('events after a stop change nothing', () => {
  expect(after({ type: 'wake' }, { type: 'stop' }, pushed).effects).toEqual([]);
});

test('the wait grows, is spread by chance, honours Retry-After and never exceeds half of the promise', () => {
  expect(waitAfter_ms(1, 1, null)).toBe(1000);
  expect(waitAfter_ms(4, 1, null)).toBe(8000);
  expect(waitAfter_ms(4, 0, null)).toBe(250);
  expect(waitAfter_ms(50, 1, null)).toBe(MAX_WAIT_MS);
  expect(waitAfter_ms(1, 0, 12)).toBe(12_000);
  expect(waitAfter_ms(1, 0, 3600)).toBe(MAX_WAIT_MS);
});

describe('the first round', () => {
  test('enrols, pushes with what needs attention, offers, pulls, compares, and rests', () => {
    let state = initialState;
    const effects = [{ type: 'wake' } as const, enrolled, all_out, offered, pulled, compared].map((event) => {
      const next = step(state, event);
      state = next.state;
      return next.effects[0];
    });
    expect(effects.map((effect) => effect?.type)).toEqual([
      'enrol',
      'push',
      'offer',
      'pull',
      'compare',
      'timer',
    ]);
    expect(effects[1]).toMatchObject({ attention: true });
  });
  test('sends although it cannot enrol anew, and enrols at the next', () => {
    const begun = step(initialState, { type: 'wake' }).state;
    const sending = step(begun, { type: 'enrolled', settled: false });
    expect([sending.effects[0]?.type, sending.state.due.enrol]).toEqual(['push', true]);
  });
});

describe('a server that does not know the device', () => {
  const unknown = failing({ kind: 'refused', code: 'signature_invalid' });
  test('is asked to enrol it at once, and later with a wait in between', () => {
    const first = after({ type: 'wake' }, unknown);
    expect(first.effects).toEqual(['enrol']);
    const second = step(step(first.state, enrolled).state, unknown);
    expect([second.effects[0]?.type, second.state.due.enrol]).toEqual(['timer', true]);
  });
});

describe('work that does not move', () => {
  test('is broken off and counted, and a new round comes within two seconds however long it lasted', () => {
    const tries = Array.from(
      { length: 40 },
      () => [{ type: 'wake' }, { type: 'stalled', random: 1 }] as const,
    ).flat();
    const { state } = after(...tries);
    const next = step(step(state, { type: 'wake' }).state, { type: 'stalled', random: 1 });
    expect([state.stalls, next.effects]).toEqual([
      40,
      [{ type: 'abort' }, { type: 'timer', delay_ms: 2000 }],
    ]);
  });
  test('asks for smaller pages when it was a page, down to fifty rows', () => {
    const slow = [{ type: 'wake' }, all_out, { type: 'stalled', random: 0 }] as const;
    expect(after(...slow).state.sizes.page_rows).toBe(250);
    expect(after(...Array.from({ length: 9 }, () => slow).flat()).state.sizes.page_rows).toBe(50);
  });
});

test('300 phones that come online together spread over six seconds, and none waits longer', () => {
  const delays = [0, 0.5, 0.999].map((random) => step(settled, { type: 'online', random }).effects[0]);
  expect(delays).toEqual([0, 3000, 5994].map((delay_ms) => ({ type: 'timer', delay_ms })));
});

test('records that need attention are offered again every ten minutes, also by a clock that was set back', () => {
  const later = (now_ms: number): SyncState =>
    after({ type: 'wake' }, all_out, { ...pulled, now_ms }, compared).state;
  expect([later(60_000).due.attention, later(600_007).due.attention, later(-1e12).due.attention]).toEqual([
    false,
    true,
    true,
  ]);
});

test('what was held for want of a session is offered again as soon as there is one', () => {
  const { effects } = after(
    { type: 'wake' },
    all_out,
    failed('signed_out'),
    { type: 'wake' },
    all_out,
    pulled,
  );
  expect(effects).toEqual(['push']);
});

test('after a new epoch what was sent is offered before the screens are told that all is well', () => {
  const effects = after({ type: 'wake' }, all_out, { ...pulled, new_epoch: true }, all_out).effects;
  expect(effects).toEqual(['offer']);
});

test('what was held back is offered again together with the lost records that it names', () => {
  const lost = after({ type: 'wake' }, all_out, { ...pulled, new_epoch: true }, all_out, {
    ...offered,
    missing: 2,
  });
  expect([lost.effects, lost.state.due.attention]).toEqual([['push'], true]);
});

describe('a comparison that finds a difference', () => {
  const different = { ...compared, equal: false };
  const asked = after({ type: 'ask', compare: true }, all_out, pulled, different);
  test('reads everything again into place', () => {
    expect(asked.effects).toEqual(['pull']);
    expect(step(asked.state, pulled).effects[0]).toEqual({ type: 'compare', forced: true });
  });
  test('offers what was sent: a restore in place is known to nobody', () => {
    expect(asked.state.due.offer).toBe(true);
  });
  test('and finds it again, stops: the sync does not read for ever', () => {
    const again = step(step(asked.state, pulled).state, different);
    expect([again.state.phase, again.state.due.compare]).toEqual(['resting', false]);
  });
});
