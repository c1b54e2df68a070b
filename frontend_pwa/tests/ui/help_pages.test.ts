import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { pages as en } from '../../src/ui/languages/en/help_pages';
import { pages as zh } from '../../src/ui/languages/zh/help_pages';

/** The screens as the type names them: a new one without a help page fails here. */
const routes = readFileSync(new URL('../../src/domain/routes.ts', import.meta.url), 'utf8');
const union = routes.slice(routes.indexOf('export type Route ='), routes.indexOf('const DOOR_TABS'));
const screens = [...new Set([...union.matchAll(/screen: '([a-z_]+)'/g)].map((match) => match[1]))].sort();

test('every screen has a help page in both languages', () => {
  expect(Object.keys(zh).sort()).toEqual(screens);
  expect(Object.keys(en).sort()).toEqual(screens);
});
test('a help page says the same in both languages', () => {
  const shape = (pages: typeof zh | typeof en) =>
    Object.entries(pages).map(([name, page]) => [
      name,
      page.for.length,
      page.marks.length,
      page.wrong.length,
    ]);
  expect(shape(en)).toEqual(shape(zh));
});
test('a help page fits on a phone: no paragraph is longer than a glance', () => {
  const longest = [...Object.values(zh), ...Object.values(en)].flatMap((page) => page.for);
  expect(longest.filter((words) => words.length > 160)).toEqual([]);
});
