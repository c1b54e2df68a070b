/** SHELL: the coverage figures of a view: loaded, refreshed while they are looked at, kept for a look without network. */
import { fact, setFact } from '../data/officer_store';
import type { CoverageAnswer } from '../domain/coverage';
import type { CoverageSource } from '../sync/status';
import type { Office } from './office.svelte';

export type FeedTrouble = 'no_network' | 'busy' | 'signed_out' | 'refused';

/** A lead sees the day live: a visit reaches the figures within seconds, the screen within this time. */
const REFRESH_MS = 15_000;

export class FiguresFeed {
  answer = $state.raw<CoverageAnswer | null>(null);
  loadedAt_ms = $state<number | null>(null);
  trouble = $state<FeedTrouble | null>(null);
  loading = $state(false);
  readonly #office: Office;
  readonly #source: CoverageSource;
  #query = '';
  #asked = 0;

  constructor(office: Office, source: CoverageSource) {
    this.#office = office;
    this.#source = source;
  }

  /** Shows the figures of a query and keeps them fresh. Returns how to stop. */
  follow(query: string): () => void {
    if (query !== this.#query) void this.#showKept(query);
    this.#query = query;
    const load = (): void => {
      if (document.visibilityState === 'visible') void this.load();
    };
    load();
    const timer = setInterval(load, REFRESH_MS);
    const events = ['online', 'xunfang:pushed'] as const;
    for (const name of events) addEventListener(name, load);
    document.addEventListener('visibilitychange', load);
    return () => {
      clearInterval(timer);
      for (const name of events) removeEventListener(name, load);
      document.removeEventListener('visibilitychange', load);
    };
  }

  async load(): Promise<void> {
    const query = this.#query;
    const turn = ++this.#asked;
    this.loading = true;
    const loaded = await this.#source.townships(query);
    // A slower answer to an older question must not replace a newer one.
    if (turn !== this.#asked) return;
    this.loading = false;
    this.trouble = loaded.kind === 'loaded' ? null : loaded.kind;
    if (loaded.kind !== 'loaded') return;
    const loaded_at_ms = this.#office.now();
    this.loadedAt_ms = loaded_at_ms;
    // Most answers repeat the last one: nothing is drawn or written for them.
    if (JSON.stringify(loaded.value) === JSON.stringify(this.answer)) return;
    this.answer = loaded.value;
    await setFact(this.#office.store, 'coverage', { query, answer: loaded.value, loaded_at_ms });
  }

  async #showKept(query: string): Promise<void> {
    this.answer = null;
    this.loadedAt_ms = null;
    const kept = await fact(this.#office.store, 'coverage');
    if (kept?.query !== query || this.answer !== null) return;
    this.answer = kept.answer;
    this.loadedAt_ms = kept.loaded_at_ms;
  }
}
