/** PURE: what the model server holds. A backup is a copy of `Held`; accounts are not part of it. */
import type { Mutation, OutcomeRow } from '../../../src/domain/mutations';
import type { Change } from '../../../src/domain/records';

export type Shown = { id: string; version: number } & Record<string, unknown>;
export type ShownType = 'premises' | 'visit' | 'dispute' | 'dispute_event';

export interface HeldRecord {
  type: ShownType;
  unit: string;
  record: Shown;
  /** The mutations that made it; more than one for one record would be a doubled record. */
  made_by: string[];
}

export interface HeldMutation {
  device: string;
  officer: string;
  unit: string;
  mutation: Mutation;
  outcome: OutcomeRow['outcome'];
  answer: OutcomeRow;
  attempts: number;
  released: boolean;
  variants: string[];
}

export interface HeldDevice {
  officer: string;
  unit: string;
  public_key: string | null;
  revoked: boolean;
  made_total: number;
}

export interface FeedEntry {
  n: number;
  type: ShownType;
  id: string;
  op: 'put' | 'retract';
}

export interface Held {
  epoch: number;
  feeds: Record<string, FeedEntry[]>;
  records: Map<string, HeldRecord>;
  mutations: Map<string, HeldMutation>;
  devices: Map<string, HeldDevice>;
}

export interface Account {
  unit: string;
  active: boolean;
}

export interface Session {
  officer: string;
  live: boolean;
  device: string | null;
}

export const UNITS = ['s1', 's2'] as const;

export function emptyHeld(): Held {
  const held: Held = {
    ...{ epoch: 1, feeds: {}, records: new Map(), mutations: new Map(), devices: new Map() },
  };
  for (const unit of UNITS) held.feeds[unit] = [];
  return held;
}

export function copyOf(held: Held): Held {
  return structuredClone(held);
}

function announce(held: Held, unit: string, type: ShownType, id: string, op: FeedEntry['op']): number {
  const feed = held.feeds[unit] ?? [];
  const n = feed.length + 1;
  feed.push({ n, type, id, op });
  return n;
}

/** Writes a record and gives the change the next number of its unit's feed. */
export function put(held: Held, type: ShownType, unit: string, record: Shown, by: string | null): number {
  const known = held.records.get(record.id);
  const made_by = [...(known?.made_by ?? []), ...(by === null ? [] : [by])];
  held.records.set(record.id, { type, unit, record, made_by });
  if (known && known.unit !== unit) announce(held, known.unit, type, record.id, 'retract');
  return announce(held, unit, type, record.id, 'put');
}

/** A change as pulled: the record as it is now, or gone when it is another unit's. */
export function changeOf(held: Held, unit: string, entry: FeedEntry): Change {
  const known = held.records.get(entry.id);
  const shown = entry.op === 'put' && known?.unit === unit ? known.record : null;
  return {
    ...{ unit, n: entry.n, type: entry.type, id: entry.id, version: shown?.version ?? 1 },
    ...{ op: shown ? 'put' : 'retract', record: shown },
  } as Change;
}

export function visibleTo(held: Held, unit: string): HeldRecord[] {
  return [...held.records.values()].filter((known) => known.unit === unit);
}
