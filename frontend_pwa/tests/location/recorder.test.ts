import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { TrackFix } from '../../src/domain/outing';
import { Recorder } from '../../src/location/recorder';

/** The browser's positioning, as far as the recorder asks it. */
class Positioning {
  watches = new Map<number, { took: PositionCallback; failed: PositionErrorCallback }>();
  asked: PositionCallback[] = [];
  #next = 1;
  watchPosition = (took: PositionCallback, failed: PositionErrorCallback): number => {
    this.watches.set(this.#next, { took, failed });
    return this.#next++;
  };
  clearWatch = (id: number): void => void this.watches.delete(id);
  getCurrentPosition = (took: PositionCallback): void => void this.asked.push(took);
  tell(position: GeolocationPosition): void {
    for (const { took } of this.watches.values()) took(position);
  }
  refuse(code: number): void {
    for (const { failed } of this.watches.values()) failed({ code } as GeolocationPositionError);
  }
}
const position = (timestamp: number): GeolocationPosition =>
  ({
    timestamp,
    coords: { longitude: 114, latitude: 27, accuracy: 8, speed: null, heading: NaN },
  }) as GeolocationPosition;

let positioning: Positioning;
let permission: { state: string; onchange: (() => void) | null };
let fixes: TrackFix[];
let told: string[];
let recorder: Recorder;

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  positioning = new Positioning();
  permission = { state: 'granted', onchange: null };
  const permissions = { query: () => Promise.resolve(permission) };
  vi.stubGlobal('navigator', { geolocation: positioning, permissions });
  [fixes, told] = [[], []];
  const events = {
    onFix: (fix: TrackFix) => fixes.push(fix),
    onTrouble: (trouble: string) => told.push(trouble),
    onAllowed: () => told.push('allowed'),
  };
  recorder = new Recorder(events, () => Date.now());
});
afterEach(() => {
  recorder.stop();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test('nothing is asked before it starts and nothing after it stops', () => {
  expect(positioning.watches.size + positioning.asked.length).toBe(0);
  recorder.start();
  expect(positioning.watches.size).toBe(1);
  recorder.stop();
  expect(positioning.watches.size).toBe(0);
  positioning.asked.forEach((took) => took(position(1_000_000)));
  vi.advanceTimersByTime(120_000);
  expect([fixes.length, positioning.asked.length]).toEqual([0, 1]);
});
test('who stands still is asked for again, who moves is not', () => {
  recorder.start();
  for (let n = 0; n < 4; n += 1) {
    vi.advanceTimersByTime(5000);
    positioning.tell(position(Date.now()));
  }
  expect(positioning.asked).toHaveLength(1);
  vi.advanceTimersByTime(15_000);
  expect(positioning.asked).toHaveLength(2);
});
test('a receiver whose clock is years off tells the time of now', () => {
  recorder.start();
  positioning.tell(position(5));
  positioning.tell(position(999_500.4));
  expect(fixes.map((fix) => fix.t_ms)).toEqual([1_000_000, 999_500]);
});
test('a refusal is told, and the watch begins anew when the permission is given back', async () => {
  recorder.start();
  await vi.advanceTimersByTimeAsync(0);
  positioning.refuse(1);
  positioning.refuse(2);
  permission.onchange?.();
  expect(told).toEqual(['denied', 'unavailable', 'allowed']);
  expect(positioning.watches.size).toBe(1);
});
test('a browser without positioning says so', () => {
  vi.stubGlobal('navigator', {});
  recorder.start();
  expect(told).toEqual(['unavailable']);
});
