/** SHELL: the coverage figures of a view: loaded, refreshed while they are looked at, kept for a look without network. */
import { fact, setFact } from '../data/officer_store';
import type { CoverageAnswer, Level, PlaceFigures } from '../domain/coverage';
import type { CoverageSource } from '../sync/status';
import type { Office } from './office.svelte';

export type FeedTrouble = 'no_network' | 'busy' | 'signed_out' | 'refused';

/** A lead sees the day live: a visit reaches the figures within seconds, the screen within this time. */
const REFRESH_MS = 15_000;
/** Smaller places are many: they are read again less often. */
const REFRESH_SMALL_MS = 60_000;
/** More places than this are read again rather than kept: a phone has better use for its room. */
const KEPT_MOST = 2_000;
/** Only for the names of the townships one may choose from; any period has them. */
const NAMES_QUERY = 'window=7d&part=all';

interface Question {
  level: Level;
  query: string;
}

export class FiguresFeed {
  answer = $state.raw<CoverageAnswer | null>(null);
  loadedAt_ms = $state<number | null>(null);
  trouble = $state<FeedTrouble | null>(null);
  loading = $state(false);
  readonly #office: Office;
  readonly #source: CoverageSource;
  /** Every township one sees figures of: to choose one, and to know what its county is. */
  townships = $state.raw<PlaceFigures[]>([]);
  /** The server names a reason for refusing: too many places at once, a township that is not there. */
  refusal = $state('');
  #question: Question = { level: 'townships', query: '' };
  #asked = 0;
  #hasTownships = false;

  constructor(office: Office, source: CoverageSource) {
    this.#office = office;
    this.#source = source;
  }

  /** Shows the figures of a query and keeps them fresh. Returns how to stop. */
  follow(level: Level, query: string): () => void {
    const before = this.#question;
    this.#question = { level, query };
    if (level !== before.level || query !== before.query) void this.#showKept(this.#question);
    if (level !== 'townships' && !this.#hasTownships) void this.#loadTownships();
    const load = (): void => {
      if (document.visibilityState === 'visible') void this.load();
    };
    load();
    const timer = setInterval(load, level === 'townships' ? REFRESH_MS : REFRESH_SMALL_MS);
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
    const { level, query } = this.#question;
    const turn = ++this.#asked;
    this.loading = true;
    const loaded = await this.#source.places(level, query);
    // A slower answer to an older question must not replace a newer one.
    if (turn !== this.#asked) return;
    this.loading = false;
    this.trouble = loaded.kind === 'loaded' ? null : loaded.kind;
    this.refusal = loaded.kind === 'refused' ? loaded.code : '';
    if (loaded.kind !== 'loaded') return;
    const loaded_at_ms = this.#office.now();
    this.loadedAt_ms = loaded_at_ms;
    // Most answers repeat the last one: nothing is drawn or written for them.
    if (JSON.stringify(loaded.value) === JSON.stringify(this.answer)) return;
    this.answer = loaded.value;
    if (level === 'townships') this.#takeTownships(loaded.value);
    if (loaded.value.features.length > KEPT_MOST) return;
    const key = keyOf(this.#question);
    await setFact(this.#office.store, 'coverage', { query: key, answer: loaded.value, loaded_at_ms });
  }

  #takeTownships({ features }: CoverageAnswer): void {
    this.#hasTownships = true;
    this.townships = features.map(({ properties }) => properties);
  }

  async #loadTownships(): Promise<void> {
    const loaded = await this.#source.places('townships', NAMES_QUERY);
    if (loaded.kind === 'loaded') this.#takeTownships(loaded.value);
  }

  async #showKept(question: Question): Promise<void> {
    this.answer = null;
    this.loadedAt_ms = null;
    this.trouble = null;
    const kept = await fact(this.#office.store, 'coverage');
    if (kept?.query !== keyOf(question) || question !== this.#question || this.answer !== null) return;
    this.answer = kept.answer;
    this.loadedAt_ms = kept.loaded_at_ms;
  }
}

function keyOf({ level, query }: Question): string {
  return `${level}?${query}`;
}
