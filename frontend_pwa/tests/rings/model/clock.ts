/**
 * SHELL: virtual time of the model ring. Promises and database turns settle without time passing; timers fire in
 * order when the ring lets time pass. fake-indexeddb takes every turn through `setImmediate`, so counting those tells
 * when a database has nothing left to do.
 */
type Turn = (call: (...given: unknown[]) => void, ...given: unknown[]) => NodeJS.Immediate;

interface Timer {
  at_ms: number;
  order: number;
  call: () => void;
}

export const START_MS = Date.parse('2026-11-22T08:00:00Z');

export class VirtualClock {
  now_ms = START_MS;
  readonly #timers = new Map<number, Timer>();
  #order = 0;
  #turns = 0;
  readonly #realTurn = globalThis.setImmediate;
  readonly #realTimeout = AbortSignal.timeout.bind(AbortSignal);

  /** Puts this clock in the place of the platform's turns and of `AbortSignal.timeout`; `remove` puts them back. */
  install(): void {
    const counted: Turn = (call, ...given) => {
      this.#turns += 1;
      return this.#realTurn(() => {
        this.#turns -= 1;
        call(...given);
      });
    };
    globalThis.setImmediate = counted as typeof setImmediate;
    AbortSignal.timeout = (delay_ms) => {
      const over = new AbortController();
      this.after(delay_ms, () => {
        over.abort(new DOMException('the virtual time is over', 'TimeoutError'));
      });
      return over.signal;
    };
  }

  remove(): void {
    globalThis.setImmediate = this.#realTurn;
    AbortSignal.timeout = this.#realTimeout;
  }

  after(delay_ms: number, call: () => void): () => void {
    this.#order += 1;
    const order = this.#order;
    this.#timers.set(order, { at_ms: this.now_ms + Math.max(0, delay_ms), order, call });
    return () => {
      this.#timers.delete(order);
    };
  }

  /** Returns when no promise and no database has anything left to do at this instant. */
  async settle(): Promise<void> {
    do
      await new Promise<void>(
        (resolve) =>
          void this.#realTurn(() => {
            resolve();
          }),
      );
    while (this.#turns > 0);
  }

  #next(until_ms: number): Timer | null {
    let first: Timer | null = null;
    for (const timer of this.#timers.values()) {
      if (timer.at_ms > until_ms) continue;
      if (!first || timer.at_ms < first.at_ms || (timer.at_ms === first.at_ms && timer.order < first.order))
        first = timer;
    }
    return first;
  }

  /** Lets time pass; everything that falls due in it happens in order. */
  async pass(duration_ms: number): Promise<void> {
    const until_ms = this.now_ms + duration_ms;
    await this.settle();
    for (let timer = this.#next(until_ms); timer; timer = this.#next(until_ms)) {
      this.#timers.delete(timer.order);
      this.now_ms = Math.max(this.now_ms, timer.at_ms);
      timer.call();
      await this.settle();
    }
    this.now_ms = until_ms;
  }
}
