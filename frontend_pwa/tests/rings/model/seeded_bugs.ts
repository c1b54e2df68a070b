/**
 * SHELL: mistakes that sync clients make, put around the product's own parts. The ring must see each of them; the
 * product without it must pass the same history.
 */
import Dexie from 'dexie';
import { setFact, type OfficerStore } from '../../../src/data/officer_store';
import { saveRecords } from '../../../src/data/save';
import type { SyncStorage } from '../../../src/data/sync_storage';
import type { Mutation, OutcomeRow } from '../../../src/domain/mutations';
import type { Fetch } from '../../../src/sync/http';
import type { Parts } from './parts';

const PUSH = '/api/v1/sync/push';

async function sentIn(init: RequestInit | undefined): Promise<{ mutations: Mutation[] }> {
  return JSON.parse(await new Response(init?.body ?? '{}').text()) as { mutations: Mutation[] };
}

function idsIn(body: { mutations: Mutation[] }): string[] {
  return body.mutations.map((mutation) => mutation.id);
}

/** Changes how a push is sent or heard. */
function onPush(
  change: (next: Fetch, path: string, init: RequestInit, store: OfficerStore) => Promise<Response>,
): Parts {
  return {
    ask: (fetch, store) => (path, init) =>
      path === PUSH ? change(fetch, path, init ?? {}, store) : fetch(path, init),
  };
}

function onStorage(change: (storage: SyncStorage, store: OfficerStore) => Partial<SyncStorage>): Parts {
  return { storage: (storage, store) => ({ ...storage, ...change(storage, store) }) };
}

/** Takes rows with such an outcome out of the outbox, as if they were done. */
function droppedWhen(isDone: (answer: OutcomeRow) => boolean): Parts {
  return onStorage((storage, store) => ({
    applyAnswers: async (answers, now_ms) => {
      await storage.applyAnswers(answers, now_ms);
      await store.outbox.bulkDelete(answers.filter(isDone).map((answer) => answer.id));
    },
  }));
}

async function answeredAs(response: Response, status: number): Promise<Response> {
  return new Response(await response.text(), { status, headers: response.headers });
}

/** The server's answer with other outcomes in it. */
async function withOutcomes(
  response: Response,
  change: (outcomes: OutcomeRow[]) => OutcomeRow[],
): Promise<Response> {
  if (!response.ok || !response.headers.get('content-type')?.includes('json')) return response;
  const text = await response.text();
  let body: { outcomes?: OutcomeRow[] };
  try {
    body = JSON.parse(text) as { outcomes?: OutcomeRow[] };
  } catch {
    return new Response(text, { headers: response.headers });
  }
  const changed = body.outcomes ? { ...body, outcomes: change(body.outcomes) } : body;
  return new Response(JSON.stringify(changed), { headers: response.headers });
}

/** A row goes missing once a start: the comparison with the server is there to find and mend that. */
export const rowGoesMissing: Parts = {
  storage: (storage) => {
    let dropped = false;
    return {
      ...storage,
      applyPulled: (batch, from, now_ms) => {
        const changes = dropped ? batch.changes : batch.changes.slice(1);
        if (batch.changes.length > 0) dropped = true;
        return storage.applyPulled({ ...batch, changes }, from, now_ms);
      },
    };
  },
};

function adoptsTheirDigest(): Parts {
  let theirs: unknown = null;
  const hears: Parts['ask'] = (fetch) => async (path, init) => {
    const response = await fetch(path, init);
    if (path.includes('/sync/digest') && response.ok) {
      theirs = (
        (await response
          .clone()
          .json()
          .catch(() => null)) as { types?: unknown } | null
      )?.types;
    }
    return response;
  };
  return {
    ask: hears,
    storage: (storage, store) => ({
      ...(rowGoesMissing.storage?.(storage, store) ?? storage),
      digests: () => Promise.resolve(theirs as Awaited<ReturnType<SyncStorage['digests']>>),
    }),
  };
}

