/** PURE: finding a door by address, name, door plate or pinyin initials, best first. */
import { distance_m, type Position } from './distance';
import { pinyinInitials } from './pinyin';
import type { Premises } from './records';

/** Full-width digits and letters become half-width, case and spaces go: officers type as they can. */
export function folded(text: string): string {
  // Plain ASCII and common Han are what nearly all addresses consist of, and need no normalising.
  const plain = /^[\x21-\x40\x5b-\x7e\u4e00-\u9fff]*$/.test(text);
  return plain ? text : text.normalize('NFKC').toLowerCase().replace(/\s+/g, '');
}

/** Between fields, and at both ends: a word at the start of a field stands behind one. */
const EDGE = '\u0001';
/** Between the texts and their initials. */
const INITIALS = '\u0002';

/** What a door is found by. */
export function searchKey(door: Premises): string {
  const fields = [folded(door.address), folded(door.name), folded(door.door_plate)].filter(Boolean);
  const text = `${EDGE}${fields.join(EDGE)}${EDGE}`;
  return `${text}${INITIALS}${pinyinInitials(text)}`;
}

/** Keys belong to door objects: a changed door gets a new key, and the others keep theirs. */
const keyOfDoor = new WeakMap<Premises, string>();

function keyOf(door: Premises): string {
  let key = keyOfDoor.get(door);
  if (key === undefined) {
    key = searchKey(door);
    // Joined of pieces, it lies in memory in pieces until it is first looked through: now, and not in the first search.
    key.indexOf(INITIALS);
    keyOfDoor.set(door, key);
  }
  return key;
}

const isDigit = (key: string, at: number): boolean => {
  const unit = key.charCodeAt(at);
  return unit >= 48 && unit <= 57;
};

/** "18" is the number 18 in "18号" and not in "118号" or "180号". */
function standsAlone(key: string, word: string, first: number): boolean {
  for (let at = first; at !== -1; at = key.indexOf(word, at + 1)) {
    const cut = isDigit(word, 0) && isDigit(key, at - 1);
    if (!cut && !(isDigit(word, word.length - 1) && isDigit(key, at + word.length))) return true;
  }
  return false;
}

interface Word {
  word: string;
  at_edge: string;
}

/** How well a word fits: 0 the whole of a field, 1 its start, 2 inside, 3 inside a number or initials; -1 not at all. */
function fit(key: string, { word, at_edge }: Word): number {
  const at = key.indexOf(word);
  if (at === -1) return -1;
  const start = key.charCodeAt(at - 1) === 1 ? at - 1 : key.indexOf(at_edge);
  if (start !== -1) {
    const after = start + 1 + word.length;
    if (key.charCodeAt(after) === 1) return 0;
    if (!isDigit(word, word.length - 1) || !isDigit(key, after)) return 1;
  }
  return key.lastIndexOf(INITIALS, at) === -1 && standsAlone(key, word, at) ? 2 : 3;
}

/** A query so vague that this many doors fit is not sorted by distance: nobody reads that list. */
const SORTED_MOST = 2_000;
const WORST_FIT = 3;

export class DoorIndex {
  readonly #doors: readonly Premises[];
  readonly #keys: string[] = [];

  constructor(doors: readonly Premises[]) {
    this.#doors = doors;
  }

  /** How much of the list is known, 0 to 1. */
  get share(): number {
    return this.#doors.length === 0 ? 1 : this.#keys.length / this.#doors.length;
  }

  get complete(): boolean {
    return this.#keys.length === this.#doors.length;
  }

  /** The index of the list as it is now. A save changes a door or two: the other keys go along as they are. */
  following(doors: readonly Premises[]): DoorIndex {
    const next = new DoorIndex(doors);
    const known = Math.min(this.#keys.length, doors.length);
    for (let at = 0; at < known; at += 1) {
      const door = doors[at];
      const key = this.#keys[at];
      if (door === undefined || key === undefined) break;
      next.#keys.push(door === this.#doors[at] ? key : keyOf(door));
    }
    return next;
  }

  /** Makes keys for as many more doors: 50,000 at once would stop a slow phone for half a second. */
  grow(count: number): void {
    const end = Math.min(this.#doors.length, this.#keys.length + count);
    for (let at = this.#keys.length; at < end; at += 1) {
      const door = this.#doors[at];
      if (door) this.#keys.push(keyOf(door));
    }
  }

  /** Doors that contain every word of the query, best first; of equally good ones the nearest first. */
  search(query: string, limit: number, here: Position | null = null): Premises[] {
    const words = wordsOf(query);
    if (words.length === 0) return [];
    const found: Premises[] = [];
    for (const fitting of this.#fitting(words)) {
      found.push(...nearestFirst(fitting, here).slice(0, limit - found.length));
      if (found.length >= limit) break;
    }
    return found;
  }

  /** The fitting doors by how well they fit: a list for each sum of the words' fits. */
  #fitting(words: readonly Word[]): Premises[][] {
    const byFit: Premises[][] = Array.from({ length: words.length * WORST_FIT + 1 }, () => []);
    for (let at = 0; at < this.#keys.length; at += 1) {
      const key = this.#keys[at] ?? '';
      let sum = 0;
      for (const word of words) {
        const its = fit(key, word);
        sum = its === -1 ? -1 : sum + its;
        if (its === -1) break;
      }
      const door = this.#doors[at];
      const fitting = sum === -1 ? undefined : byFit[sum];
      if (door && fitting && fitting.length <= SORTED_MOST) fitting.push(door);
    }
    return byFit;
  }
}

function wordsOf(query: string): Word[] {
  const words = query.split(/\s+/).map(folded).filter(Boolean);
  return words.map((word) => ({ word, at_edge: EDGE + word }));
}

function nearestFirst(doors: readonly Premises[], here: Position | null): readonly Premises[] {
  if (!here || doors.length < 2 || doors.length > SORTED_MOST) return doors;
  const measured = doors.map((door) => ({ door, metres: distance_m(here, door) }));
  return measured.sort((a, b) => a.metres - b.metres).map(({ door }) => door);
}

/** A search over doors that have no index yet. */
export function searchDoors(
  doors: readonly Premises[],
  query: string,
  limit: number,
  here: Position | null = null,
): Premises[] {
  const index = new DoorIndex(doors);
  index.grow(doors.length);
  return index.search(query, limit, here);
}
