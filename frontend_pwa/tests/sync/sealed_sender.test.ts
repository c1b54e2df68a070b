import { expect, test } from 'vitest';
import { sendSealed, type SealedItem, type SealedSource } from '../../src/sync/sealed_sender';

const item = (n: number, bytes = 10): SealedItem => ({
  id: `m${String(n)}`,
  seq: n,
  sealed: 'x'.repeat(bytes),
});

/** A server that takes everything, and what it was sent; `status` is what it answers instead of 200. */
function aServer(status = 200): {
  batches: string[][];
  fetch: (path: string, init?: RequestInit) => Promise<Response>;
} {
  const batches: string[][] = [];
  return {
    batches,
    fetch: (_path, init) => {
      const { mutations } = JSON.parse(String(init?.body)) as { mutations: SealedItem[] };
      batches.push(mutations.map(({ id }) => id));
      const outcomes = mutations.map(({ id }) => ({ id, outcome: 'applied', receipt: null, problem: null }));
      const headers = { 'content-type': 'application/json' };
      return Promise.resolve(new Response(JSON.stringify({ outcomes }), { status, headers }));
    },
  };
}

function aSource(items: SealedItem[], forgets = true): SealedSource & { left: () => string[] } {
  let left = items;
  return {
    ...{ device: 'd1', made_total: items.length, waiting: () => Promise.resolve(left) },
    answered: (answers) => {
      if (forgets) left = left.filter(({ id }) => !answers.some((answer) => answer.id === id));
      return Promise.resolve();
    },
    left: () => left.map(({ id }) => id),
  };
}

const send = (source: SealedSource, server: { fetch: Parameters<typeof sendSealed>[1] }) =>
  sendSealed(source, server.fetch, () => 0, 'test');

test('all copies leave, at most a hundred and two megabytes at a time, one however large', async () => {
  const many = aSource(Array.from({ length: 150 }, (_, n) => item(n)));
  const server = aServer();
  expect(await send(many, server)).toBeNull();
  expect([server.batches.map((batch) => batch.length), many.left()]).toEqual([[100, 50], []]);
  const large = aServer();
  await send(aSource([item(1, 3_000_000), item(2, 1_500_000), item(3, 1_500_000)]), large);
  expect(large.batches).toEqual([['m1'], ['m2'], ['m3']]);
});
test('a copy that stays is not sent again and again', async () => {
  const server = aServer();
  expect(await send(aSource([item(1)], false), server)).toBeNull();
  expect(server.batches).toEqual([['m1']]);
});
test('a server that breaks keeps the copies here', async () => {
  const source = aSource([item(1)]);
  expect((await send(source, aServer(503)))?.kind).toBe('busy');
  expect(source.left()).toEqual(['m1']);
});
