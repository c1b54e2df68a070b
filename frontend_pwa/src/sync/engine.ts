/** SHELL: carries out what the machine decides: one sender at a time, watched, broken off when nothing moves. */
import { UNDO_MS } from '../domain/mutations';
import type { EnginePorts } from './engine_ports';
import { enrolDevice } from './enrolment';
import { Exchange, type Work } from './exchange';
import { initialState, step } from './machine';
import type { SyncEvent, SyncState } from './machine_types';
import type { EnrolAnswer } from './status';

export type { EnginePorts, Locks } from './engine_ports';

/** Work that makes no progress for so long is broken off. */
export const WATCHDOG_MS = 30_000;
/** What is sent in one piece gets a millisecond a byte on top: 8 kbit/s, the weakest mast that is still one. */
const MAX_EXTRA_MS = 90_000;

export class SyncEngine {
  readonly #ports: EnginePorts;
  readonly #exchange: Exchange;
  #state: SyncState = initialState;
  #work: Work | null = null;
  #running = false;
  #cancelTimer: () => void = () => undefined;
  #cancelWatch: () => void = () => undefined;
  #inHand: AbortController | null = null;

  constructor(ports: EnginePorts) {
    this.#ports = ports;
    this.#exchange = new Exchange(ports, () => {
      this.#publish();
    });
  }

  wake(): void {
    this.#dispatch({ type: 'wake' });
  }

  online(): void {
    this.#dispatch({ type: 'online', random: this.#ports.random() });
  }

  saved(): void {
    this.#dispatch({ type: 'saved', release_ms: UNDO_MS + 20 });
  }

  compare(): void {
    this.#dispatch({ type: 'ask', compare: true });
  }

  async enrol(code: string | null): Promise<EnrolAnswer> {
    // A session of another officer would make this device theirs.
    const refusal = await this.#ports.ownSession();
    if (refusal?.kind === 'refused') return { kind: 'refused', code: refusal.code };
    if (refusal && refusal.kind !== 'indigestible') return { kind: refusal.kind };
    const answer = await enrolDevice(this.#ports, code);
    this.#dispatch({ type: 'ask', enrol: true });
    return answer;
  }

  stop(): void {
    this.#cancelTimer();
    this.#work = null;
    this.#dispatch({ type: 'stop' });
  }

  #dispatch(event: SyncEvent): void {
    const { state, effects } = step(this.#state, event);
    this.#state = state;
    for (const effect of effects) {
      if (effect.type === 'timer') this.#setTimer(effect.delay_ms);
      else if (effect.type === 'abort') this.#inHand?.abort();
      else this.#work = effect;
    }
    this.#publish();
    if (this.#work && !this.#running) void this.#round();
  }

  #setTimer(delay_ms: number): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#ports.after(delay_ms, () => {
      this.wake();
    });
  }

  #watch(body_bytes = 0): void {
    this.#cancelWatch();
    this.#cancelWatch = this.#ports.after(WATCHDOG_MS + Math.min(MAX_EXTRA_MS, body_bytes), () => {
      this.#dispatch({ type: 'stalled', random: this.#ports.random() });
    });
  }

  #publish(): void {
    const { phase, trouble, failures, last_success_ms, stalls } = this.#state;
    const { signing, compared } = this.#exchange;
    const sending = this.#exchange.sending.map((row) => row.id);
    const refused_code = trouble?.kind === 'refused' ? trouble.code : null;
    const known = { phase, trouble: trouble?.kind ?? null, failures, last_success_ms, sending };
    this.#ports.onStatus({ ...known, refused_code, stalls, signing, compared });
  }

  async #round(): Promise<void> {
    this.#running = true;
    this.#cancelTimer();
    this.#exchange.newRound();
    try {
      await this.#ports.locks.exclusively(async () => {
        while (this.#work) {
          const work = this.#work;
          this.#work = null;
          const event = await this.#perform(work);
          if (event && this.#state.phase !== 'stopped') this.#dispatch(event);
        }
      });
    } catch {
      // the lock was refused or taken away: what was to be done is done by the next round
      this.#work = null;
      this.#dispatch(this.#exchange.failed({ kind: 'busy', retry_after_s: null }));
    } finally {
      this.#running = false;
      if (this.#work) void this.#round();
    }
  }

  /**
   * Nothing that goes wrong in here may stop the loop: a surprise is a failure like any other, and work that does not
   * end is left behind. Null when the work was broken off: the machine knows already.
   */
  async #perform(work: Work): Promise<SyncEvent | null> {
    const inHand = new AbortController();
    this.#inHand = inHand;
    const brokenOff = new Promise<null>((resolve) => {
      inHand.signal.addEventListener('abort', () => {
        resolve(null);
      });
    });
    const progress = (body_bytes?: number): void => {
      if (this.#inHand === inHand) this.#watch(body_bytes);
    };
    progress();
    const hands = { fetch: this.#ports.fetch, signal: inHand.signal, progress };
    const done = this.#exchange
      .perform(work, hands)
      .catch(() => this.#exchange.failed({ kind: 'busy', retry_after_s: null }));
    const event = await Promise.race([done, brokenOff]);
    this.#inHand = null;
    this.#cancelWatch();
    this.#exchange.sending = [];
    return event;
  }
}
