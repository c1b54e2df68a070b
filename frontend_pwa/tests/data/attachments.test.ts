import { describe, expect, test } from 'vitest';
import {
  announceAttachments,
  announceForgotten,
  attachmentViews,
  changeAttachment,
  draftAttachments,
  dropAttachment,
  dropOldAttachments,
  keepAttachment,
  takeBack,
} from '../../src/data/attachments';
import { fact, type OfficerStore } from '../../src/data/officer_store';
import {
  KEEP_DRAFT_MS,
  KEEP_STORED_MS,
  type AttachmentView,
  type NewAttachment,
} from '../../src/domain/attachments';
import { emptyDraft } from '../../src/domain/visit_draft';
import { saveRecords } from '../../src/data/save';
import { aVisitMutation, DOOR } from '../builders';
import { aStore, counter } from './stores';

const RECORD = '0190a000-0000-7000-8000-0000000000aa';

function aPhoto(size: number): NewAttachment {
  return { kind: 'photo', media_type: 'image/jpeg', blob: new Blob([new Uint8Array(size)]) };
}

async function announced(store: OfficerStore, sizes: readonly number[]): Promise<void> {
  const newId = counter('a');
  for (const size of sizes) await keepAttachment(store, RECORD, aPhoto(size), 0, newId);
  await announceAttachments(store, RECORD, 0);
}

async function states(store: OfficerStore): Promise<AttachmentView['state'][]> {
  return (await attachmentViews(store)).map((row) => row.state);
}

describe('a photo on the phone', () => {
  test('is saved with its announcement, numbered and counted', async () => {
    const store = await aStore();
    await announced(store, [10, 20]);
    const outbox = await store.outbox.orderBy('seq').toArray();
    expect(outbox.map((row) => [row.seq, row.mutation.kind])).toEqual([
      [1, 'attachment.declare'],
      [2, 'attachment.declare'],
    ]);
    expect(outbox[0]?.mutation.payload).toMatchObject({ record: RECORD, kind: 'photo', size_bytes: 10 });
    expect(await fact(store, 'made_total')).toBe(2);
  });

  test('is kept while its record is being written, and nothing is announced before the record is saved', async () => {
    const store = await aStore();
    const newId = counter('a');
    await keepAttachment(store, RECORD, aPhoto(10), 0, newId);
    await keepAttachment(store, RECORD, aPhoto(20), 0, newId);
    await dropAttachment(store, 'a1');
    expect((await draftAttachments(store, RECORD)).map((row) => row.id)).toEqual(['a3']);
    expect(await store.outbox.count()).toBe(0);
  });

  test('belongs to the draft again when the record is undone', async () => {
    const store = await aStore();
    await keepAttachment(store, RECORD, aPhoto(10), 0, counter('a'));
    const ids = await announceAttachments(store, RECORD, 0);
    expect(ids).toEqual(['a2']);
    await takeBack(store, ids);
    expect(await states(store)).toEqual(['draft']);
  });

  test('is announced once, also when the undo of its record came too late', async () => {
    const store = await aStore();
    await announced(store, [10]);
    await takeBack(store, ['a2']);
    expect(await announceAttachments(store, RECORD, 0)).toEqual(['a2']);
    expect(await states(store)).toEqual(['waiting']);
    expect([await store.outbox.count(), await fact(store, 'made_total')]).toEqual([1, 1]);
  });

  test('whose announcement a crash prevented is announced with the next round', async () => {
    const store = await aStore();
    await keepAttachment(store, 'r1', aPhoto(10), 0, counter('a'));
    await keepAttachment(store, 'not saved', aPhoto(10), 0, counter('b'));
    const { id, kind, record_id, recorded_at, payload } = aVisitMutation(1);
    await saveRecords(store, [{ id, kind, record_id, recorded_at, payload }], DOOR, 0);
    await announceForgotten(store, 0);
    expect((await store.outbox.toArray()).map((row) => row.mutation.kind).sort()).toEqual([
      'attachment.declare',
      'visit.record',
    ]);
    expect((await attachmentViews(store)).map((row) => [row.record, row.state])).toEqual([
      ['r1', 'waiting'],
      ['not saved', 'draft'],
    ]);
  });

  test('that was announced cannot be dropped any more', async () => {
    const store = await aStore();
    await announced(store, [10]);
    await dropAttachment(store, 'a1');
    expect(await states(store)).toEqual(['waiting']);
  });

  test('is forgotten a day after its unsaved record, and kept as long as that is there', async () => {
    const store = await aStore();
    await keepAttachment(store, RECORD, aPhoto(10), 0, counter('a'));
    await keepAttachment(store, 'gone', aPhoto(10), 0, counter('b'));
    await store.drafts.put({ premises: 'door', draft: emptyDraft(RECORD, 'door', 0) });
    await dropOldAttachments(store, KEEP_DRAFT_MS);
    expect(await attachmentViews(store)).toHaveLength(2);
    await dropOldAttachments(store, KEEP_DRAFT_MS + 1);
    expect((await attachmentViews(store)).map((row) => row.record)).toEqual([RECORD]);
  });

  test('is kept for seven days after it has arrived and then forgotten', async () => {
    const store = await aStore();
    await announced(store, [10]);
    await changeAttachment(store, 'a1', { state: 'stored', stored_at_ms: 1000 });
    await dropOldAttachments(store, 1000 + KEEP_STORED_MS);
    expect(await states(store)).toEqual(['stored']);
    await dropOldAttachments(store, 1001 + KEEP_STORED_MS);
    expect(await states(store)).toEqual([]);
  });
});
