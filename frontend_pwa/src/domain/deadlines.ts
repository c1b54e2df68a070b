/** PURE: which deadline of a dispute comes next, and how pressing it is. */
import { addDays, daysBetween } from './dates';
import type { DisputeRecord } from './records';

export type DeadlineKind = 'assign' | 'resolve' | 'follow_up';
export type Urgency = 'calm' | 'soon' | 'overdue';

export interface Deadline {
  kind: DeadlineKind;
  due_on: string;
  /** Days that are left: 0 is today, negative is past. */
  left_days: number;
  urgency: Urgency;
}

/** Amber starts when this share of the time is used up. */
const SOON_FROM = 0.7;
/** A follow-up is due this many days after the resolution (2-records). */
export const FOLLOW_UP_DAYS = 30;

function urgencyOf(start_on: string, due_on: string, today_on: string): Urgency {
  if (today_on > due_on) return 'overdue';
  const total = daysBetween(start_on, due_on);
  const used = daysBetween(start_on, today_on);
  return total <= 0 || used / total >= SOON_FROM ? 'soon' : 'calm';
}

function pending(dispute: DisputeRecord): { kind: DeadlineKind; due_on: string | null } | null {
  switch (dispute.state) {
    case 'found':
    case 'registered':
      return { kind: 'assign', due_on: dispute.assign_due_on };
    case 'assigned':
    case 'mediating':
      return { kind: 'resolve', due_on: dispute.resolve_due_on };
    case 'resolved':
      return { kind: 'follow_up', due_on: dispute.follow_up_due_on };
    default:
      return null;
  }
}

/** The next deadline of a dispute; null when nothing is awaited. `opened_on` is its first day in the city's zone. */
export function nextDeadline(dispute: DisputeRecord, opened_on: string, today_on: string): Deadline | null {
  const next = pending(dispute);
  if (!next?.due_on) return null;
  const start_on = next.kind === 'follow_up' ? addDays(next.due_on, -FOLLOW_UP_DAYS) : opened_on;
  return {
    kind: next.kind,
    due_on: next.due_on,
    left_days: daysBetween(today_on, next.due_on),
    urgency: urgencyOf(start_on, next.due_on, today_on),
  };
}

const OPEN_STATES: ReadonlySet<string> = new Set([
  'found',
  'registered',
  'assigned',
  'mediating',
  'resolved',
]);

export function isOpen(dispute: DisputeRecord): boolean {
  return OPEN_STATES.has(dispute.state);
}

/** Open cases first, most pressing first; finished cases after them, newest first. */
export function byUrgency(a: DisputeRecord, b: DisputeRecord): number {
  if (isOpen(a) !== isOpen(b)) return isOpen(a) ? -1 : 1;
  const dueA = pending(a)?.due_on ?? '9999';
  const dueB = pending(b)?.due_on ?? '9999';
  return dueA === dueB ? b.opened_at.localeCompare(a.opened_at) : dueA.localeCompare(dueB);
}

export type Section = Exclude<Urgency, 'calm'> | 'later' | 'done';
export const SECTIONS: readonly Section[] = ['overdue', 'soon', 'later', 'done'];

/** Under which heading of the list a dispute stands. */
export function sectionOf(dispute: DisputeRecord, opened_on: string, today_on: string): Section {
  const urgency = nextDeadline(dispute, opened_on, today_on)?.urgency;
  if (urgency === undefined) return isOpen(dispute) ? 'later' : 'done';
  return urgency === 'calm' ? 'later' : urgency;
}
