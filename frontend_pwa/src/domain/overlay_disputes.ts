/** PURE: the unit's disputes, snapshot and own work together (domain/overlay.ts is the same for visits). */
import { addDays, dayOf } from './dates';
import { caseOf, maskedParty, type OwnWork, type SeenDispute } from './dispute_case';
import type { DisputeOpenMutation, Mutation } from './mutations';
import type { DisputeEventRecord, DisputeRecord, Me } from './records';

/** Default deadlines (2-records): assigned within 3 days, resolved within 30. */
const ASSIGN_DAYS = 3;
const RESOLVE_DAYS = 30;

/** A dispute opened here, as the server will say it once it has the record. */
function openedRow({ payload, record_id, recorded_at }: DisputeOpenMutation, me: Me): DisputeRecord {
  const { category, summary, risk, source, premises, place_text } = payload;
  const opened_on = dayOf(Date.parse(recorded_at), me.deployment.zone);
  return {
    ...{ id: record_id, category, summary, risk, state: 'found', source, premises, place_text },
    ...{ area: null, opened_at: recorded_at, author: me.officer.id, author_name: me.officer.name },
    ...{ assignee: null, assignee_name: null, version: 0 },
    assign_due_on: addDays(opened_on, ASSIGN_DAYS),
    resolve_due_on: addDays(opened_on, RESOLVE_DAYS),
    follow_up_due_on: null,
    parties: payload.parties.map(maskedParty),
  };
}

/** One dispute without own steps: of the snapshot, else as it was opened here; null when this phone has none. */
export function rowOf(id: string, snapshot: readonly DisputeRecord[], work: OwnWork): DisputeRecord | null {
  const row = snapshot.find((one) => one.id === id);
  if (row) return row;
  const opening = work.pending.find(
    (mutation) => mutation.kind === 'dispute.open' && mutation.record_id === id,
  );
  return opening?.kind === 'dispute.open' ? openedRow(opening, work.me) : null;
}

/** Ids of the disputes in which this phone has taken a step or named a party. */
export function workedDisputes(mutations: readonly Mutation[]): Set<string> {
  return new Set(
    mutations.flatMap(({ kind, payload }) =>
      kind === 'dispute.event' || kind === 'dispute.party' ? [payload.dispute] : [],
    ),
  );
}

/** Disputes of the snapshot and those opened on this phone that the server has not shown, each with the own steps. */
export function overlayDisputes(
  snapshot: readonly DisputeRecord[],
  events: readonly DisputeEventRecord[],
  work: OwnWork,
): SeenDispute[] {
  const known = new Set(snapshot.map((row) => row.id));
  const opened = work.pending.flatMap((mutation) =>
    mutation.kind === 'dispute.open' && !known.has(mutation.record_id) ? [openedRow(mutation, work.me)] : [],
  );
  const worked = workedDisputes(work.pending);
  return [...snapshot, ...opened].map((row) => {
    if (!worked.has(row.id)) return { ...row, parties: row.parties ?? [], overtaken: 0 };
    const own = events.filter((event) => event.dispute === row.id);
    return caseOf(row, own, work).dispute;
  });
}
