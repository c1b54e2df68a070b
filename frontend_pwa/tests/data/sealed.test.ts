import { describe, expect, test } from 'vitest';
import { fact, type OfficerStore } from '../../src/data/officer_store';
import { attachmentBlob } from '../../src/data/attachments';
import { applyAnswers } from '../../src/data/outbox';
import { saveRecords } from '../../src/data/save';
import { importSealed, sealUnsent, unsentOf } from '../../src/data/unsent_file';
import type { AttachmentRow } from '../../src/domain/attachments';
import { aVisitMutation, DOOR, OFFICER } from '../builders';
import { aStore } from './stores';

const PASSPHRASE = '宜春 seven words of rain';
const photo: AttachmentRow = {
  ...{ id: 'p1', record: 'r1', mutation: 'm1', kind: 'photo', media_type: 'image/jpeg', sha256: 'x' },
  ...{ size_bytes: 5, blob: new Blob([Uint8Array.of(1, 2, 3, 10, 255)]), state: 'waiting', made_at_ms: 0 },
  ...{ upload_url: '/api/v1/uploads/7', stored_at_ms: null, stored_epoch: null, altered: 0, problem: null },
};

async function phoneWith(...numbers: number[]): Promise<OfficerStore> {
  const store = await aStore();
  for (const n of numbers) {
    const { id, kind, record_id, recorded_at, payload } = aVisitMutation(n, {
      note: `楼上漏水 ${String(n)}`,
    });
    await saveRecords(store, [{ id, kind, record_id, recorded_at, payload }], DOOR, 0);
  }
  return store;
}

async function fileOf(store: OfficerStore): Promise<Uint8Array<ArrayBuffer>> {
  return sealUnsent(await unsentOf(store), OFFICER, PASSPHRASE, 0);
}

const read = (
  store: OfficerStore,
  file: Uint8Array<ArrayBuffer>,
  passphrase = PASSPHRASE,
  officer = OFFICER,
) => importSealed(store, officer, file, passphrase, 9);

describe('the file of unsent records', () => {
  test('brings records and photos into another phone of the officer, with the same content and hash', async () => {
    const store = await phoneWith(1, 2);
    await store.attachments.add(photo);
    const other = await phoneWith(3);
    const answer = await read(other, await fileOf(store));
    expect(answer).toEqual({ kind: 'imported', records: 2, attachments: 1, known: 0 });
    expect(await other.outbox.get('m2')).toMatchObject({
      mutation: { ...(await store.outbox.get('m2'))?.mutation, seq: 3 },
    });
    expect((await other.outbox.orderBy('seq').toArray()).map((row) => [row.id, row.seq, row.state])).toEqual([
      ['m3', 1, 'waiting'],
      ['m1', 2, 'waiting'],
      ['m2', 3, 'waiting'],
    ]);
    expect(await fact(other, 'made_total')).toBe(3);
    const copy = await other.attachments.get('p1');
    const bytes = (await attachmentBlob(other, 'p1'))?.arrayBuffer();
    expect([...new Uint8Array((await bytes) ?? new ArrayBuffer(0))]).toEqual([1, 2, 3, 10, 255]);
    expect([copy?.upload_url, copy?.state]).toEqual([null, 'waiting']);
  });
  test('read twice brings nothing twice, nor what was sent meanwhile', async () => {
    const store = await phoneWith(1, 2);
    const file = await fileOf(store);
    const sha256 = (await store.outbox.get('m1'))?.mutation.payload_sha256 ?? '';
    const receipt = { unit: 's1', n: 1, received_at: '', sha256 };
    await applyAnswers(store, [{ id: 'm1', outcome: 'applied', receipt, problem: null }], 5);
    expect(await read(store, file)).toEqual({ kind: 'imported', records: 0, attachments: 0, known: 2 });
    expect([await store.outbox.count(), await fact(store, 'made_total')]).toEqual([1, 2]);
  });
  test('shows nothing of its content to who has not the passphrase', async () => {
    const file = await fileOf(await phoneWith(1));
    expect(new TextDecoder().decode(file)).not.toContain('楼上漏水');
    const other = await aStore();
    expect(await read(other, file, 'seven words of rain')).toEqual({ kind: 'wrong_passphrase' });
    expect(await other.outbox.count()).toBe(0);
  });
  test('leaves out what the server holds: a record that a lead turned down kept its officer from signing out', async () => {
    const store = await phoneWith(1, 2, 3);
    const [held, other] = await store.outbox.orderBy('seq').toArray();
    const receipt = { unit: 's1', n: null, received_at: '2026-11-22T09:00:00Z' };
    const problem = { type: '', title: '', status: 422, detail: '', code: 'discarded_by_lead' };
    const quarantined = { outcome: 'quarantined', problem } as const;
    const sha256 = held?.mutation.payload_sha256 ?? '';
    // The second receipt is of another content under the same id: the server may not hold this one.
    await applyAnswers(
      store,
      [
        { id: held?.id ?? '', ...quarantined, receipt: { ...receipt, sha256 } },
        { id: other?.id ?? '', ...quarantined, receipt: { ...receipt, sha256: 'other' } },
      ],
      5,
    );
    const unsent = await unsentOf(store);
    expect([unsent.mutations.map((one) => one.seq), await store.outbox.count()]).toEqual([[2, 3], 3]);
  });
  test('takes a passphrase that another keyboard composes differently', async () => {
    const unsent = await unsentOf(await phoneWith(1));
    const file = await sealUnsent(unsent, OFFICER, 'caf\u00e9', 0);
    expect((await read(await aStore(), file, 'cafe\u0301')).kind).toBe('imported');
  });
  test('that was cut short or changed is refused whole', async () => {
    const file = await fileOf(await phoneWith(1, 2));
    const other = await aStore();
    expect(await read(other, file.slice(0, -7))).toEqual({ kind: 'wrong_passphrase' });
    expect(await read(other, file.slice(0, 20))).toEqual({ kind: 'not_such_a_file' });
    expect(await read(other, new Uint8Array())).toEqual({ kind: 'not_such_a_file' });
    const changed = file.slice();
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    expect(await read(other, changed)).toEqual({ kind: 'wrong_passphrase' });
    expect(await other.outbox.count()).toBe(0);
  });
  test('of another officer is not taken', async () => {
    const file = await fileOf(await phoneWith(1));
    expect(await read(await aStore(), file, PASSPHRASE, 'somebody else')).toEqual({
      kind: 'another_officer',
    });
  });
});
