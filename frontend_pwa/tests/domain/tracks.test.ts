import { expect, test } from 'vitest';
import { startOuting, type OutingEvent, type OutingState, type TrackFix } from '../../src/domain/outing';
import { advance, type Advance } from '../../src/domain/outing_advance';
import {
  BLOCK_FIXES,
  breaks,
  emptyBlock,
  tidyFix,
  trackBounds,
  trackPieces,
  withFix,
  type FixBlock,
} from '../../src/domain/tracks';
import { counter } from '../data/stores';

const START_MS = Date.parse('2026-11-22T00:00:00Z');
const DEG_PER_M = 1 / 111_195;
const place = (at_s: number, north_m: number, accuracy_m = 8): TrackFix => ({
  ...{ t_ms: START_MS + at_s * 1000, lon: 114, lat: 27 + north_m * DEG_PER_M, accuracy_m },
  ...{ speed_mps: 1.2, heading_deg: 0 },
});
const fix = (at_s: number, north_m = at_s): OutingEvent => {
  const made = place(at_s, north_m);
  return { kind: 'fix', at_ms: made.t_ms, fix: made };
};
const at = (
  at_s: number,
  kind: 'tick' | 'hidden' | 'shown' | 'paused' | 'resumed' | 'ended' | 'reopened',
): OutingEvent => ({
  kind,
  at_ms: START_MS + at_s * 1000,
});
const begun = (): OutingState =>
  startOuting('o', 'l1', { kind: 'street', mode: 'foot', officers: [], plan: null }, START_MS);

interface Played {
  outing: OutingState;
  open: FixBlock | null;
  blocks: Map<string, FixBlock>;
  left: string[];
  steps: Advance[];
}

function play(events: OutingEvent[]): Played {
  const newId = counter('id');
  const played: Played = { outing: begun(), open: null, blocks: new Map(), left: [], steps: [] };
  for (const event of events) {
    const made = advance(played.outing, played.open, event, newId);
    played.outing = made.outing;
    played.open = made.open;
    for (const block of made.blocks) played.blocks.set(block.id, block);
    played.left.push(...made.leaving.map((one) => one.kind));
    played.steps.push(made);
  }
  return played;
}
const sizes = ({ blocks }: Played): number[] => [...blocks.values()].map((block) => block.t_ms.length);

test('a block leaves after two minutes', () => {
  const walk = play(Array.from({ length: 26 }, (_, n) => fix(n * 5)));
  expect(walk.left).toEqual(['patrol.fixes']);
  // 0 s to 115 s; the fix at 120 s begins the next block
  expect(sizes(walk)).toEqual([24, 2]);
});
test('a block leaves when it is full: on a motorcycle fixes are kept every second', () => {
  const full = Array.from({ length: BLOCK_FIXES }, (_, n) => place(n / 4, n)).reduce(
    withFix,
    emptyBlock('b', 'o', 'l1', 0),
  );
  expect(advance(begun(), full, at(76, 'tick'), counter('id')).leaving).toHaveLength(1);
});
test.each(['hidden', 'paused', 'ended', 'reopened'] as const)(
  'what was recorded leaves at once when it is %s',
  (kind) => {
    const walk = play([fix(0), fix(5), at(7, kind)]);
    expect(walk.left[0]).toBe('patrol.fixes');
    expect(walk.open).toBeNull();
    expect(sizes(walk)).toEqual([2]);
  },
);
test('another means of transport: the leg goes first, then what was recorded on the old one, then new fixes', () => {
  const walk = play([
    fix(0),
    { kind: 'mode', at_ms: START_MS + 3000, leg: 'l2', mode: 'car' },
    fix(5),
    at(6, 'ended'),
  ]);
  expect(walk.left).toEqual(['patrol.leg', 'patrol.fixes', 'patrol.fixes', 'patrol.end']);
  expect([...walk.blocks.values()].map((block) => block.leg)).toEqual(['l1', 'l2']);
});
test('a clock set back begins a new block: the order within one is that of the walk', () => {
  const walk = play([fix(100), fix(105), fix(20), fix(25)]);
  expect(sizes(walk)).toEqual([2, 2]);
});
test('the end is sent last, with the time of the end', () => {
  const walk = play([fix(0), at(9, 'ended')]);
  const end = walk.steps.at(-1)?.leaving.at(-1);
  expect(end).toMatchObject({ kind: 'patrol.end', record_id: 'o', recorded_at: '2026-11-22T00:00:09.000Z' });
});
test('the end tells the pauses, one that was still on as well: a recorder app went on through them', () => {
  const walk = play([
    fix(0),
    ...[at(5, 'paused'), at(8, 'resumed'), at(9, 'hidden'), at(10, 'shown')],
    ...[at(20, 'paused'), at(30, 'ended')],
  ]);
  const [from, to] = [START_MS + 5000, START_MS + 8000];
  expect(walk.steps.at(-1)?.leaving.at(-1)?.payload).toEqual({
    ...{ patrol: 'o', ended_how: 'officer' },
    pauses: [
      [from, to],
      [START_MS + 20_000, START_MS + 30_000],
    ],
  });
});
test('an outing forgotten for a night ends at its twelfth hour, by itself', () => {
  const walk = play([fix(0), at(20 * 3600, 'reopened')]);
  expect(walk.steps.at(-1)?.leaving.at(-1)).toMatchObject({
    recorded_at: '2026-11-22T12:00:00.000Z',
    payload: { patrol: 'o', ended_how: 'timeout' },
  });
});

test('the track is whole without gaps and broken at each of them', () => {
  const walk = play([fix(0), fix(10), fix(20), at(25, 'hidden'), at(40, 'shown'), fix(45), fix(55)]);
  const pieces = trackPieces([...walk.blocks.values()], walk.outing);
  expect(pieces.map((piece) => piece.length)).toEqual([3, 2]);
  const [gap] = breaks(pieces);
  expect(gap?.map(({ lat }) => Math.round((lat - 27) / DEG_PER_M))).toEqual([20, 45]);
});
test('blocks are in the order of the walk whatever order they come in and whatever the clock did', () => {
  const walk = play([fix(50, 100), fix(60, 110), fix(20, 120), fix(30, 130)]);
  const pieces = trackPieces([...walk.blocks.values()].reverse(), walk.outing);
  expect(pieces.flat().map((one) => Math.round((one.lat - 27) / DEG_PER_M))).toEqual([100, 110, 120, 130]);
  expect(pieces).toHaveLength(2);
});
test('inaccurate readings are no part of the line', () => {
  const inaccurate: OutingEvent = { kind: 'fix', at_ms: START_MS + 10_000, fix: place(10, 500, 300) };
  const walk = play([fix(0), inaccurate, fix(20)]);
  expect(trackPieces([...walk.blocks.values()], walk.outing).map((piece) => piece.length)).toEqual([2]);
});
test('what the phone does not know is sent as null, never as NaN or a negative number', () => {
  const odd = { ...place(0, 0), t_ms: START_MS + 0.6, speed_mps: -1, heading_deg: NaN };
  expect(tidyFix(odd)).toMatchObject({ t_ms: START_MS + 1, speed_mps: null, heading_deg: null });
});
test('the bounds of a track hold all its pieces', () => {
  const at_place = (lon: number, lat: number) => ({ lon, lat });
  expect(trackBounds([[at_place(114, 27)], [at_place(114.5, 26), at_place(113, 28)]])).toEqual([
    113, 26, 114.5, 28,
  ]);
});
