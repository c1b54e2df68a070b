/** SHELL: histories in which the ring once found the product wrong, as fast-check shrank them. */
import { describe, expect, test } from 'vitest';
import type { History, PhonePlan, Step } from './history';
import { runHistory } from './world';

const plan = (part: Partial<PhonePlan>): PhonePlan => ({
  ...{ unit: 0, signed: true, tabs: 1, skew_s: 0, old_records: 0 },
  ...part,
});
const wait = (seconds: number): Step => ({ do: 'wait', seconds });
const restore = (forgets_sessions: boolean): Step => ({ do: 'restore', forgets_sessions });

const found: Record<string, History> = {
  'a device that was enrolled after the backup offers what the restore lost': {
    seed: 0,
    phones: [plan({ old_records: 2 }), plan({}), plan({})],
    steps: [wait(1), restore(false)],
  },
  'what the server held back before a restore is sent again at once': {
    seed: 435463763,
    phones: [plan({ unit: 1, skew_s: 40 }), plan({ skew_s: 40 })],
    steps: [{ do: 'save', phone: 2, sort: 'foreign_door', count: 2 }, wait(12), restore(false)],
  },
  'records sent before the first pull are offered after a restore': {
    seed: 4,
    phones: [plan({ unit: 1 }), plan({ signed: false, old_records: 2 })],
    steps: [wait(1), restore(true)],
  },
  'a clock ten years ahead does not throw the receipts away': {
    seed: 1912525427,
    phones: [plan({ signed: false, skew_s: 40, old_records: 2 }), plan({ tabs: 2, skew_s: 40 })],
    steps: [
      { do: 'save', phone: 0, sort: 'breaks', count: 3 },
      ...[wait(81), restore(false)],
      { do: 'jump', phone: 2, days: 3650 },
    ],
  },
  'an offer is made although the pull that met the new epoch broke off, or was another tab’s': {
    seed: 17,
    phones: [
      plan({ signed: false, tabs: 2, skew_s: -86_400, old_records: 2 }),
      plan({ tabs: 2, skew_s: -86_400, old_records: 2 }),
      plan({ unit: 1, signed: false, skew_s: -86_400, old_records: 2 }),
    ],
    steps: [
      { do: 'save', phone: 1, sort: 'visit', count: 2 },
      ...[wait(62), restore(false)],
      { do: 'weather', phone: 1, weather: 'cut_short' },
      wait(36),
    ],
  },
};

describe('what the ring once found stays mended', () => {
  test.each(Object.entries(found))('%s', async (_name, history) => {
    expect((await runHistory(history)).broken).toEqual([]);
  });
});

/** The record stayed in the outbox; the server would have taken it into quarantine, had it been sent. */
const notHeard: History = {
  seed: 95142020,
  phones: [plan({}), plan({})],
  steps: [
    { do: 'weather', phone: 3, weather: 'slow' },
    { do: 'jump', phone: 0, days: -3650 },
    ...[wait(20), { do: 'save', phone: 3, sort: 'visit', count: 1 } as const],
    ...[{ do: 'deactivate', phone: 1 } as const, wait(20)],
  ],
};

test('a device whose enrolment was answered into a dead network still sends after its officer is deactivated', async () => {
  expect((await runHistory(notHeard)).broken).toEqual([]);
});
