import { describe, expect, test } from 'vitest';
import {
  elapsed_ms,
  MAX_OUTING_MS,
  openGap,
  startOuting,
  step,
  type GapReason,
  type OutingChoice,
  type OutingEvent,
  type OutingState,
  type TrackFix,
} from '../../src/domain/outing';

// 22:00 in Yichun: the table's day crosses midnight.
const START_MS = Date.parse('2026-11-22T14:00:00Z');
const CHOICE: OutingChoice = { kind: 'street', mode: 'foot', officers: [], plan: null };
const M = 60_000;
/** One degree of latitude is 111.195 km on the sphere that distance_m uses. */
const DEG_PER_M = 1 / 111_195;

const fresh = (): OutingState => startOuting('o', 'l1', CHOICE, START_MS);
const startAt = (at_s: number): OutingState => startOuting('o', 'l1', CHOICE, START_MS + at_s * 1000);
const fix = (at_s: number, north_m = 0, accuracy_m = 8): OutingEvent => {
  const t_ms = START_MS + at_s * 1000;
  const at: TrackFix = {
    ...{ t_ms, lon: 114, lat: 27 + north_m * DEG_PER_M, accuracy_m },
    ...{ speed_mps: null, heading_deg: null },
  };
  return { kind: 'fix', at_ms: t_ms, fix: at };
};
type Plain = Exclude<OutingEvent['kind'], 'fix' | 'mode'>;
const at = (at_s: number, kind: Plain): OutingEvent => ({ kind, at_ms: START_MS + at_s * 1000 });
/** A fix every ten seconds, standing still. */
const steady = (from_s: number, to_s: number): OutingEvent[] =>
  Array.from({ length: Math.floor((to_s - from_s) / 10) + 1 }, (_, n) => fix(from_s + n * 10));
const play = (events: OutingEvent[], outing = fresh()): OutingState => events.reduce(step, outing);
/** Gaps as [reason, from, to] in seconds since the start; null while it lasts. */
const gapsOf = (outing: OutingState): [GapReason, number, number | null][] =>
  outing.gaps.map(({ reason, from_ms, to_ms }) => [
    reason,
    (from_ms - START_MS) / 1000,
    to_ms === null ? null : (to_ms - START_MS) / 1000,
  ]);

