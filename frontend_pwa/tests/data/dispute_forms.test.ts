import { expect, test } from 'vitest';
import { attachmentsOf } from '../../src/data/attachment_counts';
import {
  announceAttachments,
  attachmentViews,
  dropOldAttachments,
  keepAttachment,
} from '../../src/data/attachments';
import { keepForm, keptForm, saveRecords, undoRecords } from '../../src/data/save';
import { KEEP_DRAFT_MS, type NewAttachment } from '../../src/domain/attachments';
import { emptyStep, stepKey, stepMutation } from '../../src/domain/dispute_step';
import { aStore, counter } from './stores';

const KEY = stepKey('d1', 'session_held');
const draft = {
  ...emptyStep({ id: 's1', dispute: 'd1', event: 'session_held', corrected: null, officer: 'o1' }),
  note: '双方到场',
};
const aPhoto = (): NewAttachment => ({
  ...{ kind: 'photo', media_type: 'image/jpeg', blob: new Blob([new Uint8Array(10)]) },
});

test('a step that is undone is a form again, as it was', async () => {
  const store = await aStore();
  await keepForm(store, KEY, draft, 0);
  const ids = await saveRecords(store, [stepMutation(draft, [], 'm1', '2026-11-22T08:00:00.000Z')], KEY, 0);
  expect(await keptForm(store, KEY)).toBeNull();
  expect(await undoRecords(store, ids, { key: KEY, value: draft, at_ms: 0 }, 1000)).toBe(true);
  expect((await keptForm(store, KEY))?.value).toEqual(draft);
  expect(await store.outbox.count()).toBe(0);
});

test('a photo of a step that is being written stays, however long that takes', async () => {
  const store = await aStore();
  await keepForm(store, KEY, draft, 0);
  await keepAttachment(store, 's1', aPhoto(), 0, counter('a'));
  await keepAttachment(store, 'gone', aPhoto(), 0, counter('b'));
  await dropOldAttachments(store, 3 * KEEP_DRAFT_MS);
  expect((await attachmentViews(store)).map(({ record }) => record)).toEqual(['s1']);
});

test('the files of a step are counted once it is saved', async () => {
  const store = await aStore();
  await keepAttachment(store, 's1', aPhoto(), 0, counter('a'));
  await keepAttachment(store, 's1', aPhoto(), 0, counter('b'));
  expect(await attachmentsOf(store, ['s1'])).toEqual(new Map());
  await announceAttachments(store, 's1', 0);
  await store.attachments.update('a1', { state: 'stored' });
  expect(await attachmentsOf(store, ['s1', 's2'])).toEqual(new Map([['s1', { made: 2, stored: 1 }]]));
});