export const seededBugs: Record<string, Parts> = {
  'the cursor is written before the rows': onStorage((storage, store) => ({
    applyPulled: async (batch, from, now_ms) => {
      const applied = await storage.applyPulled({ ...batch, changes: [] }, from, now_ms);
      if (!applied.written) return applied;
      await setFact(store, 'pulled_at_ms', now_ms);
      await storage.applyPulled({ ...batch, reset: false }, batch.cursor, now_ms);
      return applied;
    },
  })),
  'a batch that could not be sent is deleted': onPush(async (next, path, init, store) => {
    try {
      return await next(path, init);
    } catch (error) {
      await store.outbox.bulkDelete(idsIn(await sentIn(init)));
      throw error;
    }
  }),
  'a batch leaves the outbox before it is sent': onPush(async (next, path, init, store) => {
    await store.outbox.bulkDelete(idsIn(await sentIn(init)));
    return next(path, init);
  }),
  'an interrupted first sync counts as complete': onStorage((storage) => ({
    applyPulled: (batch, from, now_ms) => storage.applyPulled({ ...batch, has_more: false }, from, now_ms),
  })),
  'what is not in this part of the feed is deleted': onStorage((storage, store) => ({
    applyPulled: async (batch, from, now_ms) => {
      const applied = await storage.applyPulled(batch, from, now_ms);
      const here = new Set(batch.changes.map((change) => change.id));
      if (here.size > 0) await store.visits.filter((visit) => !here.has(visit.id)).delete();
      return applied;
    },
  })),
  'a refused record is dropped in silence': droppedWhen((answer) => answer.outcome === 'quarantined'),
  '“not now” counts as done': droppedWhen((answer) => answer.outcome === 'retry'),
  'the server’s digest is taken for our own': adoptsTheirDigest(),
  'a wrong clock is never corrected': {
    fetch: (fetch) => async (path, init) => {
      const response = await fetch(path, init);
      response.headers.delete('date');
      return response;
    },
  },
  'two tabs send at once': { locks: { exclusively: (work) => work() } },
  'an update makes the database anew': {
    open: async (name) => {
      const old = new Dexie(name);
      const version = await old
        .open()
        .then(() => old.verno)
        .catch(() => 0);
      old.close();
      if (version === 1) await Dexie.delete(name);
    },
  },
  '“saved” is said before the transaction is complete': {
    save: (store, made, premises, now_ms) => {
      saveRecords(store, made, premises, now_ms).catch(() => undefined);
      return Promise.resolve(made.map(({ id }) => id));
    },
  },
  'a request that is refused for good is tried for ever': onPush(async (next, path, init) => {
    const response = await next(path, init);
    return response.status === 400 || response.status === 413 ? answeredAs(response, 503) : response;
  }),
  'a server that forgot the phone is never told again': {
    ask: (fetch) => {
      let enrolled: string | null = null;
      return async (path, init) => {
        if (path !== '/api/v1/devices/enrol') return fetch(path, init);
        const headers = { 'content-type': 'application/json' };
        if (enrolled !== null) return new Response(enrolled, { headers });
        const response = await fetch(path, init);
        if (response.ok) enrolled = await response.clone().text();
        return response;
      };
    },
  },
  'receipts are matched by their place in the answer': onPush(async (next, path, init) => {
    const ids = idsIn(await sentIn(init));
    const byPlace = (outcomes: OutcomeRow[]): OutcomeRow[] =>
      outcomes.map((answer, index) => ({ ...answer, id: ids[index] ?? answer.id }));
    return withOutcomes(await next(path, init), byPlace);
  }),
  'the cursor is kept across epochs': onStorage((storage) => {
    let first: string | null = null;
    return {
      applyPulled: (batch, from, now_ms) => {
        first ??= batch.epoch;
        return storage.applyPulled({ ...batch, reset: false, epoch: first }, from, now_ms);
      },
    };
  }),
  'records that need attention are never sent again': onStorage((storage) => ({
    view: (now_ms, limits, later) => storage.view(now_ms, { ...limits, attention: false }, later),
  })),
  'receipts are thrown away at once': onStorage((storage, store) => ({
    dropOldReceipts: () => store.sent.clear(),
    applyAnswers: storage.applyAnswers,
  })),
  'every try gets a new id': onPush(async (next, path, init) => {
    const body = await sentIn(init);
    tries += 1;
    const renamed = body.mutations.map((one) => ({ ...one, id: `${one.id}-${String(tries)}` }));
    const answer = await next(path, { ...init, body: JSON.stringify({ ...body, mutations: renamed }) });
    return withOutcomes(answer, (outcomes) =>
      outcomes.map((one) => ({ ...one, id: one.id.split('-').slice(0, 2).join('-') })),
    );
  }),
  'a record is put together anew for sending': onPush(async (next, path, init) => {
    const body = await sentIn(init);
    const mutations = body.mutations.map((one) => ({
      ...one,
      payload: { ...one.payload, sent_with: '0.1.0' },
    }));
    return next(path, { ...init, body: JSON.stringify({ ...body, mutations }) });
  }),
};

let tries = 0;
