/** SHELL: fetches the map package of the station: in parts, from where it stands, checked before it is used. */
import {
  fetchedByItself,
  isFacts,
  nothingKnown,
  type PackageControl,
  type PackageFacts,
  type PackageState,
  type PackageTrouble,
} from '../domain/map_package';
import { PART_BYTES, type PackagePlace } from '../data/package_place';
import { ask, type Fetch } from './http';

const ADDRESS = '/api/v1/map/package';
/** A connection that brings nothing for so long is over; what has come stays. */
const SILENCE_MS = 30_000;

export interface PackagePorts {
  place: () => Promise<PackagePlace | null>;
  fetch: Fetch;
  after: (delay_ms: number, call: () => void) => () => void;
  /** Runs the work unless another tab is at it; false then. */
  alone: (work: () => Promise<void>) => Promise<boolean>;
  /** The officer's phone is set to save data. */
  savesData: () => boolean;
}

class Stopped extends Error {
  readonly trouble: PackageTrouble | null;
  constructor(trouble: PackageTrouble | null) {
    super(trouble ?? 'cancelled');
    this.trouble = trouble;
  }
}

function troubleOf(error: unknown): PackageTrouble | null {
  if (error instanceof Stopped) return error.trouble;
  return error instanceof DOMException && error.name === 'QuotaExceededError' ? 'no_room' : 'no_network';
}

export class MapPackage implements PackageControl {
  readonly #ports: PackagePorts;
  #place: PackagePlace | null = null;
  #opened: Promise<void> | null = null;
  #state: PackageState = nothingKnown;
  readonly #watchers = new Set<(state: PackageState) => void>();
  #abort: AbortController | null = null;
  #cancelled = false;

  constructor(ports: PackagePorts) {
    this.#ports = ports;
  }

  get state(): PackageState {
    return this.#state;
  }

  watch(call: (state: PackageState) => void): () => void {
    this.#watchers.add(call);
    call(this.#state);
    void this.#open();
    return () => this.#watchers.delete(call);
  }

  #set(part: Partial<PackageState>): void {
    this.#state = { ...this.#state, ...part };
    for (const call of this.#watchers) call(this.#state);
  }

  /** What is on this phone; no network is needed for that. */
  #open(): Promise<void> {
    this.#opened ??= (async () => {
      this.#place = await this.#ports.place().catch(() => null);
      const kept = (await this.#place?.kept().catch(() => null)) ?? null;
      const wanted = (await this.#place?.isWanted().catch(() => true)) ?? true;
      this.#set({ looked: true, storable: this.#place !== null, kept, wanted });
    })();
    return this.#opened;
  }

  async look(): Promise<void> {
    await this.#ask();
    if (!this.#cancelled && fetchedByItself(this.#state, this.#ports.savesData())) await this.#run();
  }

  async load(): Promise<void> {
    await this.#open();
    this.#cancelled = false;
    await this.#place?.setWanted(true);
    this.#set({ wanted: true });
    await this.#ask();
    await this.#run();
  }

  /** What the server has. */
  async #ask(): Promise<void> {
    await this.#open();
    if (this.#state.loading || !this.#place) return;
    const answer = await ask(this.#ports.fetch, `${ADDRESS}/facts`, { cache: 'no-store' });
    if (!answer.ok) this.#set({ trouble: this.#told(answer.failure.kind, answer.problem?.code) });
    else if (isFacts(answer.body)) await this.#offer(this.#place, answer.body);
  }

  #told(kind: string, code: string | undefined): PackageTrouble | null {
    if (code === 'map_package_missing') return this.#state.kept ? null : 'not_built';
    if (kind === 'signed_out') return 'signed_out';
    // A map that is here needs no network: that it cannot be compared just now is no trouble.
    if (kind === 'no_network' || kind === 'busy') return this.#state.kept ? null : 'no_network';
    return 'refused';
  }

  async #offer(place: PackagePlace, facts: PackageFacts): Promise<void> {
    // Another tab may have fetched it since.
    const kept = this.#state.kept?.facts.version === facts.version ? this.#state.kept : await place.kept();
    const here = kept?.facts.version === facts.version;
    const got_bytes = here ? 0 : await place.received(facts.version);
    this.#set({ kept, offered: here ? null : facts, got_bytes, trouble: null });
  }

  cancel(): void {
    this.#cancelled = true;
    this.#abort?.abort();
  }

  stop(): void {
    this.cancel();
    this.#watchers.clear();
  }

