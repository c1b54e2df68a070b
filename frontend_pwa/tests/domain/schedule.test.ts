import { describe, expect, test } from 'vitest';
import { dueDoors, nearbyDoors, nextDueOn } from '../../src/domain/schedule';
import { addDays, dayOf, daysBetween, isDay } from '../../src/domain/dates';
import { aDoor } from '../builders';

const ZONE = 'Asia/Shanghai';
const AFTER = { met: 90, nobody_home: 7, refused: 30 };

describe('days in the city’s zone', () => {
  test('an evening in UTC is already the next day in Yichun', () => {
    expect(dayOf(Date.parse('2026-11-22T16:30:00Z'), ZONE)).toBe('2026-11-23');
  });
  test('adding days crosses the end of a month and of a year', () => {
    expect(addDays('2026-12-30', 3)).toBe('2027-01-02');
  });
  test('days between are counted over a leap day', () => {
    expect(daysBetween('2028-02-28', '2028-03-01')).toBe(2);
  });
  test('a word is not a day', () => {
    expect([isDay('2026-11-22'), isDay('2026-13-01'), isDay('tomorrow')]).toEqual([true, false, false]);
  });
});

describe('when a door is due again', () => {
  test('after somebody was met it is due in ninety days, counted from the day in the city', () => {
    expect(nextDueOn('met', '2026-11-22T16:30:00Z', ZONE, AFTER)).toBe('2027-02-21');
  });
  test('a vacant door is not due again', () => {
    expect(nextDueOn('vacant', '2026-11-22T08:00:00Z', ZONE, AFTER)).toBeNull();
  });
});

describe('the list of due doors', () => {
  const late = aDoor({ id: 'late', next_due_on: '2026-11-01', lon: 114.4 });
  const today = aDoor({ id: 'today', next_due_on: '2026-11-22', lon: 114.381 });
  const later = aDoor({ id: 'later', next_due_on: '2026-11-23' });
  const never = aDoor({ id: 'never' });
  const gone = aDoor({ id: 'gone', next_due_on: '2026-11-01', state: 'gone' });
  const vacantOnce = aDoor({ id: 'vacant', last_visited_at: '2026-11-01T00:00:00Z', last_outcome: 'vacant' });
  const all = [never, later, today, late, gone, vacantOnce];

  test('puts the longest overdue first and the never visited last', () => {
    expect(dueDoors(all, '2026-11-22', null).map((row) => row.door.id)).toEqual(['late', 'today', 'never']);
  });
  test('puts the nearest first once a position is known', () => {
    const rows = dueDoors(all, '2026-11-22', { lon: 114.381, lat: 27.8 });
    expect(rows.map((row) => row.door.id)).toEqual(['today', 'never', 'late']);
  });
  test('leaves out doors that are gone and doors that are not due again', () => {
    const ids = dueDoors(all, '2026-11-22', null).map((row) => row.door.id);
    expect(ids).not.toContain('gone');
    expect(ids).not.toContain('vacant');
  });
});

test('nearby doors come nearest first and at most as many as asked for', () => {
  const doors = [
    aDoor({ id: 'far', lon: 114.5 }),
    aDoor({ id: 'near', lon: 114.381 }),
    aDoor({ id: 'mid', lon: 114.4 }),
  ];
  expect(nearbyDoors(doors, { lon: 114.38, lat: 27.8 }, 2).map((row) => row.door.id)).toEqual([
    'near',
    'mid',
  ]);
});
