import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { en as enFirst } from '../../src/ui/languages/en';
import { later as enLater } from '../../src/ui/languages/en/later';
import { zh as zhFirst, type TextKey } from '../../src/ui/languages/zh';
import { later as zhLater } from '../../src/ui/languages/zh/later';

const zh = { ...zhFirst, ...zhLater };
const en = { ...enFirst, ...enLater };

const SOURCES = new URL('../../src/', import.meta.url);
const files = (readdirSync(SOURCES, { recursive: true }) as string[])
  .filter((name) => /\.(ts|svelte)$/.test(name) && !name.includes('languages/'))
  .map((name) => ({ name, text: readFileSync(new URL(name, SOURCES), 'utf8') }));
const source = files.map((file) => file.text).join('\n');
const keys = Object.keys(zh) as TextKey[];

/** A key is used when it is written out, or when a template such as t(`outcome.${…}`) or a named prefix begins like it. */
const templates = [
  ...[...source.matchAll(/`([a-z_]+(?:\.[a-z_]+)*[._])\$\{/g)].map((match) => match[1] ?? ''),
  ...[...source.matchAll(/prefix: '([a-z_]+)'/g)].map((match) => `${match[1] ?? ''}.`),
];

test('every text is used somewhere', () => {
  const used = (key: string): boolean =>
    source.includes(`'${key}'`) || templates.some((prefix) => key.startsWith(prefix));
  expect(keys.filter((key) => !used(key))).toEqual([]);
});
test('every text takes the same values in both languages', () => {
  const values = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g))].sort();
  expect(keys.filter((key) => values(zh[key]).join() !== values(en[key]).join())).toEqual([]);
});
test('no text is empty', () => {
  expect(keys.filter((key) => zh[key].trim() === '' || en[key].trim() === '')).toEqual([]);
});
test('no Chinese stands outside the catalogue but in comments', () => {
  const bare = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|<!--[\s\S]*?-->|(^|\s)\/\/.*$/gm, '');
  expect(files.filter((file) => /\p{Script=Han}/u.test(bare(file.text))).map((file) => file.name)).toEqual(
    [],
  );
});
