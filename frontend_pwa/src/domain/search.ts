/** PURE: finding a door by address, name, door plate or pinyin initials. */
import { pinyinInitials } from './pinyin';
import type { Premises } from './records';

/** Full-width digits and letters become half-width, case and spaces go: officers type as they can. */
export function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, '');
}

export type SearchKey = string;

const FIELD_END = '\u0001';

export function searchKey(door: Premises): SearchKey {
  const text = folded([door.address, door.name, door.door_plate].join(FIELD_END));
  return `${text}${FIELD_END}${pinyinInitials(text)}`;
}

/** Keys belong to door objects, so that a changed door gets a new key and the others keep theirs. */
const keys = new WeakMap<Premises, SearchKey>();

function keyOf(door: Premises): SearchKey {
  let key = keys.get(door);
  if (key === undefined) {
    key = searchKey(door);
    keys.set(door, key);
  }
  return key;
}

/** Doors that contain every word of the query, best first (a match at the start of a field wins). */
export function searchDoors(doors: Iterable<Premises>, query: string, limit: number): Premises[] {
  const words = query.split(/\s+/).map(folded).filter(Boolean);
  const first = words[0];
  if (first === undefined) return [];
  const starting: Premises[] = [];
  const containing: Premises[] = [];
  for (const door of doors) {
    const key = keyOf(door);
    if (!words.every((word) => key.includes(word))) continue;
    (key.startsWith(first) || key.includes(FIELD_END + first) ? starting : containing).push(door);
    if (starting.length >= limit) break;
  }
  return [...starting, ...containing].slice(0, limit);
}
