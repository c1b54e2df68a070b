import { describe, expect, test } from 'vitest';
import { applyAnswers, dropOldReceipts, offerAgain, outboxView, setAside } from '../../src/data/outbox';
import { payloadSha256 } from '../../src/data/hashing';
import { fact, openStore } from '../../src/data/officer_store';
import { keepDraft, keptDraft, saveRecords, undoRecords } from '../../src/data/save';
import {
  KEEP_SENT_MS,
  roughBytes,
  UNDO_MS,
  type Mutation,
  type NewMutation,
} from '../../src/domain/mutations';
import { emptyDraft } from '../../src/domain/visit_draft';
import { aVisitMutation, DOOR } from '../builders';
import { aStore, storeNamed } from './stores';

const NONE = new Set<string>();
const FIFTY = { records: 50, bytes: Infinity, attention: false };
const made = (n: number): NewMutation => {
  const { id, kind, record_id, recorded_at, payload } = aVisitMutation(n);
  return { id, kind, record_id, recorded_at, payload };
};
const sha256 = payloadSha256(aVisitMutation(1).payload);
const receipt = { unit: 's1', n: 1, received_at: '2026-11-22T08:00:00Z', sha256 };
const problem = { type: '', title: '', status: 400, detail: '', code: 'payload_invalid' };

describe('saving a visit', () => {
  test('puts it into the outbox, counts it and removes its draft in one go', async () => {
    const store = await aStore();
    await keepDraft(store, emptyDraft('r1', DOOR, 0));
    await saveRecords(store, [made(1), made(2)], DOOR, 1000);
    expect(await store.outbox.orderBy('seq').primaryKeys()).toEqual(['m1', 'm2']);
    expect([await fact(store, 'seq'), await fact(store, 'made_total')]).toEqual([2, 2]);
    expect(await keptDraft(store, DOOR)).toBeNull();
  });
  test('seals each record with the hash of its payload', async () => {
    const store = await aStore();
    await saveRecords(store, [made(1)], DOOR, 1000);
    expect((await store.outbox.get('m1'))?.mutation.payload_sha256).toMatch(/^[0-9a-f]{64}$/);
  });
  test('does all or nothing: when one record cannot be written, none is, and the draft stays', async () => {
    const store = await aStore();
    await saveRecords(store, [made(1)], 'another door', 1000);
    await keepDraft(store, emptyDraft('r2', DOOR, 0));
    await expect(saveRecords(store, [made(2), made(1)], DOOR, 2000)).rejects.toThrow();
    expect(await store.outbox.count()).toBe(1);
    expect(await fact(store, 'made_total')).toBe(1);
    expect(await keptDraft(store, DOOR)).not.toBeNull();
  });
  test('survives a phone that dies right after: another opening finds it', async () => {
    const store = await aStore();
    await saveRecords(store, [made(1)], DOOR, 1000);
    store.close();
    const again = storeNamed(store.name);
    expect(await openStore(again, () => 'another device')).toBe('device-1');
    expect(await again.outbox.count()).toBe(1);
  });
});

describe('undo', () => {
  const draft = emptyDraft('r1', DOOR, 0);
  test('within five seconds takes the record back and brings the draft back', async () => {
    const store = await aStore();
    const ids = await saveRecords(store, [made(1)], DOOR, 1000);
    expect(await undoRecords(store, ids, { premises: draft.premises, draft }, 1000 + UNDO_MS - 1)).toBe(true);
    expect([await store.outbox.count(), await fact(store, 'made_total')]).toEqual([0, 0]);
    expect(await keptDraft(store, DOOR)).toEqual(draft);
  });
  test('after five seconds changes nothing', async () => {
    const store = await aStore();
    const ids = await saveRecords(store, [made(1)], DOOR, 1000);
    expect(await undoRecords(store, ids, { premises: draft.premises, draft }, 1000 + UNDO_MS)).toBe(false);
    expect(await store.outbox.count()).toBe(1);
  });
  test('never gives a number of an undone record to another', async () => {
    const store = await aStore();
    await undoRecords(
      store,
      await saveRecords(store, [made(1)], DOOR, 1000),
      { premises: draft.premises, draft },
      1001,
    );
    await saveRecords(store, [made(2)], DOOR, 2000);
    expect((await store.outbox.get('m2'))?.seq).toBe(2);
  });
});

