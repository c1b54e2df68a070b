import Dexie from 'dexie';
import { beforeEach, describe, expect, test } from 'vitest';
import { RowCipher } from '../../src/data/cipher';
import { Keyring, PROTECTED_TABLES, StoreLocked } from '../../src/data/encrypted_tables';
import { fact, OfficerStore, openStore, setFact } from '../../src/data/officer_store';
import { keepForm, saveRecords } from '../../src/data/save';
import type { DoorPage } from '../../src/domain/door_pages';
import type { Me, VisitRecord } from '../../src/domain/records';
import { aVisitMutation, DOOR } from '../builders';
import { counter } from './stores';

const NOTE = '门口有煤气味';
const KEY = new Uint8Array(32).fill(9);
const newName = counter('encrypted-');
const aPage = (area: string, name: string): DoorPage => ({ area, doors: [{ id: area, name }] }) as never;
const aVisit = (id: string): VisitRecord => ({ id, occurred_at: `2026-11-2${id}`, note: NOTE }) as never;

let name = '';
async function opened(key: Uint8Array | null = KEY): Promise<OfficerStore> {
  const keyring = new Keyring();
  if (key) keyring.open(new RowCipher(key));
  const store = new OfficerStore(name, keyring);
  await openStore(store, () => 'device-1');
  return store;
}

/** The rows as they lie on the disk. */
async function onDisk(table: string): Promise<Record<string, unknown>[]> {
  const raw = await new Dexie(name).open();
  const rows = (await raw.table(table).toArray()) as Record<string, unknown>[];
  raw.close();
  return rows;
}

async function change(table: string, edit: (rows: Record<string, unknown>[]) => void): Promise<void> {
  const rows = await onDisk(table);
  edit(rows);
  const raw = await new Dexie(name).open();
  await raw.table(table).bulkPut(rows);
  raw.close();
}

function bytesOf(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    part instanceof Uint8Array ? new TextDecoder('utf-8').decode(part) : part,
  );
}

beforeEach(() => {
  name = newName();
});

describe('with the lock on', () => {
  test('nothing that was written is readable on the disk, in no table', async () => {
    const store = await opened();
    const mutation = aVisitMutation(1);
    (mutation.payload as { note: string }).note = NOTE;
    await saveRecords(store, [mutation as never], DOOR, 0);
    await keepForm(store, 'dispute:new', { text: NOTE }, 0);
    await store.visits.add(aVisit('2'));
    await store.doors.add(aPage('360902', NOTE));
    await setFact(store, 'me', { officer: { name: NOTE } } as unknown as Me);
    for (const table of PROTECTED_TABLES) expect(bytesOf(await onDisk(table))).not.toContain(NOTE);
    expect((await store.outbox.toArray())[0]?.mutation.payload).toMatchObject({ note: NOTE });
    expect((await fact(store, 'me'))?.officer.name).toBe(NOTE);
  });
  test('keys and what is indexed stay readable, and ranges and filters find what they found before', async () => {
    const store = await opened();
    await store.visits.bulkAdd(['1', '2', '3'].map(aVisit));
    expect((await onDisk('visits')).map((row) => Object.keys(row).sort())).toEqual([
      ['$', 'id', 'occurred_at'],
      ['$', 'id', 'occurred_at'],
      ['$', 'id', 'occurred_at'],
    ]);
    expect(await store.visits.where('occurred_at').above('2026-11-21').primaryKeys()).toEqual(['2', '3']);
    expect(await store.visits.filter((row) => row.note === NOTE && row.id !== '1').toArray()).toHaveLength(2);
    expect((await store.visits.orderBy('occurred_at').reverse().first())?.id).toBe('3');
    await store.visits.where('id').equals('2').modify({ note: 'x' });
    expect((await store.visits.bulkGet(['2', '9'])).map((row) => row?.note)).toEqual(['x', undefined]);
  });
  test('an altered row does not open', async () => {
    await (await opened()).visits.add(aVisit('1'));
    await change('visits', ([row]) => {
      const sealed = row?.['$'] as Uint8Array;
      sealed[30] = (sealed[30] ?? 0) ^ 1;
    });
    await expect((await opened()).visits.get('1')).rejects.toThrow();
  });
  test('a row put in the place of another does not open', async () => {
    await (await opened()).doors.bulkAdd([aPage('1', 'a'), aPage('2', 'b')]);
    await change('doors', (rows) => {
      const [first, second] = rows;
      if (first && second) [first['$'], second['$']] = [second['$'], first['$']];
    });
    await expect((await opened()).doors.get('1')).rejects.toThrow();
  });
  test('another key opens nothing', async () => {
    await (await opened()).visits.add(aVisit('1'));
    await expect((await opened(new Uint8Array(32).fill(8))).visits.get('1')).rejects.toThrow();
  });
});

describe('locked', () => {
  beforeEach(async () => {
    const store = await opened();
    await store.lock.put({ name: 'key' });
    await store.visits.add(aVisit('1'));
    store.close();
  });
  test('nothing is read, and nothing is written in clear', async () => {
    const store = await opened(null);
    await expect(store.visits.toArray()).rejects.toThrow(StoreLocked);
    await expect(store.visits.add(aVisit('2'))).rejects.toThrow(StoreLocked);
    await expect(saveRecords(store, [aVisitMutation(1) as never], DOOR, 0)).rejects.toThrow(StoreLocked);
    expect([await store.outbox.count(), await fact(store, 'made_total')]).toEqual([0, 0]);
  });
  test('counting, keys and the identity need no key', async () => {
    const store = await opened(null);
    expect([await store.visits.count(), await fact(store, 'device')]).toEqual([1, 'device-1']);
  });
});

test('rows from before the lock are still read, and are encrypted when they are next written', async () => {
  const before = await opened(null);
  await before.visits.add(aVisit('1'));
  before.close();
  const store = await opened();
  expect((await store.visits.get('1'))?.note).toBe(NOTE);
  await store.visits.update('1', { version: 2 });
  expect(bytesOf(await onDisk('visits'))).not.toContain(NOTE);
});
