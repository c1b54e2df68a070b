import { describe, expect, test } from 'vitest';
import { caseOf } from '../../src/domain/dispute_case';
import {
  emptyForm,
  formGaps,
  isFormBlank,
  openingOf,
  type DisputeForm,
} from '../../src/domain/dispute_draft';
import { FOUND } from '../../src/domain/dispute_states';
import {
  emptyStep,
  fieldsOf,
  stepAddress,
  stepGaps,
  stepMutation,
  stepOfAddress,
} from '../../src/domain/dispute_step';
import { aDispute, aMe, anEvent, DOOR, OFFICER } from '../builders';

const nowhere = { premises: null, visit: null, patrol: null };
const place = { lon: 114.3, lat: 27.8, accuracy_m: 8, age_s: 2 };
const context = { place, patrol: 'running', recorded_at: '2026-11-22T08:00:00.000Z', newId: () => 'm1' };
const written = (part: Partial<DisputeForm>): DisputeForm => ({ ...emptyForm('d1', nowhere), ...part });

describe('a dispute that is opened', () => {
  test.each([
    [{ ...nowhere, premises: DOOR, visit: 'v1' }, 'visit', 'door'],
    [{ ...nowhere, patrol: 'p1' }, 'patrol', 'here'],
    [nowhere, 'walk_in', 'text'],
  ] as const)('from %j begins where it was found', (origin, source, where) => {
    expect(emptyForm('d1', origin)).toMatchObject({ source, where });
    expect(isFormBlank(emptyForm('d1', origin))).toBe(true);
  });
  test('needs a category and a summary, and a door where a door was chosen', () => {
    expect(formGaps(written({ where: 'door' }))).toEqual(['category', 'summary', 'door']);
    expect(formGaps(written({ category: 'debt', summary: 's' }))).toEqual([]);
    expect(formGaps(written({ category: 'debt', summary: 'x'.repeat(2001) }))).toEqual(['summary_too_long']);
  });
  test('says the one place that was chosen, and names the outing that runs', () => {
    const at = (where: DisputeForm['where']) =>
      openingOf(written({ where, premises: DOOR, place_text: ' 桥头 ' }), 'debt', context).payload;
    expect(at('door')).toMatchObject({ premises: DOOR, place: null, place_text: '', patrol: 'running' });
    expect(at('here')).toMatchObject({ premises: null, place, place_text: '' });
    expect(at('text')).toMatchObject({ premises: null, place: null, place_text: '桥头' });
  });
});

const step = (event: Parameters<typeof emptyStep>[0]['event']) =>
  emptyStep({ id: 's1', dispute: 'd1', event, corrected: null, officer: OFFICER });

describe('a step that is written', () => {
  test('to assign starts with oneself: two taps', () => {
    const draft = step('assigned');
    expect(stepGaps(draft, fieldsOf(draft, FOUND, null))).toEqual([]);
    expect(draft.assignee).toBe(OFFICER);
  });
  test.each(['registered', 'session_held', 'failed', 'reopened', 'closed'] as const)(
    '%s needs nothing',
    (event) => {
      expect(fieldsOf(step(event), FOUND, null)).toEqual([]);
    },
  );
  test('of resolving asks for an agreement only while there is none', () => {
    const draft = step('resolved');
    expect(fieldsOf(draft, { state: 'mediating', has_agreement: true }, null)).toEqual([]);
    const fields = fieldsOf(draft, { state: 'mediating', has_agreement: false }, null);
    expect(stepGaps(draft, fields)).toEqual(['agreement']);
  });
  test('holds only what its form showed', () => {
    const draft = { ...step('follow_up'), terms: 'left over', follow_up: 'kept' as const, note: ' 好 ' };
    const made = stepMutation(draft, ['follow_up'], 'm1', context.recorded_at);
    expect(made).toMatchObject({
      ...{ kind: 'dispute.event', record_id: 's1' },
      payload: { event: 'follow_up', follow_up: 'kept', agreement: null, assignee: null, note: '好' },
    });
  });
});

describe('a correction', () => {
  const signed = anEvent(2, 'agreement_signed', { agreement: { form: 'oral', terms: '三日' } });
  const view = caseOf(aDispute({ state: 'mediating' }), [anEvent(1, 'registered'), signed], {
    ...{ pending: [], unsent: new Set<string>(), me: aMe() },
  });
  const corrected = view.steps[1] ?? null;
  test('begins with what the step said and asks what was wrong', () => {
    const draft = emptyStep({ id: 's1', dispute: 'd1', event: 'corrected', corrected, officer: OFFICER });
    const fields = fieldsOf(draft, view.at, corrected);
    expect([draft.terms, draft.form, draft.corrects, fields]).toEqual([
      '三日',
      'oral',
      signed.id,
      ['agreement'],
    ]);
    expect(stepGaps(draft, fields)).toEqual(['reason']);
  });
  test('has an address that names the step it corrects', () => {
    expect(stepOfAddress(stepAddress('corrected', 'e2'))).toEqual({ event: 'corrected', corrects: 'e2' });
    expect(stepOfAddress(stepAddress('resolved'))).toEqual({ event: 'resolved', corrects: null });
    expect([stepOfAddress('corrected'), stepOfAddress('punished')]).toEqual([null, null]);
  });
});