describe('the outbox', () => {
  test('holds a record back during its undo time and says when it may go', async () => {
    const store = await aStore();
    await saveRecords(store, [made(1)], DOOR, 1000);
    expect(await outboxView(store, 2000, FIFTY, NONE)).toMatchObject({ ready: [], next_release_ms: 4000 });
    expect((await outboxView(store, 6000, FIFTY, NONE)).ready).toHaveLength(1);
  });
  test('does not hold a record for hours when the clock is set back', async () => {
    const store = await aStore();
    await saveRecords(store, [made(1)], DOOR, 86_400_000);
    expect((await outboxView(store, 1000, FIFTY, NONE)).ready).toHaveLength(1);
  });
  test('lets go of a record only for a receipt, and keeps the receipt', async () => {
    const store = await aStore();
    await saveRecords(store, [made(1), made(2), made(3)], DOOR, 0);
    const answers = [
      { id: 'm1', outcome: 'applied', receipt, problem: null },
      { id: 'm2', outcome: 'retry', receipt: null, problem: null },
      { id: 'unknown', outcome: 'applied', receipt, problem: null },
    ] as const;
    await applyAnswers(store, answers, 9000);
    expect(await store.outbox.orderBy('seq').primaryKeys()).toEqual(['m2', 'm3']);
    expect((await store.sent.get('m1'))?.receipt).toEqual(receipt);
  });
  test('does not let go of a record for a receipt of other content', async () => {
    const store = await aStore();
    await saveRecords(store, [made(1)], DOOR, 0);
    const other = { ...receipt, sha256: 'f'.repeat(64) };
    await applyAnswers(store, [{ id: 'm1', outcome: 'applied', receipt: other, problem: null }], 9000);
    expect(await store.outbox.get('m1')).toMatchObject({
      state: 'attention',
      answer: { problem: { code: 'receipt_differs' } },
    });
  });
  test('fills a batch by bytes, and one record goes however large it is', async () => {
    const store = await aStore();
    await saveRecords(store, [made(1), made(2), made(3)], DOOR, 0);
    const size = roughBytes((await store.outbox.get('m1'))?.mutation as Mutation);
    const ids = async (bytes: number): Promise<string[]> =>
      (await outboxView(store, 9000, { ...FIFTY, bytes }, NONE)).ready.map((row) => row.id);
    expect([await ids(10), await ids(2 * size), await ids(100_000)]).toEqual([
      ['m1'],
      ['m1', 'm2'],
      ['m1', 'm2', 'm3'],
    ]);
  });
  test('keeps a quarantined record on the phone, with the reason, and sends the others', async () => {
    const store = await aStore();
    await saveRecords(store, [made(1), made(2)], DOOR, 0);
    await applyAnswers(
      store,
      [{ id: 'm1', outcome: 'quarantined', receipt: { ...receipt, n: null }, problem }],
      9000,
    );
    expect(await store.outbox.get('m1')).toMatchObject({
      state: 'attention',
      answer: { problem: { code: 'payload_invalid' } },
    });
    expect((await outboxView(store, 9000, FIFTY, NONE)).ready.map((row) => row.id)).toEqual(['m2']);
  });
  test('offers a record again when the officer asks for it', async () => {
    const store = await aStore();
    await saveRecords(store, [made(1)], DOOR, 0);
    await setAside(store, 'm1', problem);
    expect((await outboxView(store, 9000, FIFTY, NONE)).ready).toEqual([]);
    await offerAgain(store);
    expect((await outboxView(store, 9000, FIFTY, NONE)).ready).toHaveLength(1);
  });
  test('forgets receipts after seven days', async () => {
    const store = await aStore();
    await saveRecords(store, [made(1)], DOOR, 0);
    await applyAnswers(store, [{ id: 'm1', outcome: 'duplicate', receipt, problem: null }], 1000);
    await dropOldReceipts(store, 1000 + KEEP_SENT_MS);
    expect(await store.sent.count()).toBe(1);
    await dropOldReceipts(store, 1001 + KEEP_SENT_MS);
    expect(await store.sent.count()).toBe(0);
  });
});
