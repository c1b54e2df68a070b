import { expect, test } from 'vitest';
import { duringDay } from '../../src/domain/dates';

test('a day lasts from midnight to midnight of its zone', () => {
  const today = duringDay('2026-11-22', 'Asia/Shanghai');
  expect(today('2026-11-21T15:59:59.999Z')).toBe(false);
  expect(today('2026-11-21T16:00:00.000Z')).toBe(true);
  expect(today('2026-11-22T15:59:59.999Z')).toBe(true);
  expect(today('2026-11-22T16:00:00.000Z')).toBe(false);
});
test('the day on which clocks go back has 25 hours', () => {
  // Helsinki: 2026-10-25 begins at 21:00 UTC of the 24th (+3) and ends at 22:00 UTC of the 25th (+2)
  const today = duringDay('2026-10-25', 'Europe/Helsinki');
  expect(today('2026-10-24T20:59:59Z')).toBe(false);
  expect(today('2026-10-24T21:00:00Z')).toBe(true);
  expect(today('2026-10-25T21:59:59Z')).toBe(true);
  expect(today('2026-10-25T22:00:00Z')).toBe(false);
});
