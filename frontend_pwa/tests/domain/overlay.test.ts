import { describe, expect, test } from 'vitest';
import {
  overlayDoor,
  overlayDoors,
  pendingMutations,
  pendingVisits,
  visitsOn,
} from '../../src/domain/overlay';
import { aDoor, aMe, anOutboxRow, aSentRow, aVisit, aVisitMutation, DOOR } from '../builders';

const me = aMe();

describe('truth is the snapshot plus what waits on the phone', () => {
  test('a pending visit moves the door’s last visit and due date', () => {
    const pending = pendingVisits([aVisitMutation(1, { outcome: 'nobody_home' })]).get(DOOR);
    const door = overlayDoor(aDoor({ next_due_on: '2026-11-01' }), pending, me);
    expect(door).toMatchObject({ last_outcome: 'nobody_home', next_due_on: '2026-11-29' });
  });
  test('of two pending visits to one door the later one counts', () => {
    const pending = pendingVisits([
      aVisitMutation(1, { outcome: 'met' }),
      aVisitMutation(2, { outcome: 'refused' }),
    ]);
    expect(pending.get(DOOR)?.outcome).toBe('refused');
  });
  test('doors without a pending visit are the very same objects', () => {
    const door = aDoor({ id: 'other' });
    expect(overlayDoors([door], new Map(), me)[0]).toBe(door);
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
    const rows = visitsOn('2026-11-22', [aVisit()], [aVisitMutation(1)], me);
    expect(rows.map((row) => [row.id, row.pending])).toEqual([
      ['r1', true],
      ['v1', false],
    ]);
  });
  test('leave out a visit that was corrected', () => {
    expect(visitsOn('2026-11-22', [aVisit({ corrected_by: 'v2' })], [], me)).toEqual([]);
  });
  test('count a colleague’s visit as mine when I was with them', () => {
    const [row] = visitsOn('2026-11-22', [aVisit({ author: 'x', officers: [me.officer.id] })], [], me);
    expect(row?.mine).toBe(true);
  });
});
