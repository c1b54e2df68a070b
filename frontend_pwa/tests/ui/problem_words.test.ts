import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { OutcomeRow } from '../../src/domain/mutations';
import { PROBLEM_CODES, wordsForProblem } from '../../src/ui/problem_words';

/** Rows of the table that judge one record: 409 and 422, and a handler that broke; imports are no records of a phone. */
const documented = [
  ...readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8').matchAll(
    /^\| `(\w+)` \| (\d+) \|/gm,
  ),
]
  .filter(([, code, status]) => code === 'handler_failed' || status === '409' || status === '422')
  .map(([, code]) => code ?? '')
  .filter((code) => code !== 'file_unreadable' && code !== 'import_refused');

const refused = (code: string, fields: string[] = []): OutcomeRow => ({
  ...{ id: 'a', outcome: 'quarantined', receipt: null },
  problem: {
    ...{ type: 'about:blank', title: '', status: 422, detail: '', code },
    errors: fields.map((field) => ({ field, code: 'invalid', message: '' })),
  },
});

test('every documented problem of a record has words, and no words are for a problem that is not documented', () => {
  expect(documented.length).toBeGreaterThan(10);
  expect([...PROBLEM_CODES].sort()).toEqual(documented.sort());
});
test('words of one problem are not the words of another', () => {
  expect(new Set(PROBLEM_CODES.map((code) => wordsForProblem(refused(code)))).size).toBe(
    PROBLEM_CODES.length,
  );
});
test('fields are named where the server names them, and leave no empty brackets where it does not', () => {
  expect(wordsForProblem(refused('payload_invalid', ['note', 'outcome']))).toContain('note, outcome');
  for (const code of PROBLEM_CODES) expect(wordsForProblem(refused(code))).not.toMatch(/[(（]\s*[)）]/);
});
test('a problem that this version does not know still says what becomes of the record', () => {
  expect(wordsForProblem(refused('invented_tomorrow')).length).toBeGreaterThan(10);
});
