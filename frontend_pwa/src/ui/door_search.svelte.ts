/** SHELL: the index of doors of an office: it grows in moments when nothing else is done, and follows its list. */
import type { Position } from '../domain/distance';
import type { Premises } from '../domain/records';
import { DoorIndex } from '../domain/search';
import type { Office } from './office.svelte';

/** Shorter than a frame at 60 a second: a tap that comes in between is answered at once. */
const SLICE_MS = 10;
const DOORS_AT_ONCE = 50;
/** A search that came before the index was whole is asked again at each of these shares. */
const TOLD_SHARE = 0.2;

class DoorSearch {
  #index = new DoorIndex([]);
  #list: readonly Premises[] | null = null;
  #told = 0;
  #growing = false;
  /** Changes when the same query may find something else. */
  #news = $state(0);

  follow(doors: readonly Premises[]): void {
    if (doors === this.#list) return;
    this.#list = doors;
    this.#index = this.#index.following(doors);
    this.#tell();
    if (!this.#growing && !this.#index.complete) this.#later();
  }

  /** False while a door may be there that is not known yet: then "nothing found" would be a lie. */
  get complete(): boolean {
    return this.#news >= 0 && this.#index.complete;
  }

  search(query: string, limit: number, here: Position | null): Premises[] {
    return this.#news >= 0 ? this.#index.search(query, limit, here) : [];
  }

  #tell(): void {
    this.#told = this.#index.share;
    this.#news = performance.now();
  }

  #later(): void {
    this.#growing = true;
    const idle = globalThis.requestIdleCallback ?? ((call: () => void) => window.setTimeout(call));
    idle(
      () => {
        this.#slice();
      },
      { timeout: 50 },
    );
  }

  #slice(): void {
    const until_ms = performance.now() + SLICE_MS;
    while (!this.#index.complete && performance.now() < until_ms) this.#index.grow(DOORS_AT_ONCE);
    this.#growing = false;
    if (this.#index.complete || this.#index.share - this.#told >= TOLD_SHARE) this.#tell();
    if (!this.#index.complete) this.#later();
  }
}

const searches = new WeakMap<Office, DoorSearch>();

export function doorSearch(office: Office): DoorSearch {
  let search = searches.get(office);
  if (!search) {
    search = new DoorSearch();
    searches.set(office, search);
  }
  return search;
}
