import { expect, test } from 'vitest';
import { asOfficer } from '../../src/sync/as_officer';

test('every request names the officer whose records these are, and keeps its own headers', async () => {
  const seen: Headers[] = [];
  const fetch = asOfficer((_, init) => {
    seen.push(new Headers(init?.headers));
    return Promise.resolve(new Response());
  }, 'officer-1');
  await fetch('/a');
  await fetch('/b', { headers: { accept: 'x' } });
  expect(seen.map((headers) => [headers.get('x-officer'), headers.get('accept')])).toEqual([
    ['officer-1', null],
    ['officer-1', 'x'],
  ]);
});
