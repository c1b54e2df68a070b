/** PURE: what leaves the phone of an outing: its start, legs, fixes, notes and end as records. */
import type { NewMutation, OutboxRow, SentRow } from './mutations';
import type { OutingLeg, OutingState, Made } from './outing';
import type { Place } from './payloads';
import type { FixBlock } from './tracks';
import type { ObservationCategory } from './words';

/** What the server takes of one outing: a pause a minute and a half, twelve hours long. */
const MAX_PAUSES = 500;

const at = (ms: number): string => new Date(ms).toISOString();

export function startRecords(outing: OutingState, newId: () => string): NewMutation[] {
  const { id, kind, officers, plan, legs } = outing;
  const start: NewMutation = {
    ...{ id: newId(), kind: 'patrol.start', record_id: id, recorded_at: at(outing.started_at_ms) },
    payload: { kind, officers, plan },
  };
  return [start, ...legs.map((leg) => legRecord(id, leg, newId))];
}

export function legRecord(outing: string, leg: OutingLeg, newId: () => string): NewMutation {
  return {
    ...{ id: newId(), kind: 'patrol.leg', record_id: leg.id, recorded_at: at(leg.started_at_ms) },
    payload: { patrol: outing, mode: leg.mode },
  };
}

export function fixesRecord(block: FixBlock, at_ms: number, newId: () => string): NewMutation {
  const { leg, t_ms, lon, lat, accuracy_m, speed_mps, heading_deg } = block;
  return {
    ...{ id: newId(), kind: 'patrol.fixes', record_id: block.id, recorded_at: at(at_ms) },
    payload: { leg, t_ms, lon, lat, accuracy_m, speed_mps, heading_deg, source: 'phone' },
  };
}

function pausesOf({ gaps, ended_at_ms }: OutingState): [number, number][] {
  return gaps
    .filter((gap) => gap.reason === 'paused')
    .map((gap): [number, number] => [gap.from_ms, gap.to_ms ?? ended_at_ms ?? gap.from_ms])
    .filter(([from_ms, to_ms]) => to_ms > from_ms)
    .slice(0, MAX_PAUSES);
}

export function endRecord(outing: OutingState, newId: () => string): NewMutation {
  return {
    ...{ id: newId(), kind: 'patrol.end', record_id: outing.id, recorded_at: at(outing.ended_at_ms ?? 0) },
    payload: { patrol: outing.id, ended_how: outing.ended_how ?? 'officer', pauses: pausesOf(outing) },
  };
}

/** What the officer is noting on the way; kept at every keystroke. */
export interface ObservationDraft {
  id: string;
  category: ObservationCategory | null;
  text: string;
}

export interface NotedAt {
  place: Place | null;
  recorded_at: string;
  newId: () => string;
}

export function observationRecord(
  outing: string,
  { id, text }: ObservationDraft,
  category: ObservationCategory,
  { place, recorded_at, newId }: NotedAt,
): NewMutation {
  return {
    ...{ id: newId(), kind: 'patrol.observe', record_id: id, recorded_at },
    payload: { patrol: outing, category, text: text.trim(), place },
  };
}

export interface OutreachDraft {
  id: string;
  topic: string;
  place_text: string;
  audience_count: number | null;
}

export function outreachRecord(
  outing: string,
  draft: OutreachDraft,
  { place, recorded_at, newId }: NotedAt,
): NewMutation {
  return {
    ...{ id: newId(), kind: 'outreach.record', record_id: draft.id, recorded_at },
    payload: {
      ...{ topic: draft.topic.trim(), place_text: draft.place_text.trim(), place },
      ...{ audience_count: draft.audience_count ?? 0, patrol: outing },
    },
  };
}

type Kept = Pick<OutboxRow | SentRow, 'mutation'>;

/** The outing a record says it was made in. */
function outingOf({ mutation }: Kept): string | null {
  return 'patrol' in mutation.payload ? (mutation.payload.patrol ?? null) : null;
}

/** What was made in an outing, as far as the phone still knows it; a correction is no second visit. */
export function madeIn(outing: OutingState, rows: readonly Kept[]): Made {
  const own = rows.filter((row) => outingOf(row) === outing.id).map((row) => row.mutation.kind);
  const count = (kind: string): number => own.filter((one) => one === kind).length;
  const kept = outing.made;
  return {
    visits: Math.max(count('visit.record'), kept?.visits ?? 0),
    disputes: Math.max(count('dispute.open'), kept?.disputes ?? 0),
    observations: Math.max(count('patrol.observe'), kept?.observations ?? 0),
  };
}

export function hasOutreach(outing: string, rows: readonly Kept[]): boolean {
  return rows.some((row) => row.mutation.kind === 'outreach.record' && outingOf(row) === outing);
}

/** How many blocks of fixes of this outing have no receipt yet. */
export function blocksToSend(outing: OutingState, outbox: readonly OutboxRow[]): number {
  const legs = new Set(outing.legs.map((leg) => leg.id));
  return outbox.filter(({ mutation }) => mutation.kind === 'patrol.fixes' && legs.has(mutation.payload.leg))
    .length;
}
