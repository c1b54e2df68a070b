import { describe, expect, test } from 'vitest';
import { snapshotDigests } from '../../src/data/digest';
import { fact, setFact } from '../../src/data/officer_store';
import { offerAgain } from '../../src/data/outbox';
import type { Change } from '../../src/domain/records';
import type { EnginePorts } from '../../src/sync/engine';
import type { Failure } from '../../src/sync/machine_types';
import { aDoor } from '../builders';
import { aPhone, AFTER_UNDO_MS, phoneWith } from './phones';

const KEY = { public_key: 'spki' };
const signedOut: Partial<EnginePorts> = {
  ...KEY,
  ownSession: () => Promise.resolve<Failure>({ kind: 'signed_out' }),
};
const enrolment = { unit: 's1', enrolled_at_ms: 0, due: false };
const doors = (count: number): Change[] =>
  Array.from({ length: count }, (_, n): Change => {
    const record = aDoor({ id: `door-${String(n)}` });
    return { unit: 's1', n, type: 'premises', id: record.id, version: 1, op: 'put', record };
  });
const refusal = (status: number, code: string) => (): Response =>
  new Response(JSON.stringify({ status, code }), {
    status,
    headers: { 'content-type': 'application/problem+json' },
  });

/** Timers that fire when the test says so. */
function timers(): { after: EnginePorts['after']; fire: (delay_ms: number) => void } {
  const waiting: { delay_ms: number; call: () => void }[] = [];
  return {
    after: (delay_ms, call) => {
      const timer = { delay_ms, call };
      waiting.push(timer);
      return () => {
        if (waiting.includes(timer)) waiting.splice(waiting.indexOf(timer), 1);
      };
    },
    fire: (delay_ms) => {
      waiting.find((timer) => timer.delay_ms === delay_ms)?.call();
    },
  };
}

describe('a device', () => {
  test('enrols with its key before it sends anything, once', async () => {
    const { store, server } = await phoneWith(1);
    const phone = aPhone(store, server, KEY);
    await phone.round();
    await phone.round();
    expect(server.asked.filter((what) => what === 'enrol' || what === 'push')).toEqual(['enrol', 'push']);
    expect([phone.status().signing, (await fact(store, 'enrolment'))?.unit]).toEqual(['signed', 's1']);
  });
  test('that needs a code sends nothing, says so, and goes on once it has one', async () => {
    const { store, server } = await phoneWith(1);
    server.enrolment = refusal(403, 'enrolment_code_needed');
    const phone = aPhone(store, server, KEY);
    await phone.round();
    expect([server.pushes, phone.status().refused_code]).toEqual([0, 'enrolment_code_needed']);
    server.enrolment = () =>
      new Response('{"unit":"s1"}', { headers: { 'content-type': 'application/json' } });
    expect(await phone.engine.enrol('ABCD-EFGH')).toEqual({ kind: 'enrolled' });
    await phone.round();
    expect([server.stored.size, phone.status().refused_code]).toEqual([1, null]);
  });
  test('without a way to make keys sends unsigned and says so', async () => {
    const { store, server } = await phoneWith(1);
    const phone = aPhone(store, server);
    await phone.round();
    expect([server.stored.size, server.asked.includes('enrol'), phone.status().signing]).toEqual([
      1,
      false,
      'unsigned',
    ]);
  });
  test('that a restored server has forgotten enrols again in the same round', async () => {
    const { store, server } = await phoneWith(1);
    await setFact(store, 'enrolment', enrolment);
    server.faults = ['unknown_device'];
    await aPhone(store, server, KEY).round();
    expect(server.asked.slice(0, 3)).toEqual(['push', 'enrol', 'push']);
    expect(await store.outbox.count()).toBe(0);
  });
});

describe('an officer who is signed out', () => {
  test('on an enrolled device still sends, and reads nothing', async () => {
    const { store, server } = await phoneWith(2);
    await setFact(store, 'enrolment', enrolment);
    const phone = aPhone(store, server, signedOut);
    await phone.round();
    expect([server.stored.size, server.asked, phone.status().trouble]).toEqual([2, ['push'], 'signed_out']);
  });
  test('on a device that never enrolled keeps the records', async () => {
    const { store, server } = await phoneWith(2);
    await aPhone(store, server, signedOut).round();
    expect([server.asked, await store.outbox.count()]).toEqual([[], 2]);
  });
});

describe('work that does not move', () => {
  test('for 30 s is broken off, counted, and done by the next round', async () => {
    const { store, server } = await phoneWith(3);
    server.faults = ['hangs'];
    const { after, fire } = timers();
    const phone = aPhone(store, server, { after });
    const stalled = phone.round();
    await expect.poll(() => server.pushes).toBe(1);
    fire(30_000);
    await stalled;
    expect([phone.status().stalls, phone.status().trouble, await store.outbox.count()]).toEqual([
      1,
      'no_network',
      3,
    ]);
    await phone.round();
    expect(await store.outbox.count()).toBe(0);
  });
});

