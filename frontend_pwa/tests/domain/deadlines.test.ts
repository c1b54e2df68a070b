import { describe, expect, test } from 'vitest';
import { byUrgency, nextDeadline } from '../../src/domain/deadlines';
import { aDispute } from '../builders';

const mediating = aDispute({ state: 'mediating', resolve_due_on: '2026-12-01' });

describe('the next deadline of a dispute', () => {
  test('of a found dispute is the assignment', () => {
    expect(nextDeadline(aDispute(), '2026-11-01', '2026-11-02')).toMatchObject({
      kind: 'assign',
      due_on: '2026-11-04',
    });
  });
  // 30 days from 1 November to 1 December: 70 % is day 21, the 22nd of November.
  test('turns amber at seventy percent of the time and not a day earlier', () => {
    expect(nextDeadline(mediating, '2026-11-01', '2026-11-21')?.urgency).toBe('calm');
    expect(nextDeadline(mediating, '2026-11-01', '2026-11-22')?.urgency).toBe('soon');
  });
  test('is still amber on its last day and red after it', () => {
    expect(nextDeadline(mediating, '2026-11-01', '2026-12-01')).toMatchObject({
      urgency: 'soon',
      left_days: 0,
    });
    expect(nextDeadline(mediating, '2026-11-01', '2026-12-02')).toMatchObject({
      urgency: 'overdue',
      left_days: -1,
    });
  });
  test('of a resolved dispute is the follow-up', () => {
    const resolved = aDispute({ state: 'resolved', follow_up_due_on: '2026-12-20' });
    expect(nextDeadline(resolved, '2026-11-01', '2026-11-22')).toMatchObject({
      kind: 'follow_up',
      urgency: 'calm',
    });
  });
  test('of a closed dispute is none', () => {
    expect(nextDeadline(aDispute({ state: 'closed' }), '2026-11-01', '2026-11-22')).toBeNull();
  });
});

test('open disputes come before finished ones, the next deadline first', () => {
  const rows = [aDispute({ id: 'closed', state: 'closed' }), mediating, aDispute({ id: 'found' })];
  expect(rows.sort(byUrgency).map((row) => row.id)).toEqual(['found', 'd1', 'closed']);
});
