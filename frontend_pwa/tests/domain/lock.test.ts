import { describe, expect, test } from 'vitest';
import {
  contactIsOver,
  locksAfter,
  MAX_TRIES,
  pauseAfter_ms,
  secretProblem,
  triesLeft,
  waitLeft_ms,
} from '../../src/domain/lock';

const HOUR_MS = 3_600_000;

describe('wrong tries', () => {
  test('cost nothing twice, then more each time', () => {
    const pauses = Array.from({ length: MAX_TRIES }, (_, wrong) => pauseAfter_ms(wrong));
    expect(pauses.slice(0, 3)).toEqual([0, 0, 0]);
    for (let wrong = 3; wrong < MAX_TRIES; wrong += 1)
      expect(pauses[wrong]).toBeGreaterThan(pauses[wrong - 1] ?? 0);
  });
  test('are waited out by the clock, and a clock that is set back begins the pause anew', () => {
    const tries = { wrong: 5, last_at_ms: 1_000_000 };
    expect(waitLeft_ms(tries, 1_000_000 + 10_000)).toBe(20_000);
    expect(waitLeft_ms(tries, 1_000_000 + 30_000)).toBe(0);
    expect(waitLeft_ms(tries, 500_000)).toBe(30_000);
  });
  test('are ten', () => {
    expect([triesLeft({ wrong: 0, last_at_ms: 0 }), triesLeft({ wrong: 10, last_at_ms: 0 })]).toEqual([
      10, 0,
    ]);
  });
});

test('reading ends a day after the server was last heard, and when the clock is set back before that', () => {
  const at_ms = 1_795_300_000_000;
  expect(contactIsOver(at_ms, at_ms + 24 * HOUR_MS, 24 * HOUR_MS)).toBe(false);
  expect(contactIsOver(at_ms, at_ms + 24 * HOUR_MS + 1, 24 * HOUR_MS)).toBe(true);
  expect(contactIsOver(at_ms, at_ms - 60_000, 24 * HOUR_MS)).toBe(false);
  expect(contactIsOver(at_ms, at_ms - HOUR_MS, 24 * HOUR_MS)).toBe(true);
});
test('it locks after five minutes out of sight, and when the clock went back meanwhile', () => {
  expect(locksAfter(0, 299_999, 300_000)).toBe(false);
  expect(locksAfter(0, 300_000, 300_000)).toBe(true);
  expect(locksAfter(HOUR_MS, 0, 300_000)).toBe(true);
});
test.each([
  ['pin', '12345', '12345', 'pin_digits'],
  ['pin', '12345a', '12345a', 'pin_digits'],
  ['pin', '123456', '123456', 'pin_simple'],
  ['pin', '987654', '987654', 'pin_simple'],
  ['pin', '000000', '000000', 'pin_simple'],
  ['pin', '121212', '121212', 'pin_simple'],
  ['pin', '123123', '123123', 'pin_simple'],
  ['pin', '112233', '112233', 'pin_simple'],
  ['pin', '483920', '483921', 'differs'],
  ['pin', '483920', '483920', null],
  ['passphrase', 'too short', 'too short', 'passphrase_short'],
  ['passphrase', '四个常用词连在一起就可以了', '四个常用词连在一起就可以了', null],
  ['passkey', '', '', null],
] as const)('%s %s, again %s: %s', (kind, secret, again, problem) => {
  expect(secretProblem(kind, secret, again)).toBe(problem);
});
