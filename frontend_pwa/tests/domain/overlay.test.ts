import { describe, expect, test } from 'vitest';
import { pendingVisits, phoneVisits, visitsOn } from '../../src/domain/made_visits';
import type { Mutation } from '../../src/domain/mutations';
import { overlayDoor, overlayDoors, pendingMutations } from '../../src/domain/overlay';
import type { VisitRecord } from '../../src/domain/records';
import { aDoor, aMe, anOutboxRow, aSentRow, aVisit, aVisitMutation, DOOR } from '../builders';

const me = aMe();
const pendingOf = (pending: Mutation[], snapshot: VisitRecord[] = []) =>
  pendingVisits(phoneVisits(snapshot, pending, me));
const seenOn = (day: string, snapshot: VisitRecord[], pending: Mutation[]) =>
  visitsOn(day, snapshot, phoneVisits(snapshot, pending, me), me);

describe('truth is the snapshot plus what waits on the phone', () => {
  test('a pending visit moves the door’s last visit and due date', () => {
    const pending = pendingOf([aVisitMutation(1, { outcome: 'nobody_home' })]).get(DOOR);
    const door = overlayDoor(aDoor({ next_due_on: '2026-11-01' }), pending, me);
    expect(door).toMatchObject({ last_outcome: 'nobody_home', next_due_on: '2026-11-29' });
  });
  test('of two pending visits to one door the later one counts', () => {
    const pending = pendingOf([
      aVisitMutation(1, { outcome: 'met' }),
      aVisitMutation(2, { outcome: 'refused' }),
    ]);
    expect(pending.get(DOOR)?.outcome).toBe('refused');
  });
  test('doors without a pending visit are the very same objects', () => {
    const door = aDoor({ id: 'other' });
    const aPending = { premises: 'x', outcome: 'met', visited_at: '', corrects: false } as const;
    expect(overlayDoors([door], new Map([['elsewhere', aPending]]), [], me)[0]).toBe(door);
  });
  test('where nothing is pending the list itself is the same', () => {
    const doors = [aDoor()];
    expect(overlayDoors(doors, new Map(), [], me)).toBe(doors);
  });
  test('a record with a receipt stays visible until the feed brings it back', () => {
    const rows = pendingMutations([anOutboxRow(2)], [aSentRow(1)], () => false);
    expect(rows.map((row) => row.record_id)).toEqual(['r1', 'r2']);
  });
  test('a record that stands in outbox and receipts for a moment is shown once', () => {
    expect(pendingMutations([anOutboxRow(1)], [aSentRow(1)], () => false)).toHaveLength(1);
  });
  test('a record that the feed has brought back is not shown twice', () => {
    const rows = pendingMutations([anOutboxRow(2)], [aSentRow(1)], (id) => id === 'r1');
    expect(rows.map((row) => row.record_id)).toEqual(['r2']);
  });
});

describe('the visits of a day', () => {
  test('hold snapshot and pending together, newest first', () => {
    const rows = seenOn('2026-11-22', [aVisit()], [aVisitMutation(1)]);
    expect(rows.map((row) => [row.id, row.pending])).toEqual([
      ['r1', true],
      ['v1', false],
    ]);
  });
  test('leave out a visit that was corrected', () => {
    expect(seenOn('2026-11-22', [aVisit({ corrected_by: 'v2' })], [])).toEqual([]);
  });
  test('count a colleague’s visit as mine when I was with them', () => {
    const [row] = seenOn('2026-11-22', [aVisit({ author: 'x', officers: [me.officer.id] })], []);
    expect(row?.mine).toBe(true);
  });
});
