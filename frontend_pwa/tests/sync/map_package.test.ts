import { expect, test } from 'vitest';
import { PackagePlace, PART_BYTES } from '../../src/data/package_place';
import { sha256Hex } from '../../src/data/hashing';
import type { PackageFacts, PackageState } from '../../src/domain/map_package';
import { MapPackage, type PackagePorts } from '../../src/sync/map_package';
import { FakeFolder } from './fake_folder';

const BYTES = new Uint8Array(3 * PART_BYTES + 1000).map((_, n) => (n * 31) % 251);

function factsOf(bytes: Uint8Array, part: Partial<PackageFacts> = {}): PackageFacts {
  return {
    ...{ version: sha256Hex(bytes), size_bytes: bytes.length, built_at: '2026-11-22T00:00:00Z' },
    ...{ bounds: [114, 27.7, 114.1, 27.8], minzoom: 7, maxzoom: 14, ...part },
  };
}

/** A server that sends by ranges in pieces of 50 kB, and may break off or send something else. */
class MapServer {
  bytes = BYTES;
  online = true;
  refusal: { status: number; code: string } | null = null;
  /** Breaks the connection after so many bytes of the file. */
  breaks_at = Infinity;
  damaged = 0;
  asked: string[] = [];

  readonly fetch = (path: string, init: RequestInit = {}): Promise<Response> => {
    if (!this.online) return Promise.reject(new TypeError('offline'));
    if (this.refusal) {
      const { status, code } = this.refusal;
      return Promise.resolve(Response.json({ code }, { status }));
    }
    if (path.endsWith('/facts')) return Promise.resolve(Response.json(factsOf(this.bytes)));
    return Promise.resolve(this.#file(new Headers(init.headers)));
  };

  #file(headers: Headers): Response {
    const etag = `"${sha256Hex(this.bytes)}"`;
    const range = headers.get('range') ?? '';
    this.asked.push(range);
    const same = headers.get('if-range') === etag;
    const from = same ? Number(/bytes=(\d+)-/.exec(range)?.[1] ?? 0) : 0;
    const sent = this.bytes.slice(from);
    if (this.damaged > 0) sent.fill(0, 0, 10);
    this.damaged -= 1;
    return new Response(this.#stream(sent, this.breaks_at - from), {
      status: same ? 206 : 200,
      headers: { etag },
    });
  }

  #stream(sent: Uint8Array, until: number): ReadableStream<Uint8Array> {
    let at = 0;
    return new ReadableStream({
      pull: (out) => {
        if (at >= until) {
          out.error(new TypeError('broken'));
        } else if (at >= sent.length) {
          out.close();
        } else {
          out.enqueue(sent.slice(at, at + 50_000));
          at += 50_000;
        }
      },
    });
  }
}

interface Phone {
  folder: FakeFolder;
  server: MapServer;
  open: (part?: Partial<PackagePorts>) => MapPackage;
}

function aPhone(): Phone {
  const folder = new FakeFolder();
  const server = new MapServer();
  const place = new PackagePlace(folder as unknown as ConstructorParameters<typeof PackagePlace>[0]);
  const ports: PackagePorts = {
    ...{ place: () => Promise.resolve(place), fetch: server.fetch, savesData: () => false },
    after: () => () => undefined,
    alone: async (work) => {
      await work();
      return true;
    },
  };
  return { folder, server, open: (part = {}) => new MapPackage({ ...ports, ...part }) };
}

/** Whether exactly these bytes are kept as the map. */
async function keeps({ kept }: PackageState, bytes: Uint8Array): Promise<boolean> {
  return kept !== null && Buffer.compare(Buffer.from(await kept.file.arrayBuffer()), bytes) === 0;
}

