/** PURE: Web Locks among the tabs of one phone: first come, first served; a tab that dies lets go. */
import type { Locks } from '../../../src/sync/engine';

interface Waiting {
  tab: object;
  start: () => void;
}

export class TabLocks {
  #holder: object | null = null;
  #queue: Waiting[] = [];

  of(tab: object): Locks {
    return {
      exclusively: (work) =>
        new Promise((resolve, reject) => {
          const start = (): void => {
            work()
              .then(resolve, reject)
              .finally(() => {
                this.#leave(tab);
              });
          };
          this.#queue.push({ tab, start });
          this.#next();
        }),
    };
  }

  /** The tab is gone, with what it held and what it waited for. */
  forget(tab: object): void {
    this.#queue = this.#queue.filter((waiting) => waiting.tab !== tab);
    this.#leave(tab);
  }

  #leave(tab: object): void {
    if (this.#holder !== tab) return;
    this.#holder = null;
    this.#next();
  }

  #next(): void {
    if (this.#holder) return;
    const first = this.#queue.shift();
    if (!first) return;
    this.#holder = first.tab;
    first.start();
  }
}
