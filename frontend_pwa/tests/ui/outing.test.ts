import { describe, expect, test } from 'vitest';
import { blocksOf, dropOldOutings, dropOuting, KEEP_OUTINGS_MS, runningOuting } from '../../src/data/outings';
import { fact, type OfficerStore } from '../../src/data/officer_store';
import { MAX_OUTING_MS, type OutingChoice } from '../../src/domain/outing';
import type { RecorderEvents } from '../../src/location/recorder';
import type { VisibilityEvents } from '../../src/location/visibility';
import { Outing } from '../../src/ui/outing.svelte';
import { aStore, counter } from '../data/stores';

const START_MS = Date.parse('2026-11-22T00:00:00Z');
const CHOICE: OutingChoice = { kind: 'street', mode: 'foot', officers: ['b'], plan: null };

/** The browser around one opened app: its clock, its positioning, its page. */
class Phone {
  now_ms = START_MS;
  hidden = false;
  recording = false;
  screenHeld = false;
  patrol: string | null = null;
  recorder: RecorderEvents | null = null;
  visibility: VisibilityEvents | null = null;
  outing: Outing;

  constructor(
    readonly store: OfficerStore,
    newId: () => string,
    locks = { exclusively: (work: () => Promise<void>) => work() },
  ) {
    this.outing = new Outing({
      ...{ store, newId, locks, now_ms: () => this.now_ms, isHidden: () => this.hidden },
      recorder: (events) => {
        this.recorder = events;
        return { start: () => (this.recording = true), stop: () => (this.recording = false) };
      },
      wakeLock: (changed) => ({
        hold: () => {
          this.screenHeld = true;
          changed('held');
          return Promise.resolve();
        },
        release: () => (this.screenHeld = false),
      }),
      followVisibility: (events) => {
        this.visibility = events;
        return () => (this.visibility = null);
      },
      followBattery: () => () => undefined,
      madeIn: () => ({ visits: 2, disputes: 1, observations: 0 }),
      onPatrol: (id) => (this.patrol = id),
      onSaved: () => undefined,
    });
  }

  async opened(): Promise<this> {
    this.outing.open();
    await until(() => this.outing.loaded && this.outing.leading);
    await written(this);
    return this;
  }

  async walk(from_s: number, to_s: number): Promise<void> {
    for (let at_s = from_s; at_s <= to_s; at_s += 5) {
      this.now_ms = START_MS + at_s * 1000;
      const t_ms = this.now_ms;
      const where = { lon: 114, lat: 27 + at_s / 100_000, accuracy_m: 8, speed_mps: 1, heading_deg: 0 };
      this.recorder?.onFix({ t_ms, ...where });
      await written(this);
    }
  }
}

