/** PURE: doors proposed from the field: a new one while it is written, doors it may be already, a changed state. */
import { distance_m, type Position } from './distance';
import type { Mutation, NewMutation } from './mutations';
import type { Premises } from './records';
import { nearbyDoors } from './schedule';
import { folded } from './search';
import type { PremisesKind, PremisesState } from './words';

export interface NewDoorDraft {
  /** Id of the door, made at the first touch: a visit can name it before the server knows it. */
  id: string;
  kind: PremisesKind;
  address: string;
  /** What the phone wrote before the officer did: that alone is no address. */
  street: string;
  name: string;
  door_plate: string;
  lon: number | null;
  lat: number | null;
  /** Where the place comes from: the phone's position, or a door the officer pointed at. */
  placed: 'fix' | 'door' | null;
  accuracy_m: number | null;
}

export const ADDRESS_MAX = 300;
export const NAME_MAX = 160;
export const PLATE_MAX = 64;
export const STATE_REASON_MAX = 500;

/** "灵泉街道宜阳大道18号" → "灵泉街道宜阳大道"; "Mannerheimintie 5 A" → "Mannerheimintie ". */
export function streetOf(address: string): string {
  const at = address.search(/\d/);
  return at === -1 ? '' : address.slice(0, at);
}

export function emptyDoor(id: string, door_plate: string): NewDoorDraft {
  const place = { lon: null, lat: null, placed: null, accuracy_m: null };
  return { id, kind: 'household', address: '', street: '', name: '', door_plate, ...place };
}

/** The draft at a place; its street is that of the nearest door, unless the officer has written one. */
export function placedDoor(
  draft: NewDoorDraft,
  doors: readonly Premises[],
  at: Position & { accuracy_m: number | null },
  placed: 'fix' | 'door',
): NewDoorDraft {
  const { lon, lat, accuracy_m } = at;
  const written = draft.address !== draft.street;
  const [nearest] = written ? [] : nearbyDoors(doors, at, 1);
  const street = nearest ? streetOf(nearest.door.address) : draft.street;
  const address = written ? draft.address : street;
  return { ...draft, lon, lat, accuracy_m, placed, street, address };
}

export type NewDoorGap = 'address' | 'place';

/** What keeps a new door from being saved. A street without a number is no address. */
export function newDoorGaps(draft: NewDoorDraft): NewDoorGap[] {
  const gaps: NewDoorGap[] = [];
  const address = draft.address.trim();
  if (address === '' || address === draft.street.trim()) gaps.push('address');
  if (draft.lon === null || draft.lat === null) gaps.push('place');
  return gaps;
}

export interface Duplicate {
  door: Premises;
  why: 'plate' | 'address' | 'near';
  distance_m: number | null;
}

/** Nearer than this and of the same kind, it may be the same door. */
const SAME_PLACE_M = 10;

function sameness(door: Premises, draft: NewDoorDraft, metres: number | null): Duplicate['why'] | null {
  const same = (a: string, b: string): boolean => a !== '' && folded(a) === folded(b);
  if (same(draft.door_plate, door.door_plate)) return 'plate';
  if (same(draft.address, door.address)) return 'address';
  const here = draft.placed === 'fix' && metres !== null && metres < SAME_PLACE_M;
  return here && draft.kind === door.kind ? 'near' : null;
}

/** Registered doors that the new one may be, the surest first. They are pointed out; saving is not forbidden. */
export function possibleDuplicates(doors: readonly Premises[], draft: NewDoorDraft, limit = 3): Duplicate[] {
  const ORDER = ['plate', 'address', 'near'];
  const here = draft.lon === null || draft.lat === null ? null : { lon: draft.lon, lat: draft.lat };
  const found = doors.flatMap((door): Duplicate[] => {
    const metres = here ? distance_m(here, door) : null;
    const why = door.id === draft.id ? null : sameness(door, draft, metres);
    return why ? [{ door, why, distance_m: metres }] : [];
  });
  const rank = ({ why, distance_m: metres }: Duplicate): number => ORDER.indexOf(why) * 1e9 + (metres ?? 1e8);
  return found.sort((a, b) => rank(a) - rank(b)).slice(0, limit);
}

interface Made {
  id: string;
  recorded_at: string;
}

/** The record of a complete draft. A household has no name, whatever was typed before its kind was changed. */
export function newDoorMutation(draft: NewDoorDraft, { id, recorded_at }: Made): NewMutation | null {
  const { lon, lat, kind } = draft;
  if (lon === null || lat === null) return null;
  const written = { address: draft.address.trim(), door_plate: draft.door_plate.trim() };
  const name = kind === 'enterprise' ? draft.name.trim() : '';
  return {
    ...{ id, kind: 'premises.propose', record_id: draft.id, recorded_at },
    payload: { action: 'new', kind, ...written, name, lon, lat },
  };
}

/** The proposal that a door is vacant, gone, inaccessible or in use again. A lead decides: the door itself stays. */
export function stateMutation(
  door: Premises,
  state: PremisesState,
  reason: string,
  made: Made & { record_id: string },
): NewMutation {
  return {
    ...{ ...made, kind: 'premises.propose' },
    payload: {
      ...{ action: 'change_state', premises: door.id, state, base: { state: door.state } },
      reason: reason.trim(),
    },
  };
}

/** New doors of this phone that the feed has not shown yet. `area` is unknown here: the server places them. */
export function proposedDoors(pending: readonly Mutation[], isKnown: (id: string) => boolean): Premises[] {
  return pending.flatMap((mutation) => {
    if (mutation.kind !== 'premises.propose' || mutation.payload.action !== 'new') return [];
    const { kind, address, name, door_plate, lon, lat } = mutation.payload;
    if (isKnown(mutation.record_id)) return [];
    return [
      {
        ...{ id: mutation.record_id, kind, address, name, door_plate, lon, lat },
        ...{ state: 'active', proposed: true, area: '', beat: null },
        ...{ last_visited_at: null, last_outcome: null, next_due_on: null, version: 0 },
      },
    ];
  });
}

/** The last state this phone proposed for each door. A lead has not decided, or the news has not come yet. */
export function proposedStates(pending: readonly Mutation[]): Map<string, PremisesState> {
  const states = new Map<string, PremisesState>();
  for (const mutation of pending) {
    if (mutation.kind === 'premises.propose' && mutation.payload.action === 'change_state')
      states.set(mutation.payload.premises, mutation.payload.state);
  }
  return states;
}
