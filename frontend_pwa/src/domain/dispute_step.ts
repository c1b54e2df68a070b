/** PURE: a step in a dispute while it is being written: what it needs, and the record it becomes. */
import type { CaseStep } from './dispute_case';
import type { CaseState } from './dispute_states';
import type { NewMutation } from './mutations';
import type { DisputeEventPayload } from './payloads';
import { NOTE_MAX } from './visit_draft';
import type { DisputeEventKind, FollowUp } from './words';

export type Agreement = NonNullable<DisputeEventPayload['agreement']>;
export const TRANSFERRED_TO_MAX = 160;

/** Who signs an agreement: the sides, others, and the officer who mediated. */
export const SIGNERS = ['side_a', 'side_b', 'other', 'mediator'] as const;
export type Signer = (typeof SIGNERS)[number];

export interface StepDraft {
  /** Id of the step, made at the first touch: photos and signatures belong to it. */
  id: string;
  dispute: string;
  event: DisputeEventKind;
  note: string;
  assignee: string | null;
  form: Agreement['form'];
  terms: string;
  transferred_to: string;
  follow_up: FollowUp | null;
  corrects: string | null;
  /** The picture of each signature that was given. */
  signatures: Partial<Record<Signer, string>>;
}

/** The last part of a step's address: its event; of a correction the step that it corrects as well. */
export function stepAddress(event: DisputeEventKind, corrects: string | null = null): string {
  return corrects === null ? event : `${event}-${corrects}`;
}

const EVENTS: readonly DisputeEventKind[] = [
  ...(['registered', 'assigned', 'session_held', 'agreement_signed', 'resolved', 'transferred'] as const),
  ...(['failed', 'follow_up', 'reopened', 'closed'] as const),
];

export function stepOfAddress(address: string): { event: DisputeEventKind; corrects: string | null } | null {
  const corrects = /^corrected-(.+)$/.exec(address)?.[1];
  if (corrects) return { event: 'corrected', corrects };
  const event = EVENTS.find((known) => known === address);
  return event ? { event, corrects: null } : null;
}

export function stepKey(dispute: string, address: string): string {
  return `dispute:${dispute}:${address}`;
}

interface NewStep {
  id: string;
  dispute: string;
  event: DisputeEventKind;
  /** The step that is corrected: the correction begins with what it said. */
  corrected: CaseStep | null;
  /** Who most likely takes it on. */
  officer: string;
}

export function emptyStep({ id, dispute, event, corrected, officer }: NewStep): StepDraft {
  return {
    ...{ id, dispute, event, note: '', corrects: corrected?.id ?? null, signatures: {} },
    assignee: event === 'assigned' ? officer : (corrected?.assignee ?? null),
    form: corrected?.agreement?.form ?? 'written',
    terms: corrected?.agreement?.terms ?? '',
    transferred_to: corrected?.transferred_to ?? '',
    follow_up: corrected?.follow_up ?? null,
  };
}

export type StepField = 'assignee' | 'agreement' | 'transferred_to' | 'follow_up';

/** What a step says besides its note; a correction says anew what the corrected step said. */
export function fieldsOf(draft: StepDraft, at: CaseState, corrected: CaseStep | null): StepField[] {
  switch (corrected?.event ?? draft.event) {
    case 'assigned':
      return draft.event === 'corrected' ? [] : ['assignee'];
    case 'agreement_signed':
      return ['agreement'];
    case 'resolved':
      return corrected ? (corrected.agreement ? ['agreement'] : []) : at.has_agreement ? [] : ['agreement'];
    case 'transferred':
      return ['transferred_to'];
    case 'follow_up':
      return ['follow_up'];
    default:
      return [];
  }
}

export type StepGap = StepField | 'reason' | 'too_long';

export function stepGaps(draft: StepDraft, fields: readonly StepField[]): StepGap[] {
  const empty: Record<StepField, boolean> = {
    assignee: draft.assignee === null,
    agreement: draft.terms.trim() === '',
    transferred_to: draft.transferred_to.trim() === '',
    follow_up: draft.follow_up === null,
  };
  const gaps: StepGap[] = fields.filter((field) => empty[field]);
  if (draft.event === 'corrected' && draft.note.trim() === '') gaps.push('reason');
  const long = [draft.note.length > NOTE_MAX, draft.terms.length > NOTE_MAX];
  if (long.includes(true) || draft.transferred_to.length > TRANSFERRED_TO_MAX) gaps.push('too_long');
  return gaps;
}

/** The record of a step without gaps. Only what its form showed goes in. */
export function stepMutation(
  draft: StepDraft,
  fields: readonly StepField[],
  id: string,
  recorded_at: string,
): NewMutation {
  const says = (field: StepField): boolean => fields.includes(field);
  return {
    ...{ id, kind: 'dispute.event', record_id: draft.id, recorded_at },
    payload: {
      ...{ dispute: draft.dispute, event: draft.event, note: draft.note.trim(), corrects: draft.corrects },
      assignee: says('assignee') ? draft.assignee : null,
      agreement: says('agreement') ? { form: draft.form, terms: draft.terms.trim() } : null,
      transferred_to: says('transferred_to') ? draft.transferred_to.trim() : '',
      follow_up: says('follow_up') ? draft.follow_up : null,
    },
  };
}
