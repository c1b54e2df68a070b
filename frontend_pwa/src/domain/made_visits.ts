/**
 * PURE: visits that were made, from the feed and from this phone alike, and what corrections do to them.
 *
 * A correction is a visit of its own that takes the place of an earlier one and keeps its time; the earlier one stays
 * readable, and stands in no list any more.
 */
import { duringDay } from './dates';
import type { Mutation, VisitCorrectMutation, VisitMutation } from './mutations';
import type { VisitPayload } from './payloads';
import type { Me, VisitRecord } from './records';
import type { Outcome } from './words';

export interface MadeVisit {
  id: string;
  occurred_at: string;
  author: string;
  author_name: string;
  mine: boolean;
  /** True until the server's feed has shown it. */
  pending: boolean;
  values: VisitPayload;
  /** The visit in whose place this one stands, and why. */
  corrects: string | null;
  reason: string;
  corrected_by: string | null;
  distance_to_door_m: number | null;
}

type Visiting = VisitMutation | VisitCorrectMutation;

function isVisiting(mutation: Mutation): mutation is Visiting {
  return mutation.kind === 'visit.record' || mutation.kind === 'visit.correct';
}

function valuesOf(visit: VisitRecord): VisitPayload {
  const { premises, outcome, officers, hazards, advice, help_asked, note, disputes, patrol } = visit;
  return {
    ...{ premises, outcome, officers, hazards, advice, help_asked, note, disputes, patrol },
    place: visit.place ?? null,
    no_place_reason: visit.no_place_reason ?? null,
    campaign: visit.campaign ?? null,
    checklist: visit.checklist ?? null,
  };
}

function fromFeed(visit: VisitRecord, me: Me): MadeVisit {
  const { id, occurred_at, author, author_name, corrects, corrected_by, distance_to_door_m } = visit;
  return {
    ...{ id, occurred_at, author, author_name, corrects, corrected_by, distance_to_door_m },
    reason: visit.correction_reason ?? '',
    mine: author === me.officer.id || visit.officers.includes(me.officer.id),
    pending: false,
    values: valuesOf(visit),
  };
}

function fromPhone(mutation: Visiting, occurred_at: string, me: Me): MadeVisit {
  const { kind, payload, record_id } = mutation;
  const corrected = kind === 'visit.correct' ? payload : null;
  const nothing = { patrol: null, checklist: null };
  const values: VisitPayload & { corrects?: string; reason?: string } = { ...nothing, ...payload };
  delete values.corrects;
  delete values.reason;
  return {
    ...{ id: record_id, occurred_at, author: me.officer.id, author_name: me.officer.name },
    ...{ mine: true, pending: true, corrected_by: null, distance_to_door_m: null, values },
    corrects: corrected?.corrects ?? null,
    reason: corrected?.reason ?? '',
  };
}

/** Visits made on this phone that the feed has not shown yet. */
export interface PhoneVisits {
  made: MadeVisit[];
  /** Visits that one of them takes the place of, by id: the one that stands. */
  corrected: ReadonlyMap<string, string>;
}

/** `pending` comes oldest first. The snapshot is long, and is looked through only where a correction asks for it. */
export function phoneVisits(
  snapshot: readonly VisitRecord[],
  pending: readonly Mutation[],
  me: Me,
): PhoneVisits {
  const made = new Map<string, MadeVisit>();
  const corrected = new Map<string, string>();
  for (const mutation of pending.filter(isVisiting)) {
    const corrects = mutation.kind === 'visit.correct' ? mutation.payload.corrects : null;
    const original = corrects === null ? undefined : (made.get(corrects) ?? recordOf(snapshot, corrects));
    const visit = fromPhone(mutation, original?.occurred_at ?? mutation.recorded_at, me);
    made.set(visit.id, visit);
    // Corrected by a colleague meanwhile: that one stands, and this one will be shown to both as a conflict.
    if (corrects !== null && original?.corrected_by == null) corrected.set(corrects, visit.id);
  }
  const standing = (visit: MadeVisit): MadeVisit => ({
    ...visit,
    corrected_by: corrected.get(visit.id) ?? null,
  });
  return { made: [...made.values()].map(standing), corrected };
}

function recordOf(snapshot: readonly VisitRecord[], id: string): VisitRecord | undefined {
  return snapshot.find((visit) => visit.id === id);
}

/** One visit by its id, whoever made it. */
export function madeVisit(
  id: string,
  snapshot: readonly VisitRecord[],
  phone: PhoneVisits,
  me: Me,
): MadeVisit | null {
  const own = phone.made.find((visit) => visit.id === id);
  if (own) return own;
  const record = recordOf(snapshot, id);
  if (!record) return null;
  const visit = fromFeed(record, me);
  return { ...visit, corrected_by: visit.corrected_by ?? phone.corrected.get(id) ?? null };
}

export interface PendingVisit {
  premises: string;
  outcome: Outcome;
  visited_at: string;
  /** It stands in the place of a visit that may not be the door's last one. */
  corrects: boolean;
}

function later(a: PendingVisit | undefined, b: PendingVisit): boolean {
  return !a || Date.parse(b.visited_at) >= Date.parse(a.visited_at);
}

/** The last visit of each door among those that the feed has not shown yet. */
export function pendingVisits({ made }: PhoneVisits): Map<string, PendingVisit> {
  const byDoor = new Map<string, PendingVisit>();
  for (const { corrected_by, corrects, occurred_at, values } of made) {
    if (corrected_by !== null) continue;
    const { premises, outcome } = values;
    const visit = { premises, outcome, visited_at: occurred_at, corrects: corrects !== null };
    if (later(byDoor.get(premises), visit)) byDoor.set(premises, visit);
  }
  return byDoor;
}

export interface SeenVisit {
  id: string;
  premises: string;
  outcome: Outcome;
  occurred_at: string;
  author_name: string;
  mine: boolean;
  pending: boolean;
}

function seen({ id, values, occurred_at, author_name, mine, pending }: MadeVisit): SeenVisit {
  return {
    ...{ id, premises: values.premises, outcome: values.outcome },
    ...{ occurred_at, author_name, mine, pending },
  };
}

/** Visits of one calendar day that count, snapshot and phone together, newest first. */
export function visitsOn(
  day_on: string,
  snapshot: readonly VisitRecord[],
  phone: PhoneVisits,
  me: Me,
): SeenVisit[] {
  const today = duringDay(day_on, me.deployment.zone);
  const known = snapshot
    .filter(
      (visit) => visit.corrected_by === null && !phone.corrected.has(visit.id) && today(visit.occurred_at),
    )
    .map((visit) => fromFeed(visit, me));
  const own = phone.made.filter((visit) => visit.corrected_by === null && today(visit.occurred_at));
  return [...known, ...own].map(seen).sort((a, b) => Date.parse(b.occurred_at) - Date.parse(a.occurred_at));
}
