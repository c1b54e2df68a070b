import { expect, test } from 'vitest';
import { unfinishedForm } from '../../src/domain/form_drafts';
import { parseRoute } from '../../src/domain/routes';

test.each([
  ['dispute:new', 'dispute_new', 'dispute_new'],
  ['dispute:d1:session_held', 'dispute_step', 'dispute_step'],
  ['premises:new', 'new_door', 'new_door'],
  ['correct:v1', 'correct', 'correct'],
  ['observe:o1', 'observe', 'outing'],
  ['outreach:o1', 'outreach', 'outing'],
])('a form kept as %s is found again on its screen', (key, kind, screen) => {
  const form = unfinishedForm(key);
  expect(form?.kind).toBe(kind);
  expect(parseRoute(form?.address ?? '').screen).toBe(screen);
});
test('a form that leads nowhere is not offered', () => {
  expect(unfinishedForm('something:else')).toBeNull();
  expect(unfinishedForm('dispute:d1')).toBeNull();
});