test('a small map is fetched by itself, checked and there after a restart without network', async () => {
  const { open, server } = aPhone();
  const first = open();
  await first.look();
  expect(await keeps(first.state, BYTES)).toBe(true);
  expect(first.state).toMatchObject({ offered: null, loading: false, trouble: null });

  server.online = false;
  const again = open();
  await again.look();
  expect(await keeps(again.state, BYTES)).toBe(true);
  expect(again.state.trouble).toBeNull();
});
test('a download that broke off goes on from where it stood', async () => {
  const { open, server } = aPhone();
  server.breaks_at = 2 * PART_BYTES;
  const first = open();
  await first.look();
  expect(first.state).toMatchObject({ kept: null, trouble: 'no_network' });

  server.breaks_at = Infinity;
  const again = open();
  await again.look();
  expect(await keeps(again.state, BYTES)).toBe(true);
  expect(server.asked).toHaveLength(2);
  expect(Number(server.asked[1]?.slice('bytes='.length, -1))).toBeGreaterThanOrEqual(2 * PART_BYTES);
});
test('a browser killed in the middle loses no whole part and never shows a part as a map', async () => {
  const { open, server, folder } = aPhone();
  server.breaks_at = 2 * PART_BYTES;
  await open().look();
  const version = folder.entries.get(sha256Hex(BYTES)) as FakeFolder;
  // The writer of the last part was never closed: the part is not there.
  const names = [...version.entries.keys()].sort();
  version.entries.delete(names.at(-1) ?? '');

  server.online = false;
  const offline = open();
  await offline.look();
  expect(offline.state.kept).toBeNull();

  server.online = true;
  server.breaks_at = Infinity;
  const again = open();
  await again.look();
  expect(await keeps(again.state, BYTES)).toBe(true);
});
test('a map that came damaged is fetched once more, and given up when it is damaged again', async () => {
  const once = aPhone();
  once.server.damaged = 1;
  const mended = once.open();
  await mended.look();
  expect(await keeps(mended.state, BYTES)).toBe(true);

  const twice = aPhone();
  twice.server.damaged = 2;
  const given = twice.open();
  await given.look();
  expect(given.state).toMatchObject({ kept: null, trouble: 'damaged', got_bytes: 0 });
});
test('a newer map takes the place of the old one only when it is whole', async () => {
  const { open, server, folder } = aPhone();
  const control = open();
  await control.look();
  const old = BYTES;
  server.bytes = BYTES.map((byte) => byte ^ 1);
  server.breaks_at = PART_BYTES;

  await control.look();
  expect(await keeps(control.state, old)).toBe(true);
  expect(control.state.offered?.version).toBe(sha256Hex(server.bytes));

  server.breaks_at = Infinity;
  await control.look();
  expect(await keeps(control.state, server.bytes)).toBe(true);
  expect([...folder.entries.keys()]).toEqual([sha256Hex(server.bytes)]);
});
test('a version that changes while it is fetched does not end as a mixture', async () => {
  const { open, server } = aPhone();
  server.breaks_at = 2 * PART_BYTES;
  const control = open();
  await control.look();
  const stale = control.state.offered;
  server.bytes = BYTES.map((byte) => byte ^ 1);
  server.breaks_at = Infinity;

  await control.load();
  expect(stale?.version).not.toBe(sha256Hex(server.bytes));
  expect(await keeps(control.state, server.bytes)).toBe(true);
});
test('a large map and a phone that saves data wait for the officer', async () => {
  const { open } = aPhone();
  const control = open({ savesData: () => true });
  await control.look();
  expect(control.state).toMatchObject({ kept: null, loading: false, trouble: null });
  expect(control.state.offered?.size_bytes).toBe(BYTES.length);

  await control.load();
  expect(control.state.kept).not.toBeNull();
});
test('a stopped download keeps what has come and does not start by itself again', async () => {
  const { open, server } = aPhone();
  const control = open();
  control.watch(({ got_bytes }) => {
    if (got_bytes > 2 * PART_BYTES) control.cancel();
  });
  server.breaks_at = 2 * PART_BYTES + 100_000;
  await control.look();
  expect(control.state).toMatchObject({ kept: null, loading: false, trouble: null });

  server.breaks_at = Infinity;
  await control.look();
  expect(control.state).toMatchObject({ kept: null, loading: false });
  expect(control.state.got_bytes).toBeGreaterThanOrEqual(2 * PART_BYTES);
});
test('a deleted map is gone and does not come back by itself, also after a restart', async () => {
  const { open, folder } = aPhone();
  const control = open();
  await control.look();
  await control.remove();
  expect(control.state).toMatchObject({ kept: null, wanted: false });
  expect([...folder.entries.keys()]).toEqual(['declined']);

  const again = open();
  await again.look();
  expect(again.state).toMatchObject({ kept: null, wanted: false, loading: false });
  await again.load();
  expect(again.state).toMatchObject({ wanted: true });
  expect(again.state.kept).not.toBeNull();
});
test('where there is no place for files nothing is asked, fetched or kept', async () => {
  const { open, server } = aPhone();
  const control = open({ place: () => Promise.resolve(null) });
  await control.look();
  await control.load();
  expect(control.state).toMatchObject({ looked: true, storable: false, kept: null });
  expect(server.asked).toEqual([]);
});
test('a full disk is told, and the old map stays', async () => {
  const { open, server, folder } = aPhone();
  const control = open();
  await control.look();
  server.bytes = BYTES.map((byte) => byte ^ 1);
  folder.disk.full = true;
  await control.look();
  expect(control.state.trouble).toBe('no_room');
  expect(await keeps(control.state, BYTES)).toBe(true);
});
test.each([
  [404, 'map_package_missing', 'not_built'],
  [401, 'not_authenticated', 'signed_out'],
  [403, 'not_allowed', 'refused'],
  [403, 'device_revoked', 'refused'],
] as const)('the answer %i %s is said in words', async (status, code, trouble) => {
  const { open, server } = aPhone();
  server.refusal = { status, code };
  const control = open();
  await control.look();
  expect(control.state.trouble).toBe(trouble);
});
test('two tabs do not fetch the same map twice', async () => {
  const { open, server } = aPhone();
  const control = open({ alone: () => Promise.resolve(false) });
  await control.look();
  expect(control.state.trouble).toBe('elsewhere');
  expect(server.asked).toEqual([]);

  await open().look(); // the other tab
  await control.look();
  expect(await keeps(control.state, BYTES)).toBe(true);
});
