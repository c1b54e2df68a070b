import { describe, expect, test } from 'vitest';
import {
  announceAttachments,
  attachmentViews,
  keepAttachment,
  tryAttachmentsAgain,
} from '../../src/data/attachments';
import { applyAnswers } from '../../src/data/outbox';
import { setFact, type OfficerStore } from '../../src/data/officer_store';
import { MAX_ALTERED, type AttachmentView } from '../../src/domain/attachments';
import type { PushOutcome } from '../../src/domain/mutations';
import { UploadQueue, type UploadPorts } from '../../src/sync/uploads';
import { aStore, counter } from '../data/stores';
import { FakeTus } from './fake_tus';

const RECORD = '0190a000-0000-7000-8000-0000000000aa';
const ORIGIN = 'https://xunfang.example';

function bytesOf(size: number, seed = 1): number[] {
  return Array.from({ length: size }, (_, index) => (index * 31 + seed) % 256);
}

function aPhoto(size: number, seed = 1): { kind: 'photo'; media_type: string; blob: Blob } {
  return { kind: 'photo', media_type: 'image/jpeg', blob: new Blob([new Uint8Array(bytesOf(size, seed))]) };
}

/** Photos of one record; with an outcome their announcements have been answered with it. */
async function withPhotos(
  store: OfficerStore,
  sizes: readonly number[],
  outcome: PushOutcome | null = 'applied',
): Promise<void> {
  const newId = counter('a');
  for (const [index, size] of sizes.entries()) {
    await keepAttachment(store, RECORD, aPhoto(size, index), 0, newId);
  }
  const ids = await announceAttachments(store, RECORD, 0);
  if (outcome) await answered(store, ids, outcome);
}

async function answered(store: OfficerStore, ids: readonly string[], outcome: PushOutcome): Promise<void> {
  const rows = await store.outbox.bulkGet([...ids]);
  const answers = ids.map((id, index) => {
    const sha256 = rows[index]?.mutation.payload_sha256 ?? '';
    const receipt = { unit: 'S1', n: 1, received_at: '2026-11-22T00:00:00Z', sha256 };
    return { id, outcome, receipt, problem: null };
  });
  await applyAnswers(store, answers, 0);
}

interface Phone {
  queue: UploadQueue;
  /** Wakes the queue and resolves when it has nothing to do or waits for its timer. */
  round: () => Promise<void>;
  delays: number[];
}

function aPhone(store: OfficerStore, server: FakeTus, part: Partial<UploadPorts> = {}): Phone {
  const delays: number[] = [];
  let ended: Promise<void> = Promise.resolve();
  const queue = new UploadQueue({
    ...{ store, fetch: server.fetch, origin: ORIGIN, now_ms: () => 1000, random: () => 0.5 },
    locks: {
      exclusively: (work) => {
        ended = work();
        return ended;
      },
    },
    after: (delay_ms) => {
      delays.push(delay_ms);
      return () => undefined;
    },
    ...{ mayUpload: () => true, onChanged: () => undefined },
    ...part,
  });
  const round = async (): Promise<void> => {
    queue.wake();
    await ended;
    // the queue notices the end of its round one turn later
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
  };
  return { queue, round, delays };
}

async function states(store: OfficerStore): Promise<AttachmentView['state'][]> {
  return (await attachmentViews(store)).map((row) => row.state);
}

