/** SHELL: the faulty network between one phone and the model server. */
import type { Fetch } from '../../../src/sync/http';
import type { VirtualClock } from './clock';
import type { Dice } from './dice';
import type { Weather } from './history';
import type { ModelServer, Told } from './server';
import type { Asked } from './signed_requests';

interface Odds {
  latency_ms: [number, number];
  refused: number;
  hangs: number;
  answer_lost: number;
  answer_hangs: number;
  twice: number;
  broken: number;
  told_to_wait: number;
  portal: number;
  cut_short: number;
  body_limit_bytes: number;
}

const CLEAR: Odds = {
  ...{ latency_ms: [20, 250], refused: 0, hangs: 0, answer_lost: 0, answer_hangs: 0, twice: 0, broken: 0 },
  ...{ told_to_wait: 0, portal: 0, cut_short: 0, body_limit_bytes: Infinity },
};

const ODDS: Record<Weather, Odds> = {
  good: CLEAR,
  partition: { ...CLEAR, refused: 0.5, hangs: 0.5 },
  lossy: {
    ...{
      ...CLEAR,
      latency_ms: [50, 4_000],
      refused: 0.12,
      hangs: 0.05,
      answer_lost: 0.15,
      answer_hangs: 0.1,
    },
    ...{ twice: 0.2, broken: 0.08, cut_short: 0.05 },
  },
  slow: { ...CLEAR, latency_ms: [3_000, 45_000], twice: 0.1 },
  portal: { ...CLEAR, portal: 1 },
  down: { ...CLEAR, broken: 0.9, answer_lost: 0.1 },
  busy: { ...CLEAR, told_to_wait: 0.8 },
  cut_short: { ...CLEAR, cut_short: 0.6, answer_lost: 0.1 },
  small_bodies: { ...CLEAR, body_limit_bytes: 3_500 },
};

const PORTALS: [string, string][] = [
  ['text/html', '<html>Sign in to this Wi-Fi</html>'],
  ['application/json', '{}'],
];

export class Network {
  weather: Weather = 'good';
  readonly #clock: VirtualClock;
  readonly #dice: Dice;
  readonly #server: ModelServer;
  readonly #note: (line: string) => void;
  #asked = 0;

  constructor(clock: VirtualClock, dice: Dice, server: ModelServer, note: (line: string) => void) {
    this.#clock = clock;
    this.#dice = dice;
    this.#server = server;
    this.#note = note;
  }

  get #odds(): Odds {
    return ODDS[this.weather];
  }

  /** What a browser with this session calls `fetch`. */
  fetchOf(session: () => string | null): Fetch {
    return async (input, init = {}) => {
      const body = init.body ? await new Response(init.body).text() : '';
      const url = new URL(input, 'http://model.invalid');
      const asked: Asked = {
        ...{ method: init.method ?? 'GET', path: url.pathname, query: url.searchParams, body },
        ...{ headers: new Headers(init.headers), session: session() },
      };
      return new Promise<Response>((resolve, reject) => {
        const stop = (): void => {
          reject(new DOMException('aborted', 'AbortError'));
        };
        if (init.signal?.aborted) stop();
        else init.signal?.addEventListener('abort', stop);
        this.#send(asked, resolve, reject);
      });
    };
  }

  #later(call: () => void, more_ms = 0): void {
    const [least_ms, most_ms] = this.#odds.latency_ms;
    this.#clock.after(this.#dice.between(least_ms, most_ms) + more_ms, call);
  }

  #send(asked: Asked, resolve: (response: Response) => void, reject: (error: Error) => void): void {
    this.#asked += 1;
    const name = `#${String(this.#asked)} ${asked.method} ${asked.path.replace('/api/v1/', '')}`;
    const fail = (): void => {
      this.#note(`${name} fails`);
      reject(new TypeError('Failed to fetch'));
    };
    if (this.#dice.chance(this.#odds.refused)) this.#later(fail);
    else if (this.#dice.chance(this.#odds.hangs)) this.#note(`${name} hangs`);
    else if (this.#dice.chance(this.#odds.portal))
      this.#later(() => {
        resolve(this.#portal(name));
      });
    else
      this.#later(() => {
        this.#arrive(asked, name, resolve, fail);
      });
    // A copy that the network kept comes much later, and nobody hears its answer.
    if (this.#dice.chance(this.#odds.twice))
      this.#later(() => void this.#told(asked, `${name} again`), this.#dice.between(0, 40_000));
  }

  #portal(name: string): Response {
    const [type, text] = PORTALS[this.#dice.between(0, 1)] ?? ['text/html', ''];
    this.#note(`${name} meets a portal`);
    return new Response(text, { headers: { 'content-type': type } });
  }

  #told(asked: Asked, name: string): Told {
    const told = this.#server.answer(asked);
    const code = (told.body as { code?: string }).code ?? '';
    this.#note(`${name} → ${String(told.status)} ${code}`);
    return told;
  }

  #arrive(asked: Asked, name: string, resolve: (response: Response) => void, fail: () => void): void {
    // The way back is drawn now: the weather may have changed since the request left.
    const odds = this.#odds;
    if (asked.body.length > odds.body_limit_bytes) {
      resolve(this.#response({ status: 413, body: { code: 'batch_too_large' } }, false));
      return;
    }
    if (this.#dice.chance(odds.broken)) {
      resolve(this.#response({ status: 503, body: { code: 'service_unavailable' } }, false));
      return;
    }
    if (this.#dice.chance(odds.told_to_wait)) {
      resolve(this.#response({ status: 429, body: { code: 'too_many' } }, false));
      return;
    }
    const told = this.#told(asked, name);
    if (this.#dice.chance(odds.answer_lost)) this.#later(fail);
    else if (!this.#dice.chance(odds.answer_hangs)) {
      const cut = this.#dice.chance(odds.cut_short);
      this.#later(() => {
        resolve(this.#response(told, cut));
      });
    }
  }

  #response(told: Told, cut: boolean): Response {
    const text = JSON.stringify(told.body);
    const date = new Date(this.#clock.now_ms).toUTCString();
    const type = told.status < 400 ? 'application/json' : 'application/problem+json';
    const wait: Record<string, string> = told.status === 429 ? { 'retry-after': '5' } : {};
    return new Response(cut ? text.slice(0, text.length / 2) : text, {
      status: told.status,
      headers: { 'content-type': type, date, ...wait },
    });
  }
}
