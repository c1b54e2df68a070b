import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { followVisibility } from '../../src/location/visibility';
import { WakeLock } from '../../src/location/wake_lock';

let page: EventTarget & { visibilityState: string };
let wide: EventTarget;

beforeEach(() => {
  page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  wide = new EventTarget();
  vi.stubGlobal('document', page);
  vi.stubGlobal('addEventListener', wide.addEventListener.bind(wide));
  vi.stubGlobal('removeEventListener', wide.removeEventListener.bind(wide));
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const put = (state: 'hidden' | 'visible'): void => {
  page.visibilityState = state;
  page.dispatchEvent(new Event('visibilitychange'));
};

describe('the page', () => {
  test('is told hidden and shown once each, whichever event says it', () => {
    const told: string[] = [];
    const stop = followVisibility({ onHidden: () => told.push('hidden'), onShown: () => told.push('shown') });
    put('hidden');
    wide.dispatchEvent(new Event('pagehide'));
    page.dispatchEvent(new Event('freeze'));
    put('visible');
    wide.dispatchEvent(new Event('pageshow'));
    expect(told).toEqual(['hidden', 'shown']);
    stop();
    put('hidden');
    expect(told).toHaveLength(2);
  });
  test('that is frozen while it seems visible is hidden until it resumes', () => {
    const told: string[] = [];
    followVisibility({ onHidden: () => told.push('hidden'), onShown: () => told.push('shown') });
    page.dispatchEvent(new Event('freeze'));
    page.dispatchEvent(new Event('resume'));
    expect(told).toEqual(['hidden', 'shown']);
  });
});

describe('the screen', () => {
  class Sentinel extends EventTarget {
    released = false;
    release(): Promise<void> {
      this.released = true;
      return Promise.resolve();
    }
    takenAway(): void {
      this.dispatchEvent(new Event('release'));
    }
  }
  let given: Sentinel[];
  let refuses: boolean;
  let states: string[];
  let clock_ms: number;
  let lock: WakeLock;

  beforeEach(() => {
    [given, refuses, states, clock_ms] = [[], false, [], 0];
    const request = (): Promise<Sentinel> => {
      if (refuses) return Promise.reject(new DOMException('saver', 'NotAllowedError'));
      given.push(new Sentinel());
      return Promise.resolve(given.at(-1) as Sentinel);
    };
    vi.stubGlobal('navigator', { wakeLock: { request } });
    vi.spyOn(performance, 'now').mockImplementation(() => clock_ms);
    lock = new WakeLock((state) => states.push(state));
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test('is held once, and let go at the end', async () => {
    await lock.hold();
    await lock.hold();
    lock.release();
    expect([given.length, given[0]?.released, states.at(-1)]).toEqual([1, true, 'off']);
  });
  test('that the browser took while the page was hidden is asked for again', async () => {
    await lock.hold();
    page.visibilityState = 'hidden';
    given[0]?.takenAway();
    expect(lock.state).toBe('off');
    page.visibilityState = 'visible';
    await lock.hold();
    expect([given.length, lock.state]).toEqual([2, 'held']);
  });
  test('that is refused is said to be, and asked for again after a while', async () => {
    refuses = true;
    await lock.hold();
    expect(lock.state).toBe('refused');
    refuses = false;
    await lock.hold();
    expect(lock.state).toBe('refused');
    clock_ms = 20_000;
    await lock.hold();
    expect(lock.state).toBe('held');
  });
  test('of a browser that cannot keep it on is said so', async () => {
    vi.stubGlobal('navigator', {});
    await lock.hold();
    expect(lock.state).toBe('unsupported');
  });
  test('that is given after it was let go is let go at once', async () => {
    const asked = lock.hold();
    lock.release();
    await asked;
    expect([given[0]?.released, lock.state]).toEqual([true, 'off']);
  });
});
