import Dexie from 'dexie';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  fact,
  missingRecords,
  OfficerStore,
  openStore,
  StoreTooNew,
  takeMissing,
} from '../../src/data/officer_store';
import type { OutboxRow, SentRow } from '../../src/domain/mutations';
import { FakeServer } from '../sync/fake_server';
import { aPhone } from '../sync/phones';
import { writeDump, type Dump } from './dumped_store';

/** One file a released version; a new version adds its own and none is ever changed. */
const FOLDER = new URL('../fixtures/', import.meta.url);
const dumps = readdirSync(FOLDER)
  .filter((name) => /^store-v\d+\.json$/.test(name))
  .map((name) => ({ name, dump: JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as Dump }));

let count = 0;
async function opened(dump: Dump): Promise<OfficerStore> {
  const store = new OfficerStore(`released-${String(++count)}`);
  await writeDump(store.name, dump);
  await openStore(store, () => 'another device');
  return store;
}

test('there is a database of every released version', () => {
  expect(dumps.map(({ name }) => name)).toEqual(['store-v1.json', 'store-v2.json']);
});

describe.each(dumps)('a phone that comes from $name', ({ dump }) => {
  const facts = Object.fromEntries((dump.rows['facts'] ?? []).map((row) => [row['key'], row['value']]));
  test('keeps every row of every table as it was', async () => {
    const store = await opened(dump);
    for (const { name } of dump.stores.filter((known) => known.name !== 'facts'))
      expect([name, await store.table(name).toArray()]).toEqual([name, dump.rows[name]]);
    for (const [key, value] of Object.entries(facts))
      expect([key, await fact(store, key as 'device')]).toEqual([key, value]);
  });
  test('misses none of its unsent records', async () => {
    expect(await missingRecords(await opened(dump))).toBe(0);
  });
  test('sends them all, unaltered', async () => {
    const store = await opened(dump);
    const server = new FakeServer();
    await aPhone(store, server, { now_ms: () => 1_795_300_300_000 }).round();
    const unsent = (dump.rows['outbox'] ?? []) as unknown as OutboxRow[];
    expect(await store.outbox.count()).toBe(0);
    for (const row of unsent) expect(server.stored.get(row.id)?.mutation).toEqual(row.mutation);
    const sent = (dump.rows['sent'] ?? []) as unknown as SentRow[];
    expect(await store.sent.count()).toBe(sent.length + unsent.length);
  });
});

test('a database of a newer app is not opened, and not touched', async () => {
  const newer: Dump = {
    version: 990,
    stores: [
      { name: 'outbox', keyPath: 'id', indexes: [] },
      { name: 'of the future', keyPath: 'id', indexes: [] },
    ],
    rows: { outbox: [{ id: 'm1', shape: 'new' }], 'of the future': [{ id: 'x' }] },
  };
  await writeDump('from-the-future', newer);
  await expect(openStore(new OfficerStore('from-the-future'), () => 'd')).rejects.toThrow(StoreTooNew);
  const after = await new Dexie('from-the-future').open();
  expect([after.verno, after.tables.map((table) => table.name).sort()]).toEqual([
    99,
    ['of the future', 'outbox'],
  ]);
  expect(await after.table('outbox').toArray()).toEqual([{ id: 'm1', shape: 'new' }]);
});

test('an outbox that lost its rows is noticed: made, receipted and waiting do not add up, and it is told once', async () => {
  const [first] = dumps;
  const store = await opened(first?.dump ?? { version: 10, stores: [], rows: {} });
  await store.outbox.clear();
  expect([await takeMissing(store), await takeMissing(store)]).toEqual([7, 0]);
});
