import { expect, test } from 'vitest';
import { firstDoors, keepFirstDoors } from '../../src/data/first_doors';
import { fact, forgetSnapshot } from '../../src/data/officer_store';
import { dueDoors } from '../../src/domain/schedule';
import { aDoor } from '../builders';
import { aStore } from './stores';

const due = dueDoors(
  Array.from({ length: 20 }, (_, n) => aDoor({ id: `d${String(n)}`, next_due_on: '2026-11-01' })),
  '2026-11-22',
  null,
);

test('the next start begins with the doors that stood first, and says how many are due', async () => {
  const store = await aStore();
  await keepFirstDoors(store, due);
  const first = await firstDoors(store);
  expect([...first.pages.values()].flatMap((page) => page.doors.map((door) => door.id)).slice(0, 2)).toEqual([
    'd0',
    'd1',
  ]);
  expect(first.total).toBe(20);
});
test('whoever signs out leaves no door behind', async () => {
  const store = await aStore();
  await keepFirstDoors(store, due);
  await forgetSnapshot(store);
  expect(await fact(store, 'due_first')).toBeUndefined();
});
