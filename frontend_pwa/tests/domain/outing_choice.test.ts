import { describe, expect, test } from 'vitest';
import { choiceToStart, duePlans } from '../../src/domain/outing_choice';
import type { Me, PlanOfDay } from '../../src/domain/records';

const TODAY = '2026-11-23';
const MORNING = Date.parse('2026-11-23T10:00:00+08:00');
const EVENING = Date.parse('2026-11-23T20:00:00+08:00');

function aPlan(id: string, part: PlanOfDay['part'], due_on: string): PlanOfDay {
  return { id, name: id, beats: [], every_days: 1, part, due_on, last_done_on: null };
}

function me(...plans: PlanOfDay[]): Me {
  return {
    officer: { id: 'o1' },
    colleagues: [],
    plans,
    deployment: { zone: 'Asia/Shanghai' },
  } as unknown as Me;
}

describe('an outing that begins', () => {
  const both = me(aPlan('night', 'night', '2026-11-22'), aPlan('day', 'day', TODAY));
  test('by day answers no plan for the night, though that is the first that is due', () => {
    expect(choiceToStart(null, both, MORNING).plan).toBe('day');
    expect(choiceToStart(null, me(aPlan('night', 'night', TODAY)), MORNING).plan).toBeNull();
  });
  test('by night answers the plan for the night; one for any time is answered at any', () => {
    expect(choiceToStart(null, both, EVENING).plan).toBe('night');
    expect(choiceToStart(null, me(aPlan('any', '', TODAY)), EVENING).plan).toBe('any');
  });
  test('answers no plan that is not due yet', () => {
    expect(choiceToStart(null, me(aPlan('day', 'day', '2026-11-24')), MORNING).plan).toBeNull();
  });
});

test('a plan that was done today is not said to be due today', () => {
  const done = { ...aPlan('day', 'day', '2026-11-24'), last_done_on: TODAY };
  expect(duePlans([done, aPlan('late', '', TODAY)], TODAY).map((plan) => plan.id)).toEqual(['late']);
});