describe('an evening of events', () => {
  const table: [what: string, events: OutingEvent[], gaps: [GapReason, number, number | null][]][] = [
    ['fixes every ten seconds leave no gap', steady(0, 600), []],
    [
      'a screen that was off for half an hour is a gap from dark to light',
      [...steady(0, 120), at(125, 'hidden'), at(1925, 'shown'), ...steady(1930, 2000)],
      [['hidden', 125, 1925]],
    ],
    [
      'each hiding is a gap, also a short one',
      [fix(0), at(5, 'hidden'), at(9, 'shown'), fix(10), at(20, 'hidden'), at(22, 'shown'), fix(23)],
      [
        ['hidden', 5, 9],
        ['hidden', 20, 22],
      ],
    ],
    [
      'more than 60 s without a usable fix is a gap from the last one on',
      [fix(0), at(60, 'tick'), at(61, 'tick'), fix(100)],
      [['no_fix', 0, 100]],
    ],
    ['60 s without a fix are none yet', [fix(0), at(30, 'tick'), at(60, 'tick')], []],
    [
      'a reading that is off by 200 m is no usable fix',
      [fix(0), fix(30, 0, 200), at(50, 'tick'), fix(70, 0, 200), fix(90)],
      [['no_fix', 0, 90]],
    ],
    [
      'after the screen is lit the wait for a fix starts anew',
      [fix(0), at(10, 'hidden'), at(100, 'shown'), at(150, 'tick'), at(161, 'tick'), fix(170)],
      [
        ['hidden', 10, 100],
        ['no_fix', 100, 170],
      ],
    ],
    [
      'a permission that is taken away and given back',
      [fix(0), at(20, 'denied'), at(70, 'tick'), at(130, 'allowed'), fix(135)],
      [['denied', 20, 130]],
    ],
    [
      'a permission that is given back silently: the first fix tells',
      [fix(0), at(20, 'denied'), fix(90)],
      [['denied', 20, 90]],
    ],
    [
      'going dark while there was no fix: two reasons, one after the other',
      [fix(0), at(50, 'tick'), at(70, 'tick'), at(80, 'hidden'), at(200, 'shown'), fix(205)],
      [
        ['no_fix', 0, 80],
        ['hidden', 80, 200],
      ],
    ],
    [
      'a pause is not a gap that anybody wonders about, and hiding in it changes nothing',
      [fix(0), at(10, 'paused'), at(20, 'hidden'), at(500, 'shown'), at(600, 'resumed'), fix(605)],
      [['paused', 10, 600]],
    ],
    [
      'a killed browser is a gap from the last sign of life',
      [...steady(0, 40), at(700, 'reopened'), fix(705)],
      [['closed', 40, 700]],
    ],
    [
      'a browser killed while the screen was off keeps that reason',
      [fix(0), at(10, 'hidden'), at(900, 'reopened'), fix(905)],
      [['hidden', 10, 900]],
    ],
    [
      'a browser killed in a pause stays paused',
      [fix(0), at(10, 'paused'), at(900, 'reopened'), at(901, 'tick')],
      [['paused', 10, null]],
    ],
    [
      'a machine that slept without a word is a gap',
      [fix(0), at(10, 'tick'), at(3610, 'tick'), fix(3612)],
      [['frozen', 10, 3610]],
    ],
    ['midnight, two hours after the start, is a time like any other', steady(0, 7400), []],
  ];
  test.each(table)('%s', (_, events, gaps) => {
    expect(gapsOf(play(events))).toEqual(gaps);
  });
});

describe('the clock', () => {
  test('set back by an hour: the outing does not get shorter, and before and after are not joined', () => {
    const before = play([...steady(0, 3600)]);
    const after = play([fix(10), fix(20)], before);
    expect(elapsed_ms(after, START_MS + 20_000)).toBe(3_610_000);
    expect(gapsOf(after)).toEqual([['clock', 10, 10]]);
    expect(after.fixes).toBe(before.fixes + 2);
  });
  test('set back in the dark: the gap ends at the old time and goes on at the new one', () => {
    const dark = play([fix(980), at(1000, 'hidden'), at(2000, 'tick')], startAt(980));
    const set = play([at(100, 'tick')], dark);
    expect(gapsOf(set)).toEqual([
      ['hidden', 1000, 2000],
      ['clock', 100, 100],
      ['hidden', 100, null],
    ]);
  });
  test('corrected by a second changes nothing', () => {
    expect(play([fix(10), at(9, 'tick')]).gaps).toEqual([]);
  });
  test('twelve hours count from the start whatever is done to it', () => {
    const hours_s = 3600;
    const shifted = play([...steady(0, 600).slice(-1), at(0, 'tick')]);
    expect(shifted.back_ms).toBe(600_000);
    const over = play([at(12 * hours_s - 600, 'tick')], shifted);
    expect([over.ended_how, over.ended_at_ms]).toEqual(['timeout', START_MS + MAX_OUTING_MS - 600_000]);
  });
});

