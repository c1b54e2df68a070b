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
const keyOfDoor = new WeakMap<Premises, SearchKey>();
/** The same keys side by side for one list: 50,000 look-ups a keystroke would be felt. */
const keysOfList = new WeakMap<readonly Premises[], SearchKey[]>();

function keyOf(door: Premises): SearchKey {
  let key = keyOfDoor.get(door);
  if (key === undefined) {
    key = searchKey(door);
    keyOfDoor.set(door, key);
  }
  return key;
}

/** The keys of a list; made once a list. Called early, it makes the first search as fast as the next. */
export function searchKeys(doors: readonly Premises[]): readonly SearchKey[] {
  let keys = keysOfList.get(doors);
  if (!keys) {
    keys = doors.map(keyOf);
    keysOfList.set(doors, keys);
  }
  return keys;
}

/** Doors that contain every word of the query, best first (a match at the start of a field wins). */
export function searchDoors(doors: readonly Premises[], query: string, limit: number): Premises[] {
  const [first, ...others] = query.split(/\s+/).map(folded).filter(Boolean);
  if (first === undefined) return [];
  const starting: Premises[] = [];
  const containing: Premises[] = [];
  const keys = searchKeys(doors);
  for (const [index, key] of keys.entries()) {
    const at = key.indexOf(first);
    if (at === -1 || !others.every((word) => key.includes(word))) continue;
    const door = doors[index];
    if (!door) continue;
    const atStart = at === 0 || key.includes(FIELD_END + first);
    if (atStart) starting.push(door);
    else if (containing.length < limit) containing.push(door);
    if (starting.length >= limit) break;
  }
  return [...starting, ...containing].slice(0, limit);
}
