import { describe, expect, test } from 'vitest';
import { madeVisit, pendingVisits, phoneVisits, visitsOn } from '../../src/domain/made_visits';
import type { VisitCorrectMutation } from '../../src/domain/mutations';
import { overlayDoor } from '../../src/domain/overlay';
import type { Outcome } from '../../src/domain/words';
import { aDoor, aMe, aVisit, aVisitMutation, DOOR } from '../builders';

const me = aMe();
const DAY = '2026-11-22';

function aCorrection(n: number, corrects: string, outcome: Outcome): VisitCorrectMutation {
  const base = aVisitMutation(n, { outcome });
  const recorded_at = '2026-11-23T01:00:00.000Z';
  return {
    ...base,
    kind: 'visit.correct',
    recorded_at,
    payload: { ...base.payload, corrects, reason: 'why' },
  };
}

describe('a visit that was corrected on this phone', () => {
  const snapshot = [aVisit({ id: 'v1', outcome: 'met', occurred_at: '2026-11-22T02:00:00Z' })];
  const phone = phoneVisits(snapshot, [aCorrection(1, 'v1', 'nobody_home')], me);

  test('stands in no list, and its correction keeps the time of the visit', () => {
    expect(visitsOn(DAY, snapshot, phone, me)).toMatchObject([
      { id: 'r1', outcome: 'nobody_home', occurred_at: '2026-11-22T02:00:00Z', pending: true },
    ]);
  });
  test('stays readable and names what took its place', () => {
    expect(madeVisit('v1', snapshot, phone, me)).toMatchObject({
      values: { outcome: 'met' },
      corrected_by: 'r1',
    });
    expect(madeVisit('r1', snapshot, phone, me)).toMatchObject({ corrects: 'v1', reason: 'why' });
  });
  test('changes what the door says of its last visit', () => {
    const door = aDoor({ last_visited_at: '2026-11-22T02:00:00Z', last_outcome: 'met' });
    const last = pendingVisits(phone).get(DOOR);
    expect(overlayDoor(door, last, me)).toMatchObject({
      last_outcome: 'nobody_home',
      next_due_on: '2026-11-29',
    });
  });
  test('says nothing about a door that was visited again since', () => {
    const door = aDoor({ last_visited_at: '2026-11-22T05:00:00Z', last_outcome: 'refused' });
    expect(overlayDoor(door, pendingVisits(phone).get(DOOR), me)).toBe(door);
  });
});

test('a visit that has not left the phone can be corrected, and so can its correction', () => {
  const pending = [aVisitMutation(1), aCorrection(2, 'r1', 'refused'), aCorrection(3, 'r2', 'vacant')];
  const phone = phoneVisits([], pending, me);
  expect(visitsOn(DAY, [], phone, me).map((visit) => [visit.id, visit.outcome])).toEqual([['r3', 'vacant']]);
  expect(madeVisit('r2', [], phone, me)?.corrected_by).toBe('r3');
});
test('a visit a colleague corrected first stays with their correction', () => {
  const snapshot = [aVisit({ id: 'v1', corrected_by: 'theirs' }), aVisit({ id: 'theirs', corrects: 'v1' })];
  const phone = phoneVisits(snapshot, [aCorrection(1, 'v1', 'refused')], me);
  expect(madeVisit('v1', snapshot, phone, me)?.corrected_by).toBe('theirs');
});
test('an unknown visit is none', () => {
  expect(madeVisit('x', [], phoneVisits([], [], me), me)).toBeNull();
});
