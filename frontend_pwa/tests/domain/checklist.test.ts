import { describe, expect, test } from 'vitest';
import {
  askedQuestions,
  checklistAnswers,
  missingAnswers,
  typedCount,
  withAnswer,
} from '../../src/domain/checklist';
import type { ChecklistForm, FormQuestion } from '../../src/domain/records';
import { draftGaps, emptyDraft } from '../../src/domain/visit_draft';

function aQuestion(id: string, part: Partial<FormQuestion> = {}): FormQuestion {
  return {
    ...{ id, kind: 'yes_no', title: { zh: id, en: id }, choices: [], required: false, outcomes: [] },
    ...part,
  };
}
const form: ChecklistForm = {
  ...{ form: 'fire', version: 2, title: { zh: '', en: '' } },
  questions: [
    aQuestion('alarm', { required: true, outcomes: ['met'] }),
    aQuestion('people', { kind: 'count', outcomes: ['met', 'other'] }),
    aQuestion('remark', { kind: 'text' }),
  ],
};
const ids = (questions: FormQuestion[]): string[] => questions.map((question) => question.id);

describe('a campaign’s form', () => {
  test('asks for an outcome what belongs to it', () => {
    expect(ids(askedQuestions(form, 'met'))).toEqual(['alarm', 'people', 'remark']);
    expect(ids(askedQuestions(form, 'nobody_home'))).toEqual(['remark']);
    expect(ids(askedQuestions(form, null))).toEqual(['remark']);
  });
  test('requires an answer only after the outcomes that ask for it', () => {
    expect(missingAnswers(null, form, 'met')).toEqual(['alarm']);
    expect(missingAnswers(null, form, 'nobody_home')).toEqual([]);
  });
  test('keeps a visit from being saved while a required answer is missing', () => {
    const draft = { ...emptyDraft('v', 'p', 0), outcome: 'met' as const };
    expect(draftGaps(draft, form)).toEqual(['checklist']);
    expect(draftGaps({ ...draft, checklist: withAnswer(null, form, 'alarm', false) }, form)).toEqual([]);
  });
  test('takes "no" and "none" for answers, and blanks for none', () => {
    const said = { form, answers: { alarm: false, people: 0, remark: '  ' } };
    expect(missingAnswers(said, form, 'met')).toEqual([]);
    expect(checklistAnswers(said, 'met')).toEqual({
      form: 'fire',
      version: 2,
      answers: { alarm: false, people: 0 },
    });
  });
  test('sends no answer to a question that the outcome does not ask', () => {
    const said = { form, answers: { alarm: true, remark: ' dog ' } };
    expect(checklistAnswers(said, 'nobody_home')?.answers).toEqual({ remark: 'dog' });
  });
  test('is answered to the end in the version it was begun with', () => {
    const begun = withAnswer(null, form, 'remark', 'x');
    const later = { ...form, version: 3, questions: [] };
    expect(withAnswer(begun, later, 'people', 2)?.form.version).toBe(2);
    expect(missingAnswers(begun, later, 'met')).toEqual(['alarm']);
  });
  test('with every answer taken back is not answered', () => {
    expect(withAnswer(withAnswer(null, form, 'people', 2), form, 'people', null)).toBeNull();
  });
});

test('a count is a whole number that is not negative', () => {
  expect(['3', ' 12 ', '-1', '1.5', 'x', ''].map(typedCount)).toEqual([3, 12, null, null, null, null]);
});