  async remove(): Promise<void> {
    await this.#open();
    const { kept, offered } = this.#state;
    await this.#place?.setWanted(false);
    // First out of use: a map that still reads would meet a file that is gone.
    this.#set({ kept: null, wanted: false, offered: offered ?? kept?.facts ?? null, got_bytes: 0 });
    await this.#place?.removeOthers('');
  }

  async #run(): Promise<void> {
    const { offered } = this.#state;
    const place = this.#place;
    if (!offered || !place || this.#state.loading) return;
    this.#set({ loading: true, trouble: null });
    try {
      const alone = await this.#ports.alone(() => this.#fetchChecked(place, offered));
      if (!alone) this.#set({ trouble: 'elsewhere' });
    } catch (error) {
      this.#set({ trouble: this.#cancelled ? null : troubleOf(error) });
    }
    this.#set({ loading: false });
  }

  /** A file that came damaged is fetched once more, then given up. */
  async #fetchChecked(place: PackagePlace, facts: PackageFacts): Promise<void> {
    for (let tries = 0; tries < 2; tries += 1) {
      await this.#fetchRest(place, facts);
      const whole = (await place.received(facts.version)) === facts.size_bytes;
      if (whole && (await place.hash(facts.version)) === facts.version) {
        await this.#use(place, facts);
        return;
      }
      await place.remove(facts.version);
      this.#set({ got_bytes: 0 });
    }
    throw new Stopped('damaged');
  }

  async #use(place: PackagePlace, facts: PackageFacts): Promise<void> {
    await place.complete(facts);
    this.#set({ kept: await place.kept(), offered: null, got_bytes: 0 });
    await place.removeOthers(facts.version);
  }

  async #fetchRest(place: PackagePlace, facts: PackageFacts): Promise<void> {
    const from = await place.received(facts.version);
    this.#set({ got_bytes: from });
    if (from > facts.size_bytes) {
      await place.remove(facts.version);
      return;
    }
    if (from === facts.size_bytes) return;
    const abort = new AbortController();
    this.#abort = abort;
    try {
      const response = await this.#within(abort, this.#request(facts, from, abort.signal));
      this.#checkAnswer(response, facts);
      if (response.status === 200) {
        await place.remove(facts.version); // all of it comes: what was here would stand before it
        this.#set({ got_bytes: 0 });
      }
      await this.#store(place, facts.version, response.body, abort);
    } finally {
      abort.abort(); // nothing more of this answer is wanted
    }
  }

  #request(facts: PackageFacts, from: number, signal: AbortSignal): Promise<Response> {
    return this.#ports.fetch(ADDRESS, {
      headers: { range: `bytes=${String(from)}-`, 'if-range': `"${facts.version}"` },
      ...{ signal, credentials: 'same-origin', redirect: 'manual', cache: 'no-store' },
    });
  }

  /** Breaks off what brings nothing for too long. */
  async #within<T>(abort: AbortController, work: Promise<T>): Promise<T> {
    const quiet = this.#ports.after(SILENCE_MS, () => {
      abort.abort();
    });
    return work.finally(quiet);
  }

  /** A captive portal, a proxy or a newer version: none of them is the rest of this file. */
  #checkAnswer(response: Response, facts: PackageFacts): void {
    if (response.status === 401) throw new Stopped('signed_out');
    if (response.status === 403) throw new Stopped('refused');
    if (response.status === 404) throw new Stopped('not_built');
    const ours = response.headers.get('etag')?.includes(facts.version) ?? false;
    if (!ours || (response.status !== 200 && response.status !== 206)) throw new Stopped('no_network');
  }

  async #store(
    place: PackagePlace,
    version: string,
    body: ReadableStream<Uint8Array> | null,
    abort: AbortController,
  ): Promise<void> {
    if (!body) throw new Stopped('no_network');
    const reader = body.getReader();
    let part: Uint8Array[] = [];
    let part_bytes = 0;
    const flush = async (): Promise<void> => {
      if (part_bytes > 0) await place.append(version, new Blob(part as Uint8Array<ArrayBuffer>[]));
      part = [];
      part_bytes = 0;
    };
    try {
      for (;;) {
        const { done, value } = await this.#within(abort, reader.read());
        if (done) break;
        part.push(value);
        part_bytes += value.length;
        this.#set({ got_bytes: this.#state.got_bytes + value.length });
        if (part_bytes >= PART_BYTES) await flush();
      }
    } finally {
      await flush(); // also what came before the connection broke
    }
  }
}
