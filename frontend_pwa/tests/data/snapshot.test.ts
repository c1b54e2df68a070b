import Dexie from 'dexie';
import { describe, expect, test } from 'vitest';
import { fact, forgetSnapshot, openStore, setFact, type OfficerStore } from '../../src/data/officer_store';
import { saveRecords } from '../../src/data/save';
import {
  applyPulled,
  pullCursor,
  replaceSnapshot,
  type Applied,
  type PulledBatch,
} from '../../src/data/snapshot';
import type { Change } from '../../src/domain/records';
import { aDispute, aDoor, aMe, anOutboxRow, aVisit, aVisitMutation, DOOR } from '../builders';
import { aStore, storeNamed } from './stores';

const put = (type: 'premises' | 'visit' | 'dispute', record: { id: string; version: number }): Change =>
  ({ unit: 's', n: 1, type, id: record.id, version: record.version, op: 'put', record }) as Change;
const batch = (changes: Change[], part: Partial<PulledBatch> = {}): PulledBatch => ({
  ...{ reset: false, changes, cursor: 'c1', epoch: 'e1', has_more: false },
  ...part,
});

const applied = async (store: OfficerStore, pulled: PulledBatch, now_ms: number): Promise<Applied> =>
  applyPulled(store, pulled, await pullCursor(store), now_ms);

describe('what the feed brings', () => {
  test('is written together with the cursor', async () => {
    const store = await aStore();
    await applied(
      store,
      batch([put('premises', aDoor()), put('visit', aVisit()), put('dispute', aDispute())]),
      5,
    );
    expect([await store.doors.count(), await store.visits.count(), await store.disputes.count()]).toEqual([
      1, 1, 1,
    ]);
    expect(await pullCursor(store)).toBe('c1');
  });
  test('is written as a whole or not at all, cursor included', async () => {
    const store = await aStore();
    const broken = put('visit', aVisit({ id: undefined as unknown as string }));
    await expect(applied(store, batch([put('premises', aDoor()), broken]), 5)).rejects.toThrow();
    expect([await store.doors.count(), await pullCursor(store)]).toEqual([0, null]);
  });
  test('of an unknown type is let be', async () => {
    const store = await aStore();
    await applied(store, batch([{ ...put('visit', aVisit()), type: 'weather' } as unknown as Change]), 5);
    expect(await store.visits.count()).toBe(0);
  });
  test('counts the first sync as done only at its end', async () => {
    const store = await aStore();
    await applied(store, batch([put('premises', aDoor())], { has_more: true }), 5);
    expect(await fact(store, 'first_sync_done')).toBeUndefined();
    await applied(store, batch([]), 6);
    expect(await fact(store, 'first_sync_done')).toBe(true);
  });
  test('takes away what was retracted', async () => {
    const store = await aStore();
    await applied(store, batch([put('visit', aVisit()), put('premises', aDoor())]), 5);
    const gone = [aVisit(), aDoor()].map(
      (row, index) =>
        ({ ...put(index === 0 ? 'visit' : 'premises', row), op: 'retract', record: null }) as Change,
    );
    await applied(store, batch(gone), 6);
    expect([await store.visits.count(), await store.doors.count()]).toEqual([0, 0]);
  });
  test('after a reset replaces everything, and the outbox is not touched', async () => {
    const store = await aStore();
    await store.outbox.add(anOutboxRow(1));
    await applied(store, batch([put('visit', aVisit({ id: 'old' }))]), 5);
    await applied(
      store,
      batch([put('visit', aVisit({ id: 'new' }))], { reset: true, cursor: 'c9', has_more: true }),
      6,
    );
    expect(await store.visits.toCollection().primaryKeys()).toEqual(['new']);
    expect([await fact(store, 'first_sync_done'), await store.outbox.count()]).toEqual([false, 1]);
  });
  test('that comes after another tab has moved on is not written', async () => {
    const store = await aStore();
    await applied(store, batch([put('visit', aVisit())], { cursor: 'c2' }), 5);
    const late = await applyPulled(store, batch([], { cursor: 'c1' }), null, 6);
    expect([late.written, await pullCursor(store)]).toEqual([false, 'c2']);
  });
});

describe('reading the feed again from its start', () => {
  const visit = (id: string, version = 1): Change => put('visit', aVisit({ id, version }));
  test('keeps the rows till its end and drops what did not come again', async () => {
    const store = await aStore();
    await applied(store, batch([visit('kept'), visit('gone'), put('premises', aDoor())]), 5);
    await replaceSnapshot(store);
    expect([await pullCursor(store), await store.visits.count()]).toEqual([null, 2]);
    await applied(store, batch([visit('kept')], { has_more: true }), 6);
    expect([await store.visits.count(), await store.doors.count()]).toEqual([2, 1]);
    const last = await applied(store, batch([visit('new')]), 7);
    expect((await store.visits.toCollection().primaryKeys()).sort()).toEqual(['kept', 'new']);
    expect([last.swept, await store.doors.count(), await store.seen.count()]).toEqual([true, 0, 0]);
  });
  test('is what another epoch means: what was sent must be offered, and older versions count', async () => {
    const store = await aStore();
    await applied(store, batch([put('premises', aDoor({ version: 9 })), visit('lost', 4)]), 5);
    const page = [put('premises', aDoor({ version: 3 }))];
    const restored = await applied(store, batch(page, { reset: true, epoch: 'e2', has_more: true }), 6);
    expect([restored.new_epoch, await fact(store, 'offer_due'), await store.visits.count()]).toEqual([
      true,
      true,
      1,
    ]);
    await applied(store, batch([], { epoch: 'e2' }), 7);
    expect([(await store.doors.toArray())[0]?.doors[0]?.version, await store.visits.count()]).toEqual([3, 0]);
  });
});

describe('signing out', () => {
  test('forgets what was read and keeps identity, counters and receipts', async () => {
    const store = await aStore();
    const { id, kind, record_id, recorded_at, payload } = aVisitMutation(1);
    await saveRecords(store, [{ id, kind, record_id, recorded_at, payload }], DOOR, 0);
    await setFact(store, 'me', aMe());
    await applied(store, batch([put('premises', aDoor())]), 5);
    await forgetSnapshot(store);
    expect([await store.doors.count(), await fact(store, 'me'), await pullCursor(store)]).toEqual([
      0,
      undefined,
      null,
    ]);
    expect([
      await fact(store, 'device'),
      await fact(store, 'made_total'),
      await store.outbox.count(),
    ]).toEqual(['device-1', 1, 1]);
  });
});

test('a database of version 1 with an unsent queue opens with every record in it', async () => {
  const old = new Dexie('released-1');
  old
    .version(1)
    .stores({ facts: 'key', outbox: 'id, seq', sent: 'id, sent_at_ms', drafts: 'premises', doors: 'area' });
  await old.table('outbox').add(anOutboxRow(7));
  await old.table('facts').bulkAdd([
    { key: 'device', value: 'the same device' },
    { key: 'made_total', value: 7 },
  ]);
  old.close();
  const store = storeNamed('released-1');
  expect(await openStore(store, () => 'new')).toBe('the same device');
  expect([await store.outbox.count(), await fact(store, 'made_total')]).toEqual([1, 7]);
});
