import { describe, expect, test } from 'vitest';
import {
  becomeNewDevice,
  enrolAgain,
  forgetAsRevoked,
  fact,
  forgetSnapshot,
  missingRecords,
  setFact,
} from '../../src/data/officer_store';
import { saveRecords } from '../../src/data/save';
import { deviceKey } from '../../src/sync/signing';
import { emptyDraft } from '../../src/domain/visit_draft';
import { aDoor, aMe, aVisitMutation, DOOR } from '../builders';
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

describe('a phone that was revoked', () => {
  const revoked = async () => {
    const store = await aStore();
    await saveRecords(store, [made(1)], DOOR, 0);
    await setFact(store, 'me', aMe());
    await setFact(store, 'cursor', 'c1');
    await setFact(store, 'enrolment', { unit: 's1', enrolled_at_ms: 0, due: false });
    await store.doors.put({ area: 'a', doors: [aDoor()] } as never);
    await store.drafts.put({ premises: DOOR, draft: emptyDraft('v9', DOOR, 0) });
    return store;
  };
  test('holds no door, no draft and no colleague any more, and everything that is unsent', async () => {
    const store = await revoked();
    expect(await forgetAsRevoked(store, 'device-1')).toBe(true);
    expect([await store.doors.count(), await store.drafts.count(), await store.outbox.count()]).toEqual([
      0, 0, 1,
    ]);
    const me = await fact(store, 'me');
    expect([me?.officer.id, me?.colleagues, me?.campaign]).toEqual([aMe().officer.id, [], null]);
    expect([await fact(store, 'device'), await fact(store, 'cursor')]).toEqual(['device-1', undefined]);
    expect(await fact(store, 'revoked')).toBe(true);
  });
  test('keeps what its new identity reads, when the answer was about the old one', async () => {
    const store = await revoked();
    await forgetAsRevoked(store, 'device-1');
    await becomeNewDevice(store, () => 'device-2');
    expect(await fact(store, 'revoked')).toBeUndefined();
    // The session of the old device is dead for the new one too; signing in and enrolling mends that.
    expect(await forgetAsRevoked(store, 'device-2')).toBe(false);
    await setFact(store, 'enrolment', { unit: 's1', enrolled_at_ms: 0, due: false });
    // Another tab still speaks as the old device.
    expect(await forgetAsRevoked(store, 'device-1')).toBe(false);
  });
});
