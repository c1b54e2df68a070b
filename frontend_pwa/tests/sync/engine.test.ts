import { describe, expect, test } from 'vitest';
import type { Change } from '../../src/domain/records';
import type { EnginePorts, Locks } from '../../src/sync/engine';
import { aDoor } from '../builders';
import { aPhone, phoneWith, sharedLock } from './phones';

describe('a phone with unsent records', () => {
  test('sends them all, in batches, and keeps the receipts', async () => {
    const { store, server } = await phoneWith(120);
    await aPhone(store, server).round();
    expect([await store.outbox.count(), await store.sent.count(), server.stored.size, server.pushes]).toEqual(
      [0, 120, 120, 3],
    );
  });
  test('whose answer was lost sends again and hears “duplicate”: nothing lost, nothing doubled', async () => {
    const { store, server } = await phoneWith(3);
    server.faults = ['lost_answer'];
    const phone = aPhone(store, server);
    await phone.round();
    expect([await store.outbox.count(), phone.status().trouble]).toEqual([3, 'no_network']);
    await phone.round();
    expect([await store.outbox.count(), server.stored.size]).toEqual([0, 3]);
    expect((await store.sent.toArray()).map((row) => row.outcome)).toEqual([
      'duplicate',
      'duplicate',
      'duplicate',
    ]);
  });
  test.each(['no_network', '503', 'html', '401'] as const)(
    'that meets %s keeps everything and comes back',
    async (fault) => {
      const { store, server } = await phoneWith(2);
      server.faults = [fault];
      const phone = aPhone(store, server);
      await phone.round();
      expect(await store.outbox.count()).toBe(2);
      await phone.round();
      expect([await store.outbox.count(), phone.status().trouble]).toEqual([0, null]);
    },
  );
  test('behind a captive portal says that there is no network, not that the server is broken', async () => {
    const { store, server } = await phoneWith(1);
    server.faults = ['html'];
    const phone = aPhone(store, server);
    await phone.round();
    expect(phone.status().trouble).toBe('no_network');
  });
  test('whose session belongs to another officer sends nothing', async () => {
    const { store, server } = await phoneWith(1);
    const phone = aPhone(store, server, { ownSession: () => Promise.resolve({ kind: 'signed_out' }) });
    await phone.round();
    expect([server.pushes, phone.status().trouble]).toEqual([0, 'signed_out']);
  });
});

describe('one bad record does not hold up the others', () => {
  test('when it is quarantined', async () => {
    const { store, server } = await phoneWith(5);
    server.invalid.add('m1');
    await aPhone(store, server).round();
    expect((await store.outbox.toArray()).map((row) => [row.id, row.state])).toEqual([['m1', 'attention']]);
    expect(server.stored.size).toBe(4);
  });
  test('when the server cannot take it now, even at the head of many', async () => {
    const { store, server } = await phoneWith(120);
    for (let n = 1; n <= 60; n += 1) server.busyFor.add(`m${String(n)}`);
    const phone = aPhone(store, server);
    await phone.round();
    expect([await store.outbox.count(), server.stored.size]).toEqual([60, 60]);
    server.busyFor.clear();
    await phone.round();
    expect(await store.outbox.count()).toBe(0);
  });
  test('when it spoils the whole batch: it is found by halving and set aside', async () => {
    const { store, server } = await phoneWith(60);
    server.spoils = 'm7';
    await aPhone(store, server).round();
    expect((await store.outbox.toArray()).map((row) => [row.id, row.state])).toEqual([['m7', 'attention']]);
    expect(server.stored.size).toBe(59);
  });
});

test('two tabs of one officer send one after the other, and each record once', async () => {
  const { store, server } = await phoneWith(80);
  const locks = sharedLock();
  await Promise.all([aPhone(store, server, { locks }).round(), aPhone(store, server, { locks }).round()]);
  expect([server.mostParallel, server.pushes, server.stored.size, await store.outbox.count()]).toEqual([
    1, 2, 80, 0,
  ]);
});

test('a lock that is refused is a failure like any other: the phone comes back', async () => {
  const { store, server } = await phoneWith(1);
  let refused = 0;
  const locks: Locks = {
    exclusively: (work) => {
      refused += 1;
      return refused === 1 ? Promise.reject(new DOMException('stolen', 'AbortError')) : work();
    },
  };
  const phone = aPhone(store, server, { locks });
  await phone.round();
  expect(phone.status().trouble).toBe('busy');
  await phone.round();
  expect(await store.outbox.count()).toBe(0);
});

test('a record in its undo time is not sent', async () => {
  const { store, server } = await phoneWith(1);
  await aPhone(store, server, { now_ms: () => 4_999 }).round();
  expect(server.stored.size).toBe(0);
});

describe('the feed', () => {
  const doors = Array.from({ length: 45 }, (_, n) => aDoor({ id: `door-${String(n)}` }));
  const feed = doors.map((record, n): Change => ({
    unit: 's1',
    n,
    type: 'premises',
    id: record.id,
    version: 1,
    op: 'put',
    record,
  }));
  test('is read to its end, over many pages', async () => {
    const { store, server } = await phoneWith(0);
    server.feed = feed;
    await aPhone(store, server).round();
    expect((await store.doors.toArray()).flatMap((page) => page.doors)).toHaveLength(45);
  });
  test('goes on where it stopped when the network breaks in the middle of the first sync', async () => {
    const { store, server } = await phoneWith(0);
    server.feed = feed;
    let asked = 0;
    const breaking: EnginePorts['fetch'] = (input, init) => {
      asked += 1;
      return asked === 4 ? Promise.reject(new TypeError('Failed to fetch')) : server.fetch(input, init);
    };
    const phone = aPhone(store, server, { fetch: breaking });
    await phone.round();
    expect((await store.doors.toArray()).flatMap((page) => page.doors)).toHaveLength(6);
    await phone.round();
    expect((await store.doors.toArray()).flatMap((page) => page.doors)).toHaveLength(45);
  });
  test('is told to the screens as it comes', async () => {
    const { store, server } = await phoneWith(0);
    server.feed = feed.slice(0, 2);
    const seen: string[] = [];
    await aPhone(store, server, {
      onPulled: (changes) => seen.push(...changes.map((change) => change.id)),
    }).round();
    expect(seen).toEqual(['door-0', 'door-1']);
  });
});
