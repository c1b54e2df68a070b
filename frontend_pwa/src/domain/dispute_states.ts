/**
 * PURE: the state machine of a dispute, as visits/dispute_states.py has it (tests/contract/dispute_fold.json holds both
 * to one result). Events fold in one order to one state; a misfit is marked, not lost.
 */
import type { DisputeEventKind, DisputeState } from './words';

/** Where a case stands, and whether an agreement of this round exists. */
export interface CaseState {
  state: DisputeState;
  has_agreement: boolean;
}

/** One step, as far as the state machine cares. */
export interface CaseEvent {
  event: DisputeEventKind;
  has_agreement: boolean;
}

/** Why a step did not fit: the state has no such step, or nothing was agreed on. */
export type Misfit = 'state' | 'no_agreement';

export interface Folded {
  after: CaseState;
  misfit: Misfit | null;
}

export const FOUND: CaseState = { state: 'found', has_agreement: false };

const OPEN: readonly DisputeState[] = ['registered', 'assigned', 'mediating'];
const FROM_FOUND: readonly DisputeState[] = ['found', ...OPEN];
const ENDED: readonly DisputeState[] = ['resolved', 'transferred', 'failed', 'followed_up'];

type Moving = Exclude<DisputeEventKind, 'corrected'>;

/** event → the states in which it is allowed, and the state after it. */
const NEXT: Record<Moving, { from: readonly DisputeState[]; to: DisputeState }> = {
  registered: { from: ['found'], to: 'registered' },
  assigned: { from: FROM_FOUND, to: 'assigned' },
  session_held: { from: OPEN, to: 'mediating' },
  agreement_signed: { from: OPEN, to: 'mediating' },
  resolved: { from: OPEN, to: 'resolved' },
  transferred: { from: FROM_FOUND, to: 'transferred' },
  failed: { from: OPEN, to: 'failed' },
  follow_up: { from: ENDED, to: 'followed_up' },
  reopened: { from: [...ENDED, 'closed'], to: 'mediating' },
  closed: { from: ENDED, to: 'closed' },
};

/** The state after an event, and whether it fitted; a misfit changes nothing. */
export function step(before: CaseState, { event, has_agreement }: CaseEvent): Folded {
  // A correction is allowed in any state and moves nothing.
  if (event === 'corrected') return { after: before, misfit: null };
  const { from, to } = NEXT[event];
  if (!from.includes(before.state)) return { after: before, misfit: 'state' };
  const agreed = before.has_agreement || has_agreement;
  if (event === 'resolved' && !agreed) return { after: before, misfit: 'no_agreement' };
  if (event === 'reopened') return { after: { state: to, has_agreement: false }, misfit: null };
  // Handing over in the middle of mediation does not throw the case back.
  if (event === 'assigned' && before.state === 'mediating') return { after: before, misfit: null };
  return { after: { state: to, has_agreement: agreed }, misfit: null };
}

export function fold(events: readonly CaseEvent[], from: CaseState = FOUND): CaseState {
  return events.reduce((before, event) => step(before, event).after, from);
}

/** What an officer may do next, in the order in which practice does it. `resolved` is among them without an agreement. */
const OFFERED: readonly Moving[] = [
  ...(['registered', 'assigned', 'session_held', 'agreement_signed', 'resolved'] as const),
  ...(['follow_up', 'closed', 'transferred', 'failed', 'reopened'] as const),
];

/** The steps that the state allows. `resolved` is offered before anything is agreed on: its form says what is missing. */
export function allowedSteps(state: DisputeState): Moving[] {
  return OFFERED.filter((event) => NEXT[event].from.includes(state));
}

/** The step that practice takes next; null at the end of a case. `is_kept`: what the last follow-up found, if any. */
export function mainStep({ state, has_agreement }: CaseState, is_kept: boolean | null = null): Moving | null {
  switch (state) {
    case 'found':
      return 'registered';
    case 'registered':
    case 'assigned':
      return 'session_held';
    case 'mediating':
      return has_agreement ? 'resolved' : 'agreement_signed';
    case 'resolved':
    case 'transferred':
    case 'failed':
      return 'follow_up';
    case 'followed_up':
      // Parties who quarrel again are not helped by a case that is closed.
      return is_kept === false ? 'reopened' : 'closed';
    case 'closed':
      return null;
  }
}
