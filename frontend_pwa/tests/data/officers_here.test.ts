import { IDBFactory } from 'fake-indexeddb';
import Dexie from 'dexie';
import { beforeEach, expect, test } from 'vitest';
import { forgetSnapshot, OfficerStore, officerStoreName, setFact } from '../../src/data/officer_store';
import { onlyOfficerHere } from '../../src/data/officers_here';
import type { Me } from '../../src/domain/records';

beforeEach(() => {
  Dexie.dependencies.indexedDB = new IDBFactory();
});

async function signedIn(officer: string): Promise<OfficerStore> {
  const store = new OfficerStore(officerStoreName(officer));
  await setFact(store, 'me', { officer: { id: officer } } as unknown as Me);
  return store;
}

test('a phone that forgot who was there finds it in its database', async () => {
  (await signedIn('a1')).close();
  expect(await onlyOfficerHere()).toBe('a1');
});
test('an officer who signed out is not found', async () => {
  const store = await signedIn('a1');
  await forgetSnapshot(store);
  store.close();
  expect(await onlyOfficerHere()).toBeNull();
});
test('of two officers neither is chosen', async () => {
  for (const officer of ['a1', 'b2']) (await signedIn(officer)).close();
  expect(await onlyOfficerHere()).toBeNull();
});
