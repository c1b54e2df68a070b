/** SHELL: one dispute on the screen, as the feed and this phone's own work make it, kept in step with the database. */
import { liveQuery } from 'dexie';
import { caseOf } from '../domain/dispute_case';
import { rowOf } from '../domain/overlay_disputes';
import type { DisputeEventRecord, DisputeRecord } from '../domain/records';
import type { Office } from './office.svelte';

interface Known {
  row: DisputeRecord | null;
  events: DisputeEventRecord[];
}

/** Made while a screen is set up: it follows the database for as long as the screen stands. */
export class CaseFeed {
  readonly #office: Office;
  readonly #id: string;
  #known = $state.raw<Known | null>(null);

  readonly view = $derived.by(() => {
    if (!this.#known) return null;
    const work = this.#office.ownWork;
    const row = this.#known.row ?? rowOf(this.#id, [], work);
    return row && caseOf(row, this.#known.events, work);
  });
  /** The database was read and holds no such dispute. */
  readonly missing = $derived.by(() => this.#known !== null && this.view === null && this.#office.loaded);

  constructor(office: Office, id: string) {
    this.#office = office;
    this.#id = id;
    $effect(() => {
      const subscription = liveQuery(() => this.#read()).subscribe({
        next: (known) => (this.#known = known),
      });
      return () => {
        subscription.unsubscribe();
      };
    });
  }

  async #read(): Promise<Known> {
    const { disputes, dispute_events } = this.#office.store;
    const row = (await disputes.get(this.#id)) ?? null;
    return { row, events: await dispute_events.where('dispute').equals(this.#id).toArray() };
  }
}
