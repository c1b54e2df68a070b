import Dexie from 'dexie';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { announceAttachments, attachmentBlob, keepAttachment } from '../../src/data/attachments';
import { StoreLocked } from '../../src/data/encrypted_tables';
import {
  adoptIdentity,
  deleteLeavingSealed,
  deletionBegun,
  LeftBehind,
  leftOfficers,
  takeAnswers,
} from '../../src/data/left_behind';
import {
  changeSecret,
  closeLock,
  contactNeeded,
  keepShare,
  keptShare,
  keyFacts,
  noteContact,
  setUpLock,
  takeLockOff,
  tries,
  tryOpen,
  waitingHere,
  type NewLock,
} from '../../src/data/lock';
import type { Material } from '../../src/data/lock_key';
import { fact, OfficerStore, officerStoreName, openStore, setFact } from '../../src/data/officer_store';
import { saveRecords } from '../../src/data/save';
import { DEFAULT_POLICY, MAX_TRIES, pauseAfter_ms } from '../../src/domain/lock';
import type { Me } from '../../src/domain/records';
import { aVisitMutation, DOOR } from '../builders';
import { counter } from './stores';

// A PIN takes a busy machine seconds; how long is no matter of these tests.
vi.setConfig({ testTimeout: 30_000 });

const NOTE = '门口有煤气味';
const newOfficer = counter('officer-');
const share = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const pin = (secret: string, byte = 1): Material => ({ kind: 'pin', secret, share: share(byte) });
const by = (material: Material): NewLock => ({
  ...{ material, share_id: 's1', credential: null, policy: DEFAULT_POLICY },
});
/** A passkey's secret needs no Argon2id: the rules of tries are the same, and the tests are quick. */
const right: Material = { kind: 'passkey', prf: share(1) };
const wrong: Material = { kind: 'passkey', prf: share(2) };
/** The recipient of RFC 9180, A.3.1. */
const SEALING_KEY = {
  key_id: 'k1',
  public_key: 'BP6MGc4JBRkevCmKkkV5JTHybwzs4kYGOei8Oct/cGqCanebTPlpuKDlOcf2' + 'L7PTCtaqj4DjDx0Siq/WiiznLqA=',
};

let officer = '';
async function opened(): Promise<OfficerStore> {
  const store = new OfficerStore(officerStoreName(officer));
  await openStore(store, () => 'device-1');
  return store;
}

async function aVisit(store: OfficerStore, n: number): Promise<void> {
  const { id, kind, record_id, recorded_at, payload } = aVisitMutation(n, { note: NOTE });
  await saveRecords(store, [{ id, kind, record_id, recorded_at, payload }], DOOR, 0);
}

async function lockedPhone(...numbers: number[]): Promise<OfficerStore> {
  return phoneLockedBy(right, ...numbers);
}

async function phoneLockedBy(material: Material, ...numbers: number[]): Promise<OfficerStore> {
  const store = await opened();
  await setFact(store, 'me', { officer: { id: officer }, sealing_key: SEALING_KEY } as unknown as Me);
  await setUpLock(store, by(material), 0);
  for (const n of numbers) await aVisit(store, n);
  store.close();
  return opened();
}

async function onDisk(): Promise<string> {
  const raw = await new Dexie(officerStoreName(officer)).open();
  const rows: unknown[] = [];
  for (const table of raw.tables) rows.push(...(await table.toArray()));
  raw.close();
  return JSON.stringify(rows, (_, part: unknown) =>
    part instanceof Uint8Array ? new TextDecoder().decode(part) : part,
  );
}

beforeEach(() => {
  officer = newOfficer();
});

