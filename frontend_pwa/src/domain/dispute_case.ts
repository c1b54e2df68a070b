/**
 * PURE: one dispute as this phone knows it: the server's steps in the server's order, then the phone's own that the feed
 * has not shown yet, folded to one state. A step the state does not allow is shown and says why.
 */
import { addDays, dayOf } from './dates';
import { FOLLOW_UP_DAYS } from './deadlines';
import { FOUND, step, type CaseState, type Misfit } from './dispute_states';
import type { DisputeEventMutation, DisputePartyMutation, Mutation } from './mutations';
import type { Party } from './payloads';
import type { DisputeEventRecord, DisputeRecord, Me, PartyRecord } from './records';
import type { DisputeState } from './words';

export interface CaseStep extends Omit<DisputeEventRecord, 'allowed' | 'ordinal' | 'version'> {
  /** True until the server's feed has shown it. */
  pending: boolean;
  misfit: Misfit | null;
  /** The state the step met. */
  met: DisputeState;
}

export interface SeenDispute extends DisputeRecord {
  parties: PartyRecord[];
  /** Own steps, not on the server yet, that do not fit any more: a colleague was faster. */
  overtaken: number;
}

export interface CaseView {
  dispute: SeenDispute;
  steps: CaseStep[];
  at: CaseState;
}

/** What this phone has made about disputes and the feed has not shown. */
export interface OwnWork {
  pending: readonly Mutation[];
  /** Ids of mutations without a receipt. */
  unsent: ReadonlySet<string>;
  me: Me;
}

function known(events: readonly DisputeEventRecord[]): { steps: CaseStep[]; at: CaseState } {
  let at = FOUND;
  const ordered = [...events].sort((a, b) => a.ordinal - b.ordinal);
  const steps = ordered.map((event) => {
    const met = at.state;
    const { after, misfit } = step(at, { event: event.event, has_agreement: event.agreement !== null });
    at = after;
    // The server saw all steps; this phone may lack some.
    return { ...event, pending: false, misfit: event.allowed ? null : (misfit ?? 'state'), met };
  });
  return { steps, at };
}

function ownSteps(work: OwnWork, dispute: string, events: readonly DisputeEventRecord[]) {
  const shown = new Set(events.map((event) => event.id));
  const of_dispute = (mutation: Mutation): mutation is DisputeEventMutation =>
    mutation.kind === 'dispute.event' && mutation.payload.dispute === dispute;
  return work.pending
    .filter(of_dispute)
    .filter((mutation) => !shown.has(mutation.record_id))
    .sort((a, b) => a.seq - b.seq);
}

/** What a step that fitted changes besides the state; the server does the same. */
function moved(dispute: SeenDispute, made: CaseStep, at: CaseState, me: Me): SeenDispute {
  const next = { ...dispute, state: at.state };
  switch (made.event) {
    case 'assigned': {
      const officer = [...me.colleagues, me.officer].find(({ id }) => id === made.assignee);
      return { ...next, assignee: made.assignee, assignee_name: officer?.name ?? null };
    }
    case 'resolved': {
      const resolved_on = dayOf(Date.parse(made.occurred_at), me.deployment.zone);
      return { ...next, follow_up_due_on: addDays(resolved_on, FOLLOW_UP_DAYS) };
    }
    case 'reopened':
      return { ...next, follow_up_due_on: null };
    default:
      return next;
  }
}

function pendingStep(
  mutation: DisputeEventMutation,
  met: DisputeState,
  misfit: Misfit | null,
  me: Me,
): CaseStep {
  const { payload, recorded_at, record_id } = mutation;
  return {
    ...payload,
    ...{ id: record_id, occurred_at: recorded_at, author: me.officer.id, author_name: me.officer.name },
    ...{ pending: true, misfit, met },
  };
}

export function maskedParty({ id, role, name_masked, phone_masked, sealed }: Party): PartyRecord {
  return { id, role, name_masked, phone_masked, has_contact: sealed !== '' };
}

/** Parties added on this phone; a contact written anew counts until its receipt, then the feed's does. */
function withOwnParties(parties: readonly PartyRecord[], dispute: string, work: OwnWork): PartyRecord[] {
  const byId = new Map(parties.map((party) => [party.id, party]));
  const of_dispute = (mutation: Mutation): mutation is DisputePartyMutation =>
    mutation.kind === 'dispute.party' && mutation.payload.dispute === dispute;
  for (const { id, payload } of work.pending.filter(of_dispute)) {
    if (work.unsent.has(id) || !byId.has(payload.party.id))
      byId.set(payload.party.id, maskedParty(payload.party));
  }
  return [...byId.values()];
}

/** `events` are all steps of this dispute that the feed has brought, in any order. */
export function caseOf(row: DisputeRecord, events: readonly DisputeEventRecord[], work: OwnWork): CaseView {
  const { steps, at: folded } = known(events);
  // The row and its steps come in the same transaction of the server, but perhaps not in the same page.
  let at: CaseState = { state: row.state, has_agreement: folded.has_agreement };
  let dispute: SeenDispute = {
    ...row,
    parties: withOwnParties(row.parties ?? [], row.id, work),
    overtaken: 0,
  };
  for (const mutation of ownSteps(work, row.id, events)) {
    const { event, agreement } = mutation.payload;
    const { after, misfit } = step(at, { event, has_agreement: agreement !== null });
    const made = pendingStep(mutation, at.state, misfit, work.me);
    steps.push(made);
    at = after;
    if (misfit === null) dispute = moved(dispute, made, at, work.me);
    else dispute = { ...dispute, overtaken: dispute.overtaken + 1 };
  }
  return { dispute, steps, at };
}

/** The colleague's step that moved the case last: the one an own step came too late for. */
export function lastOfColleague({ steps }: CaseView, me: Me): CaseStep | null {
  const others = steps.filter((one) => !one.pending && one.misfit === null && one.author !== me.officer.id);
  return others.at(-1) ?? null;
}

/** The agreement that counts: the last one of this round that fitted, in its last correction. */
export function agreementOf({
  steps,
}: CaseView): { made: CaseStep; agreement: NonNullable<CaseStep['agreement']> } | null {
  const fitting = steps.filter((one) => one.misfit === null);
  const round = fitting.slice(fitting.findLastIndex((one) => one.event === 'reopened') + 1);
  const made = round.findLast((one) => one.event !== 'corrected' && one.agreement !== null);
  if (!made?.agreement) return null;
  const corrected = fitting.findLast((one) => one.corrects === made.id && one.agreement !== null);
  return { made, agreement: corrected?.agreement ?? made.agreement };
}

/** Whether the last follow-up of this round, in its last correction, found the agreement kept; null: nobody said. */
export function followUpKept({ steps }: CaseView): boolean | null {
  const fitting = steps.filter((one) => one.misfit === null);
  const round = fitting.slice(fitting.findLastIndex((one) => one.event === 'reopened') + 1);
  const made = round.findLast((one) => one.event === 'follow_up');
  const corrected = fitting.findLast((one) => one.corrects === made?.id && one.follow_up !== null);
  const found = corrected?.follow_up ?? made?.follow_up ?? null;
  return found === 'kept' ? true : found === 'not_kept' ? false : null;
}