describe('after a restore that lost everything', () => {
  test('what was sent in the last seven days is offered, sent again and counted once', async () => {
    const { store, server } = await phoneWith(3);
    const phone = aPhone(store, server);
    await phone.round();
    expect([await store.sent.count(), await fact(store, 'receipted_total')]).toEqual([3, 3]);
    server.restoreEmpty('e2');
    await phone.round();
    expect([server.stored.size, await store.outbox.count(), await store.sent.count()]).toEqual([3, 0, 3]);
    expect([
      await fact(store, 'receipted_total'),
      await fact(store, 'made_total'),
      server.made_total,
    ]).toEqual([3, 3, 3]);
    // Once after the restore, and once before: what is sent before the first pull was sent in nobody knows which epoch.
    expect(server.asked.filter((what) => what === 'offer')).toHaveLength(2);
  });
  test('the doors stay till the feed has been read to its end again', async () => {
    const { store, server } = await phoneWith(0);
    server.feed = doors(4);
    const phone = aPhone(store, server);
    await phone.round();
    const held = async (): Promise<number> =>
      (await store.doors.toArray()).flatMap((page) => page.doors).length;
    server.restoreEmpty('e2');
    server.feed = doors(2);
    let pulls = 0;
    const breaking: EnginePorts['fetch'] = (input, init) => {
      if (input.includes('/pull')) pulls += 1;
      return pulls === 2 ? Promise.reject(new TypeError('Failed to fetch')) : server.fetch(input, init);
    };
    await aPhone(store, server, { fetch: breaking }).round();
    expect(await held()).toBe(4);
    server.restoreEmpty('e2');
    server.feed = doors(2);
    await aPhone(store, server).round();
    expect(await held()).toBe(2);
  });
});

describe('a record that needs attention', () => {
  test('is offered again when the app starts: a lead may have released it', async () => {
    const { store, server } = await phoneWith(2);
    server.invalid.add('m1');
    await aPhone(store, server).round();
    expect((await store.outbox.get('m1'))?.state).toBe('attention');
    server.invalid.clear();
    const again = aPhone(store, server);
    await again.round();
    expect([await store.outbox.count(), server.stored.size]).toEqual([0, 2]);
  });
  test('is not sent with every round', async () => {
    const { store, server } = await phoneWith(1);
    server.invalid.add('m1');
    const phone = aPhone(store, server);
    await phone.round();
    await phone.round();
    expect(server.pushes).toBe(1);
    await offerAgain(store);
    await phone.round();
    expect(server.pushes).toBe(2);
  });
});

test('what the phone says it made leaves out what may still be undone', async () => {
  const { store, server } = await phoneWith(3);
  await store.outbox.update('m3', { held_until_ms: AFTER_UNDO_MS + 2000 });
  await aPhone(store, server).round();
  expect([server.stored.size, server.made_total]).toEqual([2, 2]);
});

describe('phone and server', () => {
  test('that hold the same say so, and are not asked again for six hours', async () => {
    const { store, server } = await phoneWith(0);
    server.feed = doors(3);
    const phone = aPhone(store, server);
    await phone.round();
    server.digest = { cursor_is_current: true, types: await snapshotDigests(store) };
    await phone.round();
    expect(phone.status().compared).toEqual({ equal: true, at_ms: AFTER_UNDO_MS });
    await phone.round();
    await aPhone(store, server).round();
    expect(server.asked.filter((what) => what === 'digest')).toHaveLength(2);
  });
  test('that differ offer what was sent: a server restored in place had lost it and did not know', async () => {
    const { store, server } = await phoneWith(2);
    const phone = aPhone(store, server);
    await phone.round();
    server.stored.clear();
    const types = await snapshotDigests(store);
    server.digest = { cursor_is_current: true, types: { ...types, visit: { count: 1, sha256: 'other' } } };
    await phone.round();
    await phone.round();
    expect([server.stored.size, await store.outbox.count(), await store.sent.count()]).toEqual([2, 0, 2]);
  });
  test('that differ are made equal by reading the feed again, without touching what waits', async () => {
    const { store, server } = await phoneWith(1);
    server.busyFor.add('m1');
    server.feed = doors(3);
    await aPhone(store, server).round();
    const types = await snapshotDigests(store);
    await store.doors.clear();
    server.digest = { cursor_is_current: true, types };
    const phone = aPhone(store, server);
    await phone.round();
    expect([await snapshotDigests(store), phone.status().compared?.equal]).toEqual([types, true]);
    expect(await store.outbox.count()).toBe(1);
  });
});

test('a reset whose next page does not come leaves the doors: no empty screen behind a broken network', async () => {
  const { store, server } = await phoneWith(0);
  server.feed = doors(4);
  await aPhone(store, server).round();
  server.resetAt = { page: 2, epoch: 'e' };
  let resets = 0;
  const fetch: EnginePorts['fetch'] = async (input, init) => {
    if (resets > 0 && input.includes('/pull')) throw new TypeError('Failed to fetch');
    const answer = await server.fetch(input, init);
    if (input.includes('/pull') && (await answer.clone().text()).includes('"reset":true')) resets += 1;
    return answer;
  };
  await aPhone(store, server, { fetch }).round();
  expect([resets, (await store.doors.toArray()).flatMap((page) => page.doors).length]).toEqual([1, 4]);
});

test('a page that starts anew never ends the first sync, whatever it says', async () => {
  const { store, server } = await phoneWith(0);
  server.resetAt = { page: 0, epoch: 'e' };
  const fetch: EnginePorts['fetch'] = async (input, init) => {
    const answer = await server.fetch(input, init);
    if (!input.includes('/pull')) return answer;
    const page = (await answer.json()) as { reset: boolean; has_more: boolean };
    const headers = { 'content-type': 'application/json' };
    return page.reset
      ? new Response(JSON.stringify({ ...page, has_more: false }), { headers })
      : refusal(503, '')();
  };
  await aPhone(store, server, { fetch }).round();
  expect(await fact(store, 'first_sync_done')).not.toBe(true);
});
