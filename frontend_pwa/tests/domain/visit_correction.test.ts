import { describe, expect, test } from 'vitest';
import { madeVisit, phoneVisits } from '../../src/domain/made_visits';
import { correctionGaps, correctionMutation, correctionOf } from '../../src/domain/visit_correction';
import { aMe, aVisit } from '../builders';

const me = aMe();
const place = { lon: 114, lat: 27, accuracy_m: 8, age_s: 1 };
const record = aVisit({
  ...{ note: 'as it was', officers: ['c1'], patrol: 'p1', place, campaign: 'camp', disputes: ['d1'] },
  hazards: [{ id: 'h1', kind: 'gas', note: 'hose' }],
});
const original = madeVisit('v1', [record], phoneVisits([], [], me), me);
if (!original) throw new Error('the visit is known');
let n = 0;
const newId = (): string => `new${String(++n)}`;
const begun = correctionOf(original, null, 0, newId);

describe('a correction', () => {
  test('begins with what the original says', () => {
    expect(begun.draft).toMatchObject({ outcome: 'met', note: 'as it was', officers: ['c1'] });
    expect(begun.draft.hazards).toMatchObject([{ kind: 'gas', note: 'hose' }]);
  });
  test('gives its hazards ids of their own, since those of the original stay with it', () => {
    expect(begun.draft.hazards[0]?.id).not.toBe('h1');
  });
  test('needs a reason, and something that differs', () => {
    expect(correctionGaps(original, begun, null)).toEqual(['reason', 'unchanged']);
    const changed = { draft: { ...begun.draft, outcome: 'refused' as const }, reason: ' typo ' };
    expect(correctionGaps(original, changed, null)).toEqual([]);
  });
  test('keeps door, place, outing, campaign and disputes of the original', () => {
    const changed = { draft: { ...begun.draft, outcome: 'refused' as const }, reason: ' typo ' };
    const made = correctionMutation(original, changed, 'refused', { id: 'm1', recorded_at: 'now' });
    expect(made).toMatchObject({
      kind: 'visit.correct',
      record_id: begun.draft.id,
      payload: {
        ...{ corrects: 'v1', reason: 'typo', outcome: 'refused', premises: record.premises },
        ...{ place, patrol: 'p1', campaign: 'camp', disputes: ['d1'], note: 'as it was' },
      },
    });
  });
  test('leaves answers alone that this phone has no form for', () => {
    const checklist = { form: 'f', version: 1, answers: { a: true } };
    const seen = madeVisit('v1', [{ ...record, checklist }], phoneVisits([], [], me), me);
    if (!seen) throw new Error('the visit is known');
    const draft = { ...correctionOf(seen, null, 0, newId).draft, note: 'other' };
    const made = correctionMutation(seen, { draft, reason: 'r' }, 'met', { id: 'm', recorded_at: '' });
    expect(made.payload).toMatchObject({ checklist });
  });
});