describe('the end', () => {
  test('comes by itself after 12 h', () => {
    const over = play([at(12 * 3600 - 1, 'tick'), at(12 * 3600, 'tick')]);
    expect([over.ended_how, over.ended_at_ms]).toEqual(['timeout', START_MS + MAX_OUTING_MS]);
  });
  test('comes at 12 h also when the app was closed until the next morning, and nothing lies after it', () => {
    const over = play([fix(0), at(20 * 3600, 'reopened')]);
    expect([over.ended_how, over.ended_at_ms]).toEqual(['timeout', START_MS + MAX_OUTING_MS]);
    expect(gapsOf(over)).toEqual([['closed', 0, 12 * 3600]]);
  });
  test('closes what is open, and nothing happens afterwards', () => {
    const over = play([fix(0), at(10, 'hidden'), at(50, 'ended'), at(60, 'shown'), fix(70)]);
    expect([over.ended_how, over.ended_at_ms, over.fixes]).toEqual(['officer', START_MS + 50_000, 1]);
    expect(gapsOf(over)).toEqual([['hidden', 10, 50]]);
  });
  test('after a change of the clock keeps the gaps of before', () => {
    const over = play([fix(0), at(10, 'hidden'), at(3000, 'shown'), at(100, 'tick'), at(150, 'ended')]);
    expect(gapsOf(over)).toEqual([
      ['hidden', 10, 3000],
      ['clock', 100, 100],
    ]);
  });
});

describe('what is kept of the positions', () => {
  test('nothing in a pause, in the dark, before the start or after the end', () => {
    const early = step(fresh(), { ...fix(-30), at_ms: START_MS + 1000 });
    expect(early.last_kept).toBeNull();
    const paused = play([at(1, 'paused'), fix(5)]);
    const dark = play([at(1, 'hidden'), fix(5)]);
    const over = play([at(1, 'ended'), fix(5)]);
    expect([paused.fixes, dark.fixes, over.fixes]).toEqual([0, 0, 0]);
  });
  test('one in five seconds, or sooner after ten metres', () => {
    expect(play([fix(0), fix(2), fix(4), fix(5), fix(6, 11), fix(6, 30)]).fixes).toBe(3);
  });
  test('the first after a gap in any case: from there the track goes on', () => {
    const dark = play([fix(0), at(1, 'hidden'), at(2, 'shown'), fix(3), fix(10, 15)]);
    expect([dark.fixes, Math.round(dark.distance_m)]).toEqual([3, 15]);
  });
  test('inaccurate ones too: the server cleans, the phone does not', () => {
    expect(play([fix(0), fix(10, 0, 900)]).fixes).toBe(2);
  });
});

describe('metres', () => {
  const walk = (metres: number[], accuracy_m = 8): OutingState =>
    play(metres.map((north_m, n) => fix(n * 10, north_m, accuracy_m)));
  test('are those walked', () => {
    expect(walk([0, 12, 24, 36, 48]).distance_m).toBeCloseTo(48, 0);
  });
  test('do not grow while the readings dance around one place', () => {
    expect(walk([0, 6, -5, 7, -6, 4, 0, 5, -7], 30).distance_m).toBe(0);
  });
  test('of a reading gone astray do not count', () => {
    expect(walk([0, 12, 5000, 24, 36]).distance_m).toBeCloseTo(36, 0);
  });
  test('are not counted across a gap', () => {
    const dark = play([
      fix(0),
      fix(10, 20),
      at(15, 'hidden'),
      at(600, 'shown'),
      fix(605, 700),
      fix(615, 720),
    ]);
    expect(dark.distance_m).toBeCloseTo(40, 0);
  });
});

describe('means of transport', () => {
  test('a new one begins a new leg; the same one does not', () => {
    const same = step(fresh(), { kind: 'mode', at_ms: START_MS + M, leg: 'l2', mode: 'foot' });
    expect(same.legs).toHaveLength(1);
    const car = step(fresh(), { kind: 'mode', at_ms: START_MS + M, leg: 'l2', mode: 'car' });
    expect(car.legs.at(-1)).toEqual({ id: 'l2', mode: 'car', started_at_ms: START_MS + M });
  });
});

test('a gap is open exactly while nothing can be recorded', () => {
  const dark = play([fix(0), at(10, 'hidden')]);
  expect(openGap(dark)?.reason).toBe('hidden');
  expect(openGap(play([at(20, 'shown')], dark))).toBeNull();
});
