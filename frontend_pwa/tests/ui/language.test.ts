import { expect, test } from 'vitest';
import { byteSize, dayName, distance, language, number, speak, t } from '../../src/ui/language.svelte';

test('only the language chosen last is spoken, however fast one changes one’s mind', async () => {
  const [first, last] = await Promise.all([speak('en'), speak('zh')]);
  expect([first, last, language()]).toEqual([false, true, 'zh']);
  expect(t('app.title')).toBe('巡访');
});
test('dates and numbers are written as the language writes them', async () => {
  await speak('zh');
  expect(dayName('2026-11-22', true)).toBe('11月22日星期日');
  expect(number(1234567)).toBe('1,234,567');
  await speak('en');
  expect(dayName('2026-11-22', true)).toBe('Sunday 22 Nov');
  expect([distance(1234), byteSize(1_234_567_890)]).toEqual(['1.2 km', '1.2 GB']);
});
test('English counts one and many', async () => {
  await speak('en');
  expect([t('today.made_visits', { n: 1 }), t('today.made_visits', { n: 2 })]).toEqual([
    '1 visit',
    '2 visits',
  ]);
});
