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

/**
 * All doors with pending visits applied, and those that this phone proposed. Doors without a pending visit keep their
 * identity, and a list nothing is pending for is the very same: 50,000 are not copied.
 */
export function overlayDoors(
  doors: readonly Premises[],
  visits: ReadonlyMap<string, PendingVisit>,
  pending: readonly Mutation[],
  me: Me,
): readonly Premises[] {
  const proposed = proposedDoors(pending, (id) => doors.some((door) => door.id === id));
  if (visits.size === 0 && proposed.length === 0) return doors;
  const all = proposed.length === 0 ? doors : [...doors, ...proposed];
  return all.map((door) => overlayDoor(door, visits.get(door.id), me));
}
