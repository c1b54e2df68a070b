import { afterEach, describe, expect, test, vi } from 'vitest';
import { applyAnswers, sendAgain } from '../../src/data/outbox';
import { saveRecords, undoRecords } from '../../src/data/save';
import { applyPulled } from '../../src/data/snapshot';
import { emptyDraft } from '../../src/domain/visit_draft';
import { aVisitMutation, DOOR } from '../builders';
import { aStore } from './stores';

interface Written {
  stores: string[];
  durability: string | undefined;
  done: boolean;
}

/** Notes every writing transaction that the browser is asked for, from a store opened after it. */
function watch(): Written[] {
  const written: Written[] = [];
  const open = IDBDatabase.prototype.transaction;
  vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function (
    this: IDBDatabase,
    stores,
    mode,
    options,
  ) {
    const transaction = open.call(this, stores, mode, options);
    if (mode !== 'readwrite') return transaction;
    const note: Written = {
      ...{ stores: [...transaction.objectStoreNames], durability: options?.durability, done: false },
    };
    transaction.addEventListener('complete', () => (note.done = true));
    written.push(note);
    return transaction;
  });
  return written;
}

const made = () => {
  const { id, kind, record_id, recorded_at, payload } = aVisitMutation(1);
  return { id, kind, record_id, recorded_at, payload };
};

afterEach(() => {
  vi.restoreAllMocks();
});

describe('what must survive a battery that dies', () => {
  test('is written with strict durability: saving, undoing, answers, offers, rows with their cursor', async () => {
    const written = watch();
    const store = await aStore();
    written.length = 0;
    const ids = await saveRecords(store, [made()], DOOR, 0);
    await undoRecords(store, ids, { premises: DOOR, draft: emptyDraft('r', DOOR, 0) }, 1);
    await applyAnswers(store, [], 0);
    await sendAgain(store, []);
    await applyPulled(
      store,
      { reset: false, changes: [], cursor: 'c', epoch: 'e', has_more: false },
      null,
      0,
    );
    expect(written.map((one) => one.durability)).toEqual(written.map(() => 'strict'));
    expect(written.length).toBeGreaterThanOrEqual(5);
  });
  test('is called saved only after the complete event', async () => {
    const written = watch();
    const store = await aStore();
    written.length = 0;
    await saveRecords(store, [made()], DOOR, 0);
    expect(written.map((one) => [one.stores.includes('outbox'), one.done])).toEqual([[true, true]]);
  });
  test('is not called saved when the phone is full, and the draft stays', async () => {
    const store = await aStore();
    const draft = emptyDraft('r', DOOR, 0);
    await store.drafts.put({ premises: DOOR, draft });
    vi.spyOn(IDBObjectStore.prototype, 'add').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    await expect(saveRecords(store, [made()], DOOR, 0)).rejects.toThrow(/full/);
    vi.restoreAllMocks();
    expect([await store.outbox.count(), await store.drafts.count()]).toEqual([0, 1]);
  });
});
