import { describe, expect, test } from 'vitest';
import type { SeenDispute } from '../../src/domain/dispute_case';
import { listed, type ListChoice } from '../../src/domain/dispute_list';
import { aDispute, OFFICER } from '../builders';

const seen = (part: Partial<SeenDispute>): SeenDispute => ({
  ...aDispute(part),
  ...{ parties: [], overtaken: 0 },
});
const rows = [
  seen({ id: 'late', state: 'registered', assign_due_on: '2026-11-20' }),
  seen({ id: 'amber', state: 'mediating', resolve_due_on: '2026-11-29', opened_at: '2026-10-30T02:00:00Z' }),
  seen({ id: 'calm', state: 'mediating', resolve_due_on: '2026-12-20', opened_at: '2026-11-20T02:00:00Z' }),
  seen({
    id: 'theirs',
    state: 'assigned',
    assignee: 'lead',
    resolve_due_on: '2026-12-19',
    summary: '𠮷野家 door',
  }),
  seen({ id: 'over', state: 'closed' }),
];
const all: ListChoice = { whose: 'unit', state: 'any', query: '' };
const context = {
  ...{ officer: OFFICER, today_on: '2026-11-22', zone: 'Asia/Shanghai' },
  wordsOf: (dispute: SeenDispute) => `${dispute.summary} ${dispute.place_text}`,
};
const ids = (choice: Partial<ListChoice>) =>
  listed(rows, { ...all, ...choice }, context).map(({ section, disputes }) => [
    section,
    disputes.map(({ id }) => id),
  ]);

describe('the list of disputes', () => {
  test('stands by deadline: overdue, soon, later, done', () => {
    expect(ids({})).toEqual([
      ['overdue', ['late']],
      ['soon', ['amber']],
      ['later', ['theirs', 'calm']],
      ['done', ['over']],
    ]);
  });
  test('of one’s own holds what was assigned to one, and what one found until somebody is', () => {
    expect(ids({ whose: 'mine' }).flatMap(([, found]) => found)).not.toContain('theirs');
  });
  test('is narrowed to a state, or to what is not finished', () => {
    expect(ids({ state: 'mediating' }).flatMap(([, found]) => found)).toEqual(['amber', 'calm']);
    expect(ids({ state: 'open' }).map(([section]) => section)).not.toContain('done');
  });
  test('is searched by every word, whatever the case and width of the letters', () => {
    expect(ids({ query: 'ＤＯＯＲ 𠮷' })).toEqual([['later', ['theirs']]]);
    expect(ids({ query: 'door nobody' })).toEqual([]);
  });
});
