import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  allowedSteps,
  mainStep,
  fold,
  FOUND,
  step,
  type CaseEvent,
  type CaseState,
} from '../../src/domain/dispute_states';
import type { DisputeEventKind, DisputeState } from '../../src/domain/words';

interface Contract {
  histories: { name: string; events: string[]; state: string; allowed: boolean[] }[];
  steps: Record<string, Record<DisputeEventKind, string | null>>;
}
const file = new URL('../../../tests/contract/folds/dispute.json', import.meta.url);
const contract = JSON.parse(readFileSync(file, 'utf8')) as Contract;

const written = ({ state, has_agreement }: CaseState): string => `${state}${has_agreement ? '+' : ''}`;
const plain = (word: string): string => word.replace('+', '');
const caseOf = (word: string): CaseState => ({
  state: plain(word) as DisputeState,
  has_agreement: word.endsWith('+'),
});
const eventOf = (word: string): CaseEvent => ({
  event: plain(word) as DisputeEventKind,
  has_agreement: word.endsWith('+'),
});
const events = Object.keys(contract.steps['found'] ?? {}) as DisputeEventKind[];
const anEvent = fc.record({ event: fc.constantFrom(...events), has_agreement: fc.boolean() });

describe('the fold does what the server’s does', () => {
  test.each(contract.histories)('$name', ({ events: words, state, allowed }) => {
    let at = FOUND;
    const fits = words.map((word) => {
      const { after, misfit } = step(at, eventOf(word));
      at = after;
      return misfit === null;
    });
    expect([written(at), fits]).toEqual([state, allowed]);
    expect(fold(words.map(eventOf))).toEqual(at);
  });
  test.each(Object.entries(contract.steps))('from %s', (before, row) => {
    const found = events.map((event) => {
      const { after, misfit } = step(caseOf(before), { event, has_agreement: event === 'agreement_signed' });
      return [event, misfit === null ? written(after) : null];
    });
    expect(Object.fromEntries(found)).toEqual(row);
  });
});

test('steps that did not fit changed nothing: without them the case stands the same', () => {
  fc.assert(
    fc.property(fc.array(anEvent), (history) => {
      let at = FOUND;
      const fitting = history.filter((event) => {
        const { after, misfit } = step(at, event);
        at = after;
        return misfit === null;
      });
      expect(fold(fitting)).toEqual(fold(history));
    }),
  );
});

test('what a screen offers fits, except a resolution that still lacks its agreement', () => {
  for (const word of Object.keys(contract.steps)) {
    const before = caseOf(word);
    for (const event of allowedSteps(before.state)) {
      const { misfit } = step(before, { event, has_agreement: false });
      expect(misfit).toBe(event === 'resolved' && !before.has_agreement ? 'no_agreement' : null);
    }
  }
});

test('after a follow-up that found the agreement broken, reopening comes first and closing is one of the others', () => {
  const followed: CaseState = { state: 'followed_up', has_agreement: true };
  expect([mainStep(followed), mainStep(followed, true), mainStep(followed, false)]).toEqual([
    'closed',
    'closed',
    'reopened',
  ]);
  expect(allowedSteps('followed_up')).toContain('closed');
});
