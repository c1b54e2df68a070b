/** SHELL: the server's steps of the disputes this phone has worked in: what own steps fold onto, and no more than that. */
import { liveQuery, type Subscription } from 'dexie';
import type { OfficerStore } from '../data/officer_store';
import type { DisputeEventRecord } from '../domain/records';

export class WorkedSteps {
  rows = $state.raw<DisputeEventRecord[]>([]);
  readonly #store: OfficerStore;
  #of = '';
  #subscription: Subscription | null = null;

  constructor(store: OfficerStore) {
    this.#store = store;
  }

  follow(disputes: ReadonlySet<string>): void {
    const ids = [...disputes].sort();
    if (ids.join() === this.#of) return;
    this.stop();
    this.#of = ids.join();
    const query = liveQuery(() => this.#store.dispute_events.where('dispute').anyOf(ids).toArray());
    this.#subscription = query.subscribe({ next: (rows) => (this.rows = rows) });
  }

  stop(): void {
    this.#subscription?.unsubscribe();
    this.#of = '';
  }
}
