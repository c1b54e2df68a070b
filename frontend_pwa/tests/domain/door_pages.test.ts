import { expect, test } from 'vitest';
import { applyDoorChanges, type DoorPage } from '../../src/domain/door_pages';
import type { Change, Premises } from '../../src/domain/records';
import { aDoor } from '../builders';

type DoorChange = Extract<Change, { type: 'premises' }>;
const put = (door: Premises): DoorChange => ({
  unit: 's',
  n: 1,
  type: 'premises',
  id: door.id,
  version: door.version,
  op: 'put',
  record: door,
});
const retract = (id: string): DoorChange => ({
  unit: 's',
  n: 1,
  type: 'premises',
  id,
  version: 2,
  op: 'retract',
  record: null,
});
const pagesOf = (...pages: DoorPage[]) => new Map(pages.map((page) => [page.area, page]));
const ids = (pages: DoorPage[]) => pages.map((page) => [page.area, page.doors.map((door) => door.id)]);

test('a new door opens the page of its township', () => {
  expect(ids(applyDoorChanges(pagesOf(), [put(aDoor({ id: 'a' }))]))).toEqual([['360902001', ['a']]]);
});
test('a door that moves to another township leaves its old page', () => {
  const pages = pagesOf({ area: '1', doors: [aDoor({ id: 'a', area: '1' }), aDoor({ id: 'b', area: '1' })] });
  expect(ids(applyDoorChanges(pages, [put(aDoor({ id: 'a', area: '2', version: 2 }))]))).toEqual([
    ['1', ['b']],
    ['2', ['a']],
  ]);
});
test('a retracted door is gone, and its page is returned empty', () => {
  expect(
    ids(applyDoorChanges(pagesOf({ area: '1', doors: [aDoor({ id: 'a', area: '1' })] }), [retract('a')])),
  ).toEqual([['1', []]]);
});
test('a retraction of an unknown door changes nothing', () => {
  expect(applyDoorChanges(pagesOf(), [retract('x')])).toEqual([]);
});
test('an older version does not replace a newer one', () => {
  const held = aDoor({ id: 'a', version: 5, address: 'new' });
  const [page] = applyDoorChanges(pagesOf({ area: held.area, doors: [held] }), [
    put(aDoor({ id: 'a', version: 4, address: 'old' })),
  ]);
  expect(page?.doors[0]?.address).toBe('new');
});
test('doors that did not change keep their identity', () => {
  const still = aDoor({ id: 'still' });
  const [page] = applyDoorChanges(pagesOf({ area: still.area, doors: [still] }), [put(aDoor({ id: 'a' }))]);
  expect(page?.doors[0]).toBe(still);
});
