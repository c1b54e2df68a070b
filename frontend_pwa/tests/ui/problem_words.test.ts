import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import type { OutcomeRow } from '../../src/domain/mutations';
import { allTexts, speak } from '../../src/ui/language.svelte';
import { zh as first } from '../../src/ui/languages/zh';
import { later } from '../../src/ui/languages/zh/later';
import { wordsForCode, wordsForProblem } from '../../src/ui/problem_words';

beforeAll(async () => {
  await speak('zh');
  await allTexts();
});

/** Codes whose words no person reads: the app answers them by itself, or only programs and commands meet them. */
const NOT_FOR_PEOPLE = [
  ...[
    'malformed_body',
    'request_invalid',
    'cursor_invalid',
    'window_invalid',
    'figure_unknown',
    'csrf_failed',
  ],
  ...[
    'method_not_allowed',
    'not_acceptable',
    'unsupported_media_type',
    'batch_too_large',
    'not_authenticated',
  ],
  ...['signed_in_as_another', 'internal_error', 'service_unavailable', 'too_many_requests'],
  ...[
    'digest_mismatch',
    'signature_required',
    'signature_invalid',
    'signature_replayed',
    'signature_expired',
  ],
  // the upload client answers these by itself
  ...['tus_version_unknown', 'upload_offset_wrong', 'upload_finished', 'upload_taken_over'],
  ...['upload_checksum_wrong', 'uploads_busy'],
  // `manage.py aggregate --status` says these
  ...['track_not_derived', 'track_interrupted'],
  // The map screen has its own words for what becomes of its file.
  ...['map_package_missing', 'map_package_failed', 'range_not_satisfiable'],
];
/** Not codes but outcomes: what is said when a code is not known. */
const OUTCOMES = ['quarantined', 'conflict', 'set_aside', 'other'];

/** Found by the phone itself. */
const OWN = ['receipt_differs', 'attachment_lost'];

const documented = [
  ...OWN.map((code) => ['', code] as const),
  ...readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8').matchAll(
    /^\| `(\w+)` \| \d+ \|/gm,
  ),
]
  .map(([, code]) => code ?? '')
  .filter((code) => !NOT_FOR_PEOPLE.includes(code));
const worded = Object.keys({ ...first, ...later })
  .filter((key) => key.startsWith('problem.'))
  .map((key) => key.slice('problem.'.length))
  .filter((code) => !OUTCOMES.includes(code));

const refused = (code: string, fields: string[] = []): OutcomeRow => ({
  ...{ id: 'a', outcome: 'quarantined', receipt: null },
  problem: {
    ...{ type: 'about:blank', title: '', status: 422, detail: '', code },
    errors: fields.map((field) => ({ field, code: 'invalid', message: '' })),
  },
});

test('every documented problem that a person may meet has words, and no words are for one that is not documented', () => {
  expect(documented.length).toBeGreaterThan(10);
  expect(worded.sort()).toEqual(documented.sort());
});
test('words of one problem are not the words of another', () => {
  expect(new Set(worded.map((code) => wordsForProblem(refused(code)))).size).toBe(worded.length);
});
test('fields are named as the screen calls them, and leave no empty brackets where the server names none', () => {
  expect(wordsForProblem(refused('payload_invalid', ['note', 'hazards.0.kind']))).toContain('备注、类别');
  for (const code of worded) expect(wordsForProblem(refused(code))).not.toMatch(/[(（]\s*[)）]/);
});
test('a problem that this version does not know still says what becomes of the record', () => {
  expect(wordsForProblem(refused('invented_tomorrow')).length).toBeGreaterThan(10);
  expect(wordsForCode('invented_tomorrow')).toContain('invented_tomorrow');
});
