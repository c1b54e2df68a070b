/** SHELL: how many records wait for this lead: asked now and then while the app is looked at, for the badge. */
import type { QuarantineSource } from '../sync/status_lead';

const ASK_AGAIN_MS = 60_000;

export class HeldCount {
  /** Null until the server has said it. */
  value = $state<number | null>(null);
  more = $state(false);
  readonly #source: QuarantineSource;

  constructor(source: QuarantineSource) {
    this.#source = source;
  }

  /** Keeps the count fresh. Returns how to stop. */
  follow(): () => void {
    const load = (): void => {
      if (document.visibilityState === 'visible') void this.load();
    };
    load();
    const timer = setInterval(load, ASK_AGAIN_MS);
    addEventListener('online', load);
    document.addEventListener('visibilitychange', load);
    return () => {
      clearInterval(timer);
      removeEventListener('online', load);
      document.removeEventListener('visibilitychange', load);
    };
  }

  async load(): Promise<void> {
    const answer = await this.#source.page('open', null);
    if (answer.kind !== 'loaded') return;
    this.value = answer.value.results.length;
    this.more = answer.value.next !== null;
  }
}
