/**
 * PURE: truth = server snapshot + what this phone has made and the snapshot does not hold yet.
 *
 * The same functions serve every screen; of disputes overlay_disputes.ts has them. A record counts as pending until the
 * pull brings it back, so nothing flickers between the receipt and the next pull.
 */
import type { PendingVisit } from './made_visits';
import type { Mutation, OutboxRow, SentRow } from './mutations';
import { proposedDoors } from './proposals';
import type { Me, Premises } from './records';
import { nextDueOn } from './schedule';

/** The mutations that the snapshot does not show yet, oldest first. */
export function pendingMutations(
  outbox: readonly OutboxRow[],
  sent: readonly SentRow[],
  inSnapshot: (record_id: string) => boolean,
): Mutation[] {
  // The two lists are read one after the other: a record that just got its receipt may stand in both.
  const byId = new Map([...sent, ...outbox].map((row) => [row.id, row.mutation]));
  return [...byId.values()]
    .filter((mutation) => !inSnapshot(mutation.record_id))
    .sort((a, b) => a.seq - b.seq);
}

/** A correction of an older visit leaves what the door says of a newer one. */
function isOvertaken(door: Premises, pending: PendingVisit): boolean {
  const last = door.last_visited_at;
  return pending.corrects && last !== null && Date.parse(pending.visited_at) < Date.parse(last);
}

/** A door as it stands after its pending visit. The server says the same once it has the record. */
export function overlayDoor(door: Premises, pending: PendingVisit | undefined, me: Me): Premises {
  if (!pending || isOvertaken(door, pending)) return door;
  return {
    ...door,
    last_visited_at: pending.visited_at,
    last_outcome: pending.outcome,
    next_due_on: nextDueOn(pending.outcome, pending.visited_at, me.deployment.zone, me.due_after_days),
  };
}

/** Where each door stands in a list; made once a list. */
const placesOfList = new WeakMap<readonly Premises[], ReadonlyMap<string, number>>();

function placesOf(doors: readonly Premises[]): ReadonlyMap<string, number> {
  let places = placesOfList.get(doors);
  if (!places) {
    places = new Map(doors.map((door, place) => [door.id, place]));
    placesOfList.set(doors, places);
  }
  return places;
}

/**
 * All doors of the feed with pending visits applied, in their places, and behind them those that this phone proposed.
 * Only what changes is touched: with 50,000 doors a save would be felt otherwise. A list nothing is pending for is the same.
 */
export function overlayDoors(
  doors: readonly Premises[],
  visits: ReadonlyMap<string, PendingVisit>,
  pending: readonly Mutation[],
  me: Me,
): readonly Premises[] {
  const proposed = proposedDoors(pending, (id) => placesOf(doors).has(id));
  if (visits.size === 0 && proposed.length === 0) return doors;
  const all = doors.slice();
  for (const [id, visit] of visits) {
    const place = placesOf(doors).get(id);
    const door = place === undefined ? undefined : doors[place];
    if (place !== undefined && door) all[place] = overlayDoor(door, visit, me);
  }
  return all.concat(proposed.map((door) => overlayDoor(door, visits.get(door.id), me)));
}

export interface DoorFinder {
  get(id: string): Premises | undefined;
}

/** Doors by their id, in a list that `overlayDoors` made of the feed's. */
export function doorFinder(feed: readonly Premises[], doors: readonly Premises[]): DoorFinder {
  return {
    get(id) {
      const place = placesOf(feed).get(id);
      if (place !== undefined) return doors[place];
      return doors.slice(feed.length).find((door) => door.id === id);
    },
  };
}