describe('a phone with a lock', () => {
  test('reads nothing after a cold start until the secret opens it', async () => {
    const store = await lockedPhone(1);
    await expect(store.outbox.toArray()).rejects.toThrow(StoreLocked);
    expect(await tryOpen(store, right, 0)).toEqual({ kind: 'opened' });
    expect((await store.outbox.toArray())[0]?.mutation.payload).toMatchObject({ note: NOTE });
    closeLock(store);
    await expect(store.outbox.toArray()).rejects.toThrow(StoreLocked);
  });
  test('encrypts what was there before, photos too', async () => {
    const store = await opened();
    await aVisit(store, 1);
    await keepAttachment(
      ...([store, 'r1', { kind: 'photo', media_type: 'image/jpeg', blob: new Blob([NOTE]) }, 0] as const),
      counter('a'),
    );
    expect(await onDisk()).toContain(NOTE);
    await setUpLock(store, by(right), 0);
    expect(await onDisk()).not.toContain(NOTE);
    const [row] = await store.attachments.toArray();
    expect(await row?.blob?.text()).not.toContain(NOTE);
    expect(await (await attachmentBlob(store, 'a1'))?.text()).toBe(NOTE);
  });
  test('asks for its secret though a photo waits: what waits is counted without reading it', async () => {
    const store = await lockedPhone(1);
    await tryOpen(store, right, 0);
    const photo = { kind: 'photo', media_type: 'image/jpeg', blob: new Blob([NOTE]) } as const;
    await keepAttachment(store, 'r1', photo, 0, counter('a'));
    await announceAttachments(store, 'r1', 0);
    store.close();
    expect(await waitingHere(await opened())).toEqual({ unsent: 2, photos: 1 });
  });
  test('does not open with another PIN, nor with the right PIN and another share', async () => {
    const store = await phoneLockedBy(pin('483920'));
    expect((await tryOpen(store, pin('483921'), 0)).kind).toBe('wrong');
    expect((await tryOpen(store, pin('483920', 2), 0)).kind).toBe('wrong');
    expect((await tryOpen(store, pin('483920'), 0)).kind).toBe('opened');
  });
  test('a right one sets the count of wrong ones back', async () => {
    const store = await lockedPhone();
    await tryOpen(store, wrong, 0);
    expect((await tries(store)).wrong).toBe(1);
    await tryOpen(store, right, 1);
    expect((await tries(store)).wrong).toBe(0);
  });
  test('counts a try before it is judged: who pulls the plug has used it up', async () => {
    const store = await lockedPhone();
    const judged = tryOpen(store, wrong, 0);
    while ((await tries(store)).wrong === 0) await Promise.resolve();
    store.close();
    await judged.catch(() => null);
    expect((await tries(await opened())).wrong).toBe(1);
  });
  test('makes one wait after the third wrong try, and the wait costs no try', async () => {
    const store = await lockedPhone();
    for (let n = 0; n < 3; n += 1) await tryOpen(store, wrong, n);
    expect((await tryOpen(store, right, 10)).kind).toBe('wait');
    expect((await tries(store)).wrong).toBe(3);
    expect((await tryOpen(store, right, 3 + pauseAfter_ms(3))).kind).toBe('opened');
  });
  test('throws the key away at the tenth wrong try: the right one opens nothing any more', async () => {
    const store = await lockedPhone(1);
    let now_ms = 0;
    const answers: string[] = [];
    for (let n = 0; n < MAX_TRIES; n += 1) {
      now_ms += 3_600_000;
      answers.push((await tryOpen(store, wrong, now_ms)).kind);
    }
    expect(answers).toEqual([...Array<string>(MAX_TRIES - 1).fill('wrong'), 'spent']);
    expect(await keyFacts(store)).toBeNull();
    expect((await tryOpen(store, right, now_ms * 2)).kind).toBe('spent');
  });
  test('opens with a new secret after a change, and no more with the old one', async () => {
    const store = await lockedPhone(1);
    await tryOpen(store, right, 0);
    const phrase: Material = { kind: 'passphrase', secret: 'seven words of rain' };
    const made = { material: phrase, share_id: null, credential: null, policy: DEFAULT_POLICY };
    expect(await changeSecret(store, wrong, made, 1)).toBe(false);
    expect(await changeSecret(store, right, made, 1)).toBe(true);
    store.close();
    const again = await opened();
    expect((await tryOpen(again, right, 2)).kind).toBe('wrong');
    expect((await tryOpen(again, phrase, 2)).kind).toBe('opened');
    expect(await again.outbox.count()).toBe(1);
  });
  test('is in clear again when the lock is taken off', async () => {
    const store = await lockedPhone(1);
    await tryOpen(store, right, 0);
    await takeLockOff(store);
    store.close();
    const again = await opened();
    expect((await again.outbox.toArray())[0]?.mutation.payload).toMatchObject({ note: NOTE });
    expect(await keyFacts(again)).toBeNull();
  });
  test('forgets the server’s share a day after the server was last heard, and asks for it again', async () => {
    const store = await phoneLockedBy(pin('483920'));
    const key = await keyFacts(store);
    if (!key) throw new Error('no key');
    await keepShare(store, { id: 's1', bytes: share(1) });
    await noteContact(store, 1_000);
    expect(await contactNeeded(store, key, 1_000 + 86_400_000)).toBe(false);
    expect(await contactNeeded(store, key, 1_001 + 86_400_000)).toBe(true);
    expect(await keptShare(store)).toBeNull();
  });
});

