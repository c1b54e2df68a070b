import { describe, expect, test } from 'vitest';
import {
  draftGaps,
  draftMutations,
  emptyDraft,
  isUntouched,
  revived,
  withHazard,
  type VisitDraft,
} from '../../src/domain/visit_draft';
import { betterFix, distance_m, usableFix } from '../../src/domain/distance';

const empty = emptyDraft('v1', 'p1', 0);
const context = () => {
  let n = 0;
  return {
    ...{
      place: null,
      no_place_reason: 'timeout' as const,
      ...{ campaign: null, patrol: null },
      recorded_at: '2026-11-22T08:00:00.000Z',
    },
    newId: () => `m${String(++n)}`,
  };
};
const withDispute: VisitDraft = {
  ...empty,
  dispute: { id: 'd1', category: 'debt', risk: 'high', summary: ' owes rent ' },
};

describe('a visit while it is written', () => {
  test('needs an outcome and nothing else', () => {
    expect(draftGaps(empty, null)).toEqual(['outcome']);
    expect(draftGaps({ ...empty, outcome: 'met' }, null)).toEqual([]);
  });
  test('with a dispute needs its category and one sentence', () => {
    const draft: VisitDraft = {
      ...empty,
      outcome: 'met',
      dispute: { id: 'd', category: null, risk: 'low', summary: ' ' },
    };
    expect(draftGaps(draft, null)).toEqual(['dispute_category', 'dispute_summary']);
  });
  test('a hazard tapped twice is gone again, and the draft is untouched', () => {
    expect(isUntouched(withHazard(withHazard(empty, 'fire', 'h1'), 'fire', 'h2'))).toBe(true);
  });
});

test('a draft of an earlier version of the app is taken up with what that did not know', () => {
  const old: Partial<VisitDraft> = { ...empty };
  delete old.checklist;
  expect(revived(old as VisitDraft)).toEqual(empty);
  expect(isUntouched(old as VisitDraft)).toBe(true);
});

describe('the records of a visit', () => {
  test('are one when there is no dispute', () => {
    const [visit, ...others] = draftMutations(empty, 'met', context());
    expect(others).toEqual([]);
    expect(visit).toMatchObject({
      kind: 'visit.record',
      record_id: 'v1',
      payload: { outcome: 'met', disputes: [] },
    });
  });
  test('are two with a dispute, each naming the other, the dispute first', () => {
    const [dispute, visit] = draftMutations(withDispute, 'met', context());
    expect(dispute).toMatchObject({
      kind: 'dispute.open',
      payload: { visit: 'v1', summary: 'owes rent', source: 'visit' },
    });
    expect(visit).toMatchObject({ kind: 'visit.record', payload: { disputes: ['d1'] } });
  });
  test('say why there is no place only when there is none', () => {
    const place = { lon: 114, lat: 27, accuracy_m: 8, age_s: 1 };
    expect(draftMutations(empty, 'met', context())[0]?.payload).toMatchObject({
      place: null,
      no_place_reason: 'timeout',
    });
    expect(draftMutations(empty, 'met', { ...context(), place })[0]?.payload).toMatchObject({
      place,
      no_place_reason: null,
    });
  });
});

describe('the position that is kept', () => {
  const fix = (accuracy_m: number, at_s: number) => ({ lon: 114, lat: 27, accuracy_m, at_ms: at_s * 1000 });
  test('a much better fix of a moment ago beats a poor new one', () => {
    expect(betterFix(fix(5, 0), fix(80, 10)).accuracy_m).toBe(5);
  });
  test('an old good fix gives way, because the officer has walked on', () => {
    expect(betterFix(fix(5, 0), fix(80, 120)).accuracy_m).toBe(80);
  });
  test('a fix of ten minutes ago is not used', () => {
    expect(usableFix(fix(5, 0), 600_000)).toBeNull();
  });
  // One degree of latitude is 111.2 km on the mean sphere.
  test('a degree of latitude is about 111 km', () => {
    expect(distance_m({ lon: 114, lat: 27 }, { lon: 114, lat: 28 })).toBeCloseTo(111_195, -1);
  });
});
