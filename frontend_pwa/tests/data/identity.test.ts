import { describe, expect, test } from 'vitest';
import {
  becomeNewDevice,
  enrolAgain,
  fact,
  forgetSnapshot,
  missingRecords,
  setFact,
} from '../../src/data/officer_store';
import { saveRecords } from '../../src/data/save';
import { deviceKey } from '../../src/sync/signing';
import { aVisitMutation, DOOR } from '../builders';
import { aStore } from './stores';

const made = (n: number) => {
  const { id, kind, record_id, recorded_at, payload } = aVisitMutation(n);
  return { id, kind, record_id, recorded_at, payload };
};

describe('a phone that becomes a new device', () => {
  test('has a new name, a new key and no enrolment; what waits is counted as made by it', async () => {
    const store = await aStore();
    await saveRecords(store, [made(1), made(2)], DOOR, 0);
    await setFact(store, 'made_total', 40);
    await setFact(store, 'receipted_total', 38);
    await setFact(store, 'enrolment', { unit: 's1', enrolled_at_ms: 0, due: false });
    const key = await deviceKey(store);
    await becomeNewDevice(store, () => 'device-2');
    expect([
      await fact(store, 'device'),
      await fact(store, 'made_total'),
      await fact(store, 'enrolment'),
    ]).toEqual(['device-2', 2, undefined]);
    expect([await store.outbox.count(), await missingRecords(store)]).toEqual([2, 0]);
    expect((await deviceKey(store))?.public_key).not.toBe(key?.public_key);
  });
});

test('a sign-in asks for the enrolment anew, without forgetting that the device is known', async () => {
  const store = await aStore();
  await enrolAgain(store);
  expect(await fact(store, 'enrolment')).toBeUndefined();
  await setFact(store, 'enrolment', { unit: 's1', enrolled_at_ms: 5, due: false });
  await enrolAgain(store);
  expect(await fact(store, 'enrolment')).toEqual({ unit: 's1', enrolled_at_ms: 5, due: true });
});

test('signing out forgets what was read, but not in which epoch: a restore meanwhile is noticed', async () => {
  const store = await aStore();
  await setFact(store, 'epoch', 'e1');
  await setFact(store, 'cursor', 'c1');
  await forgetSnapshot(store);
  expect([await fact(store, 'epoch'), await fact(store, 'cursor')]).toEqual(['e1', undefined]);
});
