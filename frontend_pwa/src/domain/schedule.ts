/** PURE: when a door is due, and the lists of doors the screens show. */
import { addDays, dayOf, daysBetween } from './dates';
import { distance_m, type Position } from './distance';
import type { Premises } from './records';
import type { Outcome } from './words';

export type DueAfterDays = Partial<Record<Outcome, number>>;

/** The day a door is due after this outcome; null when such a door is not due again (vacant, gone, other). */
export function nextDueOn(
  outcome: Outcome,
  visited_at: string,
  zone: string,
  after: DueAfterDays,
): string | null {
  const days = after[outcome];
  return days === undefined ? null : addDays(dayOf(Date.parse(visited_at), zone), days);
}

export interface DueDoor {
  door: Premises;
  /** Days past due: 0 today, positive overdue; null when the door was never visited and has no date. */
  overdue_days: number | null;
  distance_m: number | null;
}

function isDue(door: Premises, today_on: string): boolean {
  if (door.state !== 'active' && door.state !== 'inaccessible') return false;
  return door.next_due_on === null ? door.last_visited_at === null : door.next_due_on <= today_on;
}

/** Doors of one day keep the order in which they came: sorting 50,000 addresses would be felt at each change. */
function byDueDate(a: DueDoor, b: DueDoor): number {
  return (b.overdue_days ?? -1) - (a.overdue_days ?? -1);
}

function sorted(due: DueDoor[], here: Position | null): DueDoor[] {
  return due.sort(here ? (a, b) => (a.distance_m ?? 0) - (b.distance_m ?? 0) : byDueDate);
}

/** Due doors: nearest first when a position is known, else longest overdue first and never visited last. */
export function dueDoors(doors: Iterable<Premises>, today_on: string, here: Position | null): DueDoor[] {
  const due: DueDoor[] = [];
  // Thousands of doors share a few dates.
  const overdue = new Map<string, number>();
  for (const door of doors) {
    if (!isDue(door, today_on)) continue;
    const due_on = door.next_due_on;
    if (due_on !== null && !overdue.has(due_on)) overdue.set(due_on, daysBetween(due_on, today_on));
    const overdue_days = due_on === null ? null : (overdue.get(due_on) ?? null);
    due.push({ door, overdue_days, distance_m: here ? distance_m(here, door) : null });
  }
  return sorted(due, here);
}

/**
 * The due doors after what this phone has made: `due` of the feed's doors less those that stand otherwise in `doors`, with
 * those of them that are due all the same. Nothing is sorted anew for a visit that takes one door out.
 */
export function dueAfter(
  due: readonly DueDoor[],
  feed: readonly Premises[],
  doors: readonly Premises[],
  today_on: string,
  here: Position | null,
): readonly DueDoor[] {
  const changed = doors.filter((door, place) => door !== feed[place]);
  if (changed.length === 0) return due;
  const before = new Set(feed.filter((door, place) => door !== doors[place]));
  const kept = due.filter((row) => !before.has(row.door));
  const still = dueDoors(changed, today_on, here);
  return still.length === 0 ? kept : sorted([...kept, ...still], here);
}

export interface NearDoor {
  door: Premises;
  distance_m: number;
}

/** Within this distance enough doors are near in a town; in the hills the circle grows until there are. */
const FIRST_CIRCLE_M = 150;
const EARTH_M = 21_000_000;
const M_PER_DEGREE = 111_000;

function doorsWithin(doors: readonly Premises[], here: Position, circle_m: number): NearDoor[] {
  // Most of 50,000 doors are too far north or south: a subtraction tells, without the sines of a distance.
  const reach_deg = circle_m / M_PER_DEGREE;
  const near: NearDoor[] = [];
  for (const door of doors) {
    if (door.state === 'gone' || Math.abs(door.lat - here.lat) > reach_deg) continue;
    const metres = distance_m(here, door);
    if (metres <= circle_m) near.push({ door, distance_m: metres });
  }
  return near;
}

/** The doors nearest to a position, `limit` of them. Only those in a circle that holds enough are sorted. */
export function nearbyDoors(doors: readonly Premises[], here: Position, limit: number): NearDoor[] {
  let circle_m = FIRST_CIRCLE_M;
  let near = doorsWithin(doors, here, circle_m);
  while (near.length < limit && circle_m < EARTH_M) near = doorsWithin(doors, here, (circle_m *= 4));
  return near.sort((a, b) => a.distance_m - b.distance_m).slice(0, limit);
}