describe('a database that is deleted', () => {
  test('leaves its unsent records sealed, its device and its key, and nothing else', async () => {
    const store = await lockedPhone(1, 2);
    store.close();
    const left = await deleteLeavingSealed(officerStoreName(officer), officer, 'tries', 5);
    expect(left).toMatchObject({ reason: 'tries', lost: 0, made_total: 2, device: 'device-1' });
    expect(await Dexie.exists(officerStoreName(officer))).toBe(false);
    const box = new LeftBehind(officer);
    const rows = await box.rows.orderBy('seq').toArray();
    expect(rows.map((row) => [row.id, row.seq, row.sealed.split('.')[0]])).toEqual([
      ['m1', 1, 'k1'],
      ['m2', 2, 'k1'],
    ]);
    expect(JSON.stringify(rows)).not.toContain(NOTE);
    box.close();
  });
  test('says how many records had no sealed copy and are lost', async () => {
    const store = await opened();
    await setUpLock(store, by(right), 0);
    await aVisit(store, 1);
    store.close();
    const left = await deleteLeavingSealed(officerStoreName(officer), officer, 'tries', 5);
    expect(left.lost).toBe(1);
  });
  test('is recognised after a phone that died while deleting it', async () => {
    const store = await lockedPhone(1);
    expect(await deletionBegun(store)).toBeNull();
    await store.lock.delete('key');
    await store.lock.put({ name: 'deleting', reason: 'tries' });
    store.close();
    const again = await opened();
    expect(await deletionBegun(again)).toBe('tries');
    await expect(again.outbox.toArray()).rejects.toThrow(StoreLocked);
    again.close();
    expect((await deleteLeavingSealed(again.name, officer, 'tries', 5)).lost).toBe(0);
  });
  test('is followed by one of the same device, whose count goes on', async () => {
    const before = await lockedPhone(1, 2);
    before.close();
    await deleteLeavingSealed(officerStoreName(officer), officer, 'tries', 5);
    const store = new OfficerStore(officerStoreName(officer));
    await adoptIdentity(store, officer);
    await openStore(store, () => 'another device');
    expect(
      await Promise.all(
        (['device', 'seq', 'made_total', 'receipted_total'] as const).map((key) => fact(store, key)),
      ),
    ).toEqual(['device-1', 2, 2, 2]);
    await aVisit(store, 3);
    expect((await store.outbox.get('m3'))?.seq).toBe(3);
  });
  test('lets go of a copy only for the server’s word', async () => {
    const store = await lockedPhone(1, 2, 3, 4);
    store.close();
    await deleteLeavingSealed(officerStoreName(officer), officer, 'signed_out', 5);
    const box = new LeftBehind(officer);
    const problem = { type: '', title: '', status: 401, detail: '', code: 'session_ended' };
    await takeAnswers(box, [
      { id: 'm1', outcome: 'applied', receipt: null, problem: null },
      { id: 'm2', outcome: 'quarantined', receipt: null, problem },
      { id: 'm3', outcome: 'retry', receipt: null, problem: null },
    ]);
    expect((await box.rows.orderBy('seq').toArray()).map((row) => [row.id, row.answer])).toEqual([
      ['m2', 'session_ended'],
      ['m3', null],
      ['m4', null],
    ]);
    box.close();
    expect(await leftOfficers()).toContain(officer);
  });
});
