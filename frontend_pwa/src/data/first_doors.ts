/** SHELL: the doors that stood first on Today, kept for the next start: it does not wait for the 50,000 others. */
import type { DoorPage } from '../domain/door_pages';
import type { DueDoor } from '../domain/schedule';
import { fact, setFact, type OfficerStore } from './officer_store';

const PAGE = 'first';
const KEPT = 8;
/** What lies in each store already: written only when it has changed. */
const written = new WeakMap<OfficerStore, string>();

export interface FirstDoors {
  pages: ReadonlyMap<string, DoorPage>;
  /** How many doors were due. */
  total: number;
}

export async function firstDoors(store: OfficerStore): Promise<FirstDoors> {
  const first = await fact(store, 'due_first');
  if (!first) return { pages: new Map(), total: 0 };
  return { pages: new Map([[PAGE, { area: PAGE, doors: first.doors }]]), total: first.total };
}

export async function keepFirstDoors(store: OfficerStore, due: readonly DueDoor[]): Promise<void> {
  const first = { doors: due.slice(0, KEPT).map((row) => row.door), total: due.length };
  const text = JSON.stringify(first);
  if (text === written.get(store)) return;
  written.set(store, text);
  await setFact(store, 'due_first', first);
}