async function until(happened: () => boolean): Promise<void> {
  for (let n = 0; !happened(); n += 1) {
    if (n > 2000) throw new Error('it did not happen');
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}
/** What was asked before is done: commands wait for each other. */
const written = (phone: Phone): Promise<unknown> => phone.outing.changeMode('foot');

async function outbox(store: OfficerStore): Promise<string[]> {
  return (await store.outbox.orderBy('seq').toArray()).map((row) => row.mutation.kind);
}
async function fixesLeft(store: OfficerStore): Promise<number> {
  const rows = await store.outbox.toArray();
  return rows.reduce(
    (sum, { mutation }) => sum + (mutation.kind === 'patrol.fixes' ? mutation.payload.t_ms.length : 0),
    0,
  );
}

describe('an outing', () => {
  test('stands in the database and in the outbox before it is on the screen', async () => {
    const store = await aStore();
    const phone = await new Phone(store, counter('i')).opened();
    const id = await phone.outing.start(CHOICE);
    expect(phone.outing.running?.id).toBe(id);
    expect(phone.patrol).toBe(id);
    expect((await runningOuting(store))?.id).toBe(id);
    expect(await outbox(store)).toEqual(['patrol.start', 'patrol.leg']);
    expect(await fact(store, 'made_total')).toBe(2);
  });
  test('may leave at once: nothing of it waits for an undo', async () => {
    const store = await aStore();
    const phone = await new Phone(store, counter('i')).opened();
    await phone.outing.start(CHOICE);
    const rows = await store.outbox.toArray();
    expect(rows.every((row) => row.held_until_ms <= phone.now_ms)).toBe(true);
  });
  test('that cannot be written is not started', async () => {
    const store = await aStore();
    const phone = await new Phone(store, () => 'same').opened();
    await expect(phone.outing.start(CHOICE)).rejects.toThrow();
    expect([phone.outing.running, phone.recording, phone.patrol]).toEqual([null, false, null]);
    expect(await outbox(store)).toEqual([]);
  });
  test('asks for position and screen only while it records', async () => {
    const store = await aStore();
    const phone = await new Phone(store, counter('i')).opened();
    const asked = (): boolean[] => [phone.recording, phone.screenHeld];
    expect(asked()).toEqual([false, false]);
    await phone.outing.start(CHOICE);
    expect(asked()).toEqual([true, true]);
    await phone.outing.pause();
    expect(asked()).toEqual([false, false]);
    await phone.outing.resume();
    expect(asked()).toEqual([true, true]);
    phone.visibility?.onHidden();
    await written(phone);
    expect(asked()).toEqual([false, true]);
    phone.visibility?.onShown();
    await written(phone);
    expect(asked()).toEqual([true, true]);
    await phone.outing.end();
    expect(asked()).toEqual([false, false]);
    expect(phone.patrol).toBeNull();
  });
  test('ended: everything left, in the order the server needs it, with what was made in it', async () => {
    const store = await aStore();
    const phone = await new Phone(store, counter('i')).opened();
    const id = await phone.outing.start(CHOICE);
    await phone.walk(5, 30);
    await phone.outing.changeMode('car');
    await phone.walk(35, 50);
    await phone.outing.end();
    const kinds = await outbox(store);
    expect(kinds.slice(0, 4)).toEqual(['patrol.start', 'patrol.leg', 'patrol.leg', 'patrol.fixes']);
    expect(kinds.at(-1)).toBe('patrol.end');
    expect(await fixesLeft(store)).toBe(10);
    expect((await store.outings.get(id ?? ''))?.made).toEqual({ visits: 2, disputes: 1, observations: 0 });
  });
});

describe('a browser that is killed', () => {
  // each line: what was done before the kill, how many fixes were recorded by then
  const moments: [when: string, before: (phone: Phone) => Promise<unknown>, fixes: number][] = [
    ['right after the start', () => Promise.resolve(), 0],
    ['with an open block', (phone) => phone.walk(5, 60), 12],
    ['right after a block left', (phone) => phone.walk(5, 125), 25],
    ['in the dark', (phone) => phone.walk(5, 60).then(() => phone.visibility?.onHidden()), 12],
    ['in a pause', (phone) => phone.walk(5, 60).then(() => phone.outing.pause()), 12],
    ['after a change of mode', (phone) => phone.walk(5, 60).then(() => phone.outing.changeMode('car')), 12],
  ];
  test.each(moments)(
    '%s: nothing recorded is lost or sent twice, and the rest is a gap',
    async (_, before, fixes) => {
      const store = await aStore();
      const newId = counter('i');
      const killed = await new Phone(store, newId).opened();
      const id = await killed.outing.start(CHOICE);
      await before(killed);
      await written(killed).catch(() => undefined);
      // nothing is said to it: its page is gone
      const phone = new Phone(store, newId);
      phone.now_ms = START_MS + 1_000_000;
      await phone.opened();
      expect(phone.outing.running?.id).toBe(id);
      expect(phone.patrol).toBe(id);
      expect(await fixesLeft(store)).toBe(fixes);
      const reasons = phone.outing.running?.gaps.map((gap) => gap.reason);
      expect(['hidden', 'paused', 'closed']).toContain(reasons?.at(-1));
      await phone.outing.end();
      expect(await fixesLeft(store)).toBe(fixes);
      expect((await outbox(store)).filter((kind) => kind === 'patrol.end')).toHaveLength(1);
      const inBlocks = (await blocksOf(store, id ?? '')).reduce((sum, block) => sum + block.t_ms.length, 0);
      expect(inBlocks).toBe(fixes);
    },
  );
  test('for a night: at the next start the outing is over since its twelfth hour', async () => {
    const store = await aStore();
    const newId = counter('i');
    const killed = await new Phone(store, newId).opened();
    const id = await killed.outing.start(CHOICE);
    const phone = new Phone(store, newId);
    phone.now_ms = START_MS + 2 * MAX_OUTING_MS;
    await phone.opened();
    expect(phone.outing.running).toBeNull();
    expect(phone.outing.timedOut).toBe(id);
    expect(phone.recording).toBe(false);
    const end = (await store.outbox.toArray()).find((row) => row.mutation.kind === 'patrol.end');
    expect(end?.mutation).toMatchObject({
      recorded_at: '2026-11-22T12:00:00.000Z',
      payload: { ended_how: 'timeout' },
    });
  });
});

describe('a phone that cannot write for a while', () => {
  test('keeps recording in memory, says so, and writes all of it as soon as it can', async () => {
    const store = await aStore();
    const phone = await new Phone(store, counter('i')).opened();
    await phone.outing.start(CHOICE);
    const refuse = (): never => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    store.fix_blocks.hook('creating', refuse);
    phone.now_ms += 5000;
    phone.recorder?.onFix({
      t_ms: phone.now_ms,
      lon: 114,
      lat: 27,
      accuracy_m: 8,
      speed_mps: 1,
      heading_deg: 0,
    });
    await until(() => phone.outing.failure !== null);
    await expect(phone.outing.pause()).rejects.toThrow();
    expect(phone.outing.running?.paused).toBe(false);
    expect(phone.recording).toBe(true);
    store.fix_blocks.hook('creating').unsubscribe(refuse);
    await phone.walk(10, 20);
    expect(phone.outing.failure).toBeNull();
    await phone.outing.end();
    expect(await fixesLeft(store)).toBe(4);
  });
});

test('of two windows one records; the other shows it and goes on when the first is closed', async () => {
  const store = await aStore();
  const newId = counter('i');
  let free: () => void = () => undefined;
  const first = await new Phone(store, newId).opened();
  const released = new Promise<void>((resolve) => (free = resolve));
  const second = new Phone(store, newId, { exclusively: (work) => released.then(work) });
  second.outing.open();
  const id = await first.outing.start(CHOICE);
  await until(() => second.outing.running?.id === id);
  expect([second.outing.leading, second.recording, second.patrol]).toEqual([false, false, id]);
  expect(await second.outing.start(CHOICE)).toBeNull();
  first.outing.stop();
  free();
  await until(() => second.recording);
  expect(second.outing.leading).toBe(true);
});

describe('own outings on the phone', () => {
  test('are dropped with their track, but never the one that runs', async () => {
    const store = await aStore();
    const phone = await new Phone(store, counter('i')).opened();
    const id = (await phone.outing.start(CHOICE)) ?? '';
    await phone.walk(5, 20);
    expect(await dropOuting(store, id)).toBe(false);
    await phone.outing.end();
    expect(await dropOuting(store, id)).toBe(true);
    expect([await store.outings.count(), await store.fix_blocks.count()]).toEqual([0, 0]);
    // what waits to be sent has its own copy
    expect(await fixesLeft(store)).toBe(4);
  });
  test('stay for thirty days', async () => {
    const store = await aStore();
    const phone = await new Phone(store, counter('i')).opened();
    await phone.outing.start(CHOICE);
    await phone.outing.end();
    await dropOldOutings(store, START_MS + KEEP_OUTINGS_MS);
    expect(await store.outings.count()).toBe(1);
    await dropOldOutings(store, START_MS + KEEP_OUTINGS_MS + MAX_OUTING_MS + 1);
    expect(await store.outings.count()).toBe(0);
  });
});