describe('the queue of photos', () => {
  test('sends the smallest first, each whole', async () => {
    const store = await aStore();
    const server = new FakeTus();
    await withPhotos(store, [3000, 1000, 2000]);
    await aPhone(store, server).round();
    expect(server.whole()).toEqual([bytesOf(1000, 1), bytesOf(2000, 2), bytesOf(3000, 0)]);
    expect(await states(store)).toEqual(['stored', 'stored', 'stored']);
  });

  test('sends nothing of a record that is still being written', async () => {
    const store = await aStore();
    const server = new FakeTus();
    await keepAttachment(store, RECORD, aPhoto(10), 0, counter('a'));
    await aPhone(store, server).round();
    expect(server.requests).toEqual([]);
  });

  test('sends nothing before the announcement has its answer', async () => {
    const store = await aStore();
    const server = new FakeTus();
    await withPhotos(store, [100], null);
    await aPhone(store, server).round();
    expect(server.requests).toEqual([]);
  });

  test('sends the photo of a record that a lead holds', async () => {
    const store = await aStore();
    const server = new FakeTus();
    await withPhotos(store, [100], 'quarantined');
    await aPhone(store, server).round();
    expect(server.whole()).toHaveLength(1);
  });

  test('sends nothing while records wait or the network is down', async () => {
    const store = await aStore();
    const server = new FakeTus();
    await withPhotos(store, [100]);
    await aPhone(store, server, { mayUpload: () => false }).round();
    expect(server.requests).toEqual([]);
  });

  test('goes on where it was cut, in another tab and after a reload, and sends little twice', async () => {
    const store = await aStore();
    const server = new FakeTus();
    await withPhotos(store, [300_000]);
    const cuts = [1, 65_000, 30_000, 7, 50_000];
    for (const bytes of cuts) {
      await aPhone(store, faultyPatch(server, bytes)).round();
      expect(await states(store)).toEqual(['waiting']);
    }
    await aPhone(store, server).round();
    expect(server.whole()).toEqual([bytesOf(300_000, 0)]);
    expect(server.uploads.size).toBe(1);
    expect(server.received_bytes).toBe(300_000);
  });

  test('waits after a failure, longer each time, and not longer than the server asks at least', async () => {
    const store = await aStore();
    const server = new FakeTus();
    await withPhotos(store, [100]);
    const phone = aPhone(store, server);
    server.faults = [{ kind: 'lost' }, { kind: 'lost' }];
    await phone.round();
    await phone.round();
    server.faults = [{ kind: 'status', status: 503, code: 'uploads_busy', headers: { 'retry-after': '20' } }];
    await phone.round();
    expect(phone.delays).toEqual([625, 1125, 20_000]);
  });

  test('is not held up by one file that the server cannot take', async () => {
    const store = await aStore();
    const server = new FakeTus();
    await withPhotos(store, [100, 200]);
    const phone = aPhone(store, server);
    server.faults = [{ kind: 'status', status: 500, code: 'internal_error' }];
    await phone.round();
    await phone.round();
    expect(server.whole()).toEqual([bytesOf(200, 1), bytesOf(100, 0)]);
  });

  test.each([
    ['a portal that answers everything', { status: 200, code: '', ours: false }],
    ['a portal that knows no such page', { status: 404, code: '', ours: false }],
    ['a server that breaks', { status: 500, code: 'internal_error' }],
    ['a session that has ended', { status: 401, code: 'signature_required' }],
  ])('does not send the whole file again because of %s', async (_name, fault) => {
    const store = await aStore();
    const server = new FakeTus();
    await withPhotos(store, [100_000]);
    await aPhone(store, faultyPatch(server, 65_536)).round();
    server.faults = [{ kind: 'status', ...fault }];
    await aPhone(store, server).round();
    await aPhone(store, server).round();
    expect(server.whole()).toHaveLength(1);
    expect(server.uploads.size).toBe(1);
    expect(server.received_bytes).toBe(100_000);
  });

  test('starts over when the server has forgotten the upload', async () => {
    const store = await aStore();
    const server = new FakeTus();
    await withPhotos(store, [100_000]);
    await aPhone(store, faultyPatch(server, 10)).round();
    server.uploads.clear();
    await aPhone(store, server).round();
    expect(server.whole()).toEqual([bytesOf(100_000, 0)]);
  });

  test('asks whether a restored server still has what was sent, and sends it again when it has not', async () => {
    const store = await aStore();
    const server = new FakeTus();
    await setFact(store, 'epoch', 'first');
    await withPhotos(store, [100, 200]);
    await aPhone(store, server).round();
    await setFact(store, 'epoch', 'second');
    server.uploads.delete('/api/v1/uploads/2');
    server.requests = [];
    await aPhone(store, server).round();
    expect(server.requests.slice(0, 2)).toEqual(['HEAD /api/v1/uploads/1', 'HEAD /api/v1/uploads/2']);
    expect(server.whole()).toEqual([bytesOf(100, 0), bytesOf(200, 1)]);
    server.requests = [];
    await aPhone(store, server).round();
    expect(server.requests).toEqual([]);
  });

  test('gives up on a file that arrives altered each time, shows it, and takes it up again when asked', async () => {
    const store = await aStore();
    const server = new FakeTus();
    await withPhotos(store, [100]);
    const altered = { status: 460, code: 'upload_altered' };
    const phone = aPhone(store, server);
    for (let n = 0; n < MAX_ALTERED; n += 1) {
      server.faults = [{ kind: 'status', ...altered }];
      await phone.round();
    }
    expect(await attachmentViews(store)).toMatchObject([{ state: 'attention', problem: 'upload_altered' }]);
    await tryAttachmentsAgain(store);
    await phone.round();
    expect(await states(store)).toEqual(['stored']);
  });

  test('shows a file that the server refuses and goes on with the next', async () => {
    const store = await aStore();
    const server = new FakeTus();
    await withPhotos(store, [100, 200]);
    server.faults = [{ kind: 'status', status: 422, code: 'upload_not_as_declared' }];
    await aPhone(store, server).round();
    expect(await attachmentViews(store)).toMatchObject([
      { state: 'attention', problem: 'upload_not_as_declared' },
      { state: 'stored' },
    ]);
  });

  test('after its end sends nothing any more', async () => {
    const store = await aStore();
    const server = new FakeTus();
    await withPhotos(store, [100]);
    const phone = aPhone(store, server);
    phone.queue.stop();
    await phone.round();
    expect(server.requests).toEqual([]);
  });
});

/** The server, over a network that lets so many bytes of the next PATCH through and then breaks off. */
function faultyPatch(server: FakeTus, bytes: number): FakeTus {
  let cut = false;
  const fetch: FakeTus['fetch'] = (input, init) => {
    if (!cut && init?.method === 'PATCH') {
      cut = true;
      server.faults = [{ kind: 'cut_after', bytes }];
    } else if (cut) server.faults = [{ kind: 'lost' }];
    return server.fetch(input, init);
  };
  return Object.assign(Object.create(server) as FakeTus, { fetch });
}
