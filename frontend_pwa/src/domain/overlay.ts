/**
 * PURE: truth = server snapshot + what this phone has made and the snapshot does not hold yet.
 *
 * The same functions serve every screen; of disputes overlay_disputes.ts has them. A record counts as pending until the
 * pull brings it back, so nothing flickers between the receipt and the next pull.
 */
import type { Mutation, OutboxRow, SentRow, VisitMutation } from './mutations';
import type { Me, Premises, VisitRecord } from './records';
import { nextDueOn } from './schedule';
import { duringDay } from './dates';
import type { Outcome } from './words';

export interface PendingVisit {
  premises: string;
  outcome: Outcome;
  visited_at: string;
}

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

function isVisit(mutation: Mutation): mutation is VisitMutation {
  return mutation.kind === 'visit.record';
}

/** The last pending visit of each door. */
export function pendingVisits(pending: readonly Mutation[]): Map<string, PendingVisit> {
  const byDoor = new Map<string, PendingVisit>();
  for (const { payload, recorded_at } of pending.filter(isVisit)) {
    byDoor.set(payload.premises, {
      premises: payload.premises,
      outcome: payload.outcome,
      visited_at: recorded_at,
    });
  }
  return byDoor;
}

/** A door as it stands after its pending visit. The server says the same once it has the record. */
export function overlayDoor(door: Premises, pending: PendingVisit | undefined, me: Me): Premises {
  if (!pending) return door;
  return {
    ...door,
    last_visited_at: pending.visited_at,
    last_outcome: pending.outcome,
    next_due_on: nextDueOn(pending.outcome, pending.visited_at, me.deployment.zone, me.due_after_days),
  };
}

/** All doors with pending visits applied. Doors without one keep their identity: 50,000 are not copied. */
export function overlayDoors(
  doors: readonly Premises[],
  pending: ReadonlyMap<string, PendingVisit>,
  me: Me,
): Premises[] {
  return doors.map((door) => overlayDoor(door, pending.get(door.id), me));
}

export interface SeenVisit {
  id: string;
  premises: string;
  outcome: Outcome;
  occurred_at: string;
  author_name: string;
  mine: boolean;
  /** True until the server's feed has shown it. */
  pending: boolean;
}

/** Visits of one calendar day, snapshot and pending together, newest first. */
export function visitsOn(
  day_on: string,
  snapshot: readonly VisitRecord[],
  pending: readonly Mutation[],
  me: Me,
): SeenVisit[] {
  const today = duringDay(day_on, me.deployment.zone);
  const known = snapshot
    .filter((visit) => visit.corrected_by === null && today(visit.occurred_at))
    .map((visit) => ({
      ...pick(visit),
      author_name: visit.author_name,
      mine: visit.author === me.officer.id || visit.officers.includes(me.officer.id),
      pending: false,
    }));
  const made = pending.filter(isVisit).filter((mutation) => today(mutation.recorded_at));
  const own = made.map((mutation) => ({
    id: mutation.record_id,
    premises: mutation.payload.premises,
    outcome: mutation.payload.outcome,
    occurred_at: mutation.recorded_at,
    author_name: me.officer.name,
    mine: true,
    pending: true,
  }));
  return [...known, ...own].sort((a, b) => b.occurred_at.localeCompare(a.occurred_at));
}

function pick(visit: VisitRecord): Pick<SeenVisit, 'id' | 'premises' | 'outcome' | 'occurred_at'> {
  return { id: visit.id, premises: visit.premises, outcome: visit.outcome, occurred_at: visit.occurred_at };
}
