import { expect, test } from 'vitest';
import { OfficerStore, officerStoreName, openStore } from '../../src/data/officer_store';
import { unsentOfOthers } from '../../src/data/other_officers';
import { saveRecords } from '../../src/data/save';
import type { NewMutation } from '../../src/domain/mutations';
import { aVisitMutation, DOOR } from '../builders';

const made = (n: number): NewMutation => {
  const { id, kind, record_id, recorded_at, payload } = aVisitMutation(n);
  return { id, kind, record_id, recorded_at, payload };
};
async function phoneOf(officer: string, records: NewMutation[]): Promise<void> {
  const store = new OfficerStore(officerStoreName(officer));
  await openStore(store, () => `device-${officer}`);
  if (records.length > 0) await saveRecords(store, records, DOOR, 1000);
  store.close();
}

test('counts what waits for officers who are not signed in, and not one’s own', async () => {
  expect(await unsentOfOthers(null)).toBe(0);
  await phoneOf('first', [made(1), made(2)]);
  await phoneOf('second', [made(3)]);
  await phoneOf('third', []);
  expect(await unsentOfOthers('first')).toBe(1);
  expect(await unsentOfOthers('third')).toBe(3);
  expect(await unsentOfOthers(null)).toBe(3);
});
