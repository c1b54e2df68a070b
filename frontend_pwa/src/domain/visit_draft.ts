/** PURE: a visit while it is being written, and the mutations it becomes when it is saved. */
import { checklistAnswers, missingAnswers, type ChecklistDraft } from './checklist';
import type { NewMutation } from './mutations';
import type { Place, VisitPayload } from './payloads';
import type { ChecklistForm } from './records';
import type { AdviceKind, DisputeCategory, HazardKind, NoPlaceReason, Outcome, Risk } from './words';

export interface DisputeDraft {
  id: string;
  category: DisputeCategory | null;
  risk: Risk;
  summary: string;
}

export interface VisitDraft {
  /** Id of the visit, made at the first touch. */
  id: string;
  premises: string;
  started_at_ms: number;
  outcome: Outcome | null;
  officers: string[];
  hazards: { id: string; kind: HazardKind; note: string }[];
  advice: AdviceKind[];
  help_asked: string;
  note: string;
  dispute: DisputeDraft | null;
  /** Disputes of this visit that were opened in the full form. */
  linked?: string[];
  checklist: ChecklistDraft | null;
}

export const NOTE_MAX = 4000;
export const SUMMARY_MAX = 2000;

export function emptyDraft(id: string, premises: string, now_ms: number): VisitDraft {
  const lists = { officers: [], hazards: [], advice: [] };
  return {
    id,
    premises,
    started_at_ms: now_ms,
    outcome: null,
    ...lists,
    help_asked: '',
    note: '',
    dispute: null,
    checklist: null,
  };
}

/** A draft that an earlier version of the app kept, with what that version did not know. */
export function revived(kept: VisitDraft): VisitDraft {
  return { ...emptyDraft(kept.id, kept.premises, kept.started_at_ms), ...kept };
}

export type DraftGap =
  'outcome' | 'checklist' | 'dispute_category' | 'dispute_summary' | 'note_too_long' | 'summary_too_long';

/** What keeps a draft from being saved; empty when it can be. `form` is the campaign's present one. */
export function draftGaps(draft: VisitDraft, form: ChecklistForm | null): DraftGap[] {
  const gaps: DraftGap[] = [];
  if (draft.outcome === null) gaps.push('outcome');
  if (missingAnswers(draft.checklist, form, draft.outcome).length > 0) gaps.push('checklist');
  if (draft.dispute && draft.dispute.category === null) gaps.push('dispute_category');
  if (draft.dispute && draft.dispute.summary.trim() === '') gaps.push('dispute_summary');
  if (draft.note.length > NOTE_MAX || draft.help_asked.length > NOTE_MAX) gaps.push('note_too_long');
  if (draft.dispute && draft.dispute.summary.length > SUMMARY_MAX) gaps.push('summary_too_long');
  return gaps;
}

export function isUntouched(draft: VisitDraft): boolean {
  const empty = emptyDraft(draft.id, draft.premises, draft.started_at_ms);
  return JSON.stringify(empty) === JSON.stringify(revived(draft));
}

export interface SavedContext {
  place: Place | null;
  no_place_reason: NoPlaceReason | null;
  campaign: string | null;
  patrol: string | null;
  recorded_at: string;
  newId: () => string;
}

function toggled<T>(list: readonly T[], item: T): T[] {
  return list.includes(item) ? list.filter((other) => other !== item) : [...list, item];
}

export function withAdvice(draft: VisitDraft, kind: AdviceKind): VisitDraft {
  return { ...draft, advice: toggled(draft.advice, kind) };
}

export function withOfficer(draft: VisitDraft, officer: string): VisitDraft {
  return { ...draft, officers: toggled(draft.officers, officer) };
}

export function withHazard(draft: VisitDraft, kind: HazardKind, id: string): VisitDraft {
  const others = draft.hazards.filter((hazard) => hazard.kind !== kind);
  const removed = others.length < draft.hazards.length;
  return { ...draft, hazards: removed ? others : [...others, { id, kind, note: '' }] };
}

/** The records of a complete draft, in the order they are sent: a dispute before the visit that names it. */
export function draftMutations(draft: VisitDraft, outcome: Outcome, context: SavedContext): NewMutation[] {
  const { place, recorded_at } = context;
  const dispute = draft.dispute;
  const payload: VisitPayload = {
    ...{ premises: draft.premises, outcome, officers: draft.officers },
    ...{ place, no_place_reason: place ? null : context.no_place_reason },
    ...{ hazards: draft.hazards, advice: draft.advice },
    ...{ help_asked: draft.help_asked.trim(), note: draft.note.trim() },
    ...{ disputes: [...(draft.linked ?? []), ...(dispute ? [dispute.id] : [])], campaign: context.campaign },
    ...{ patrol: context.patrol, checklist: checklistAnswers(draft.checklist, outcome) },
  };
  const visit: NewMutation = {
    id: context.newId(),
    kind: 'visit.record',
    record_id: draft.id,
    recorded_at,
    payload,
  };
  return dispute?.category ? [disputeMutation(draft, dispute, dispute.category, context), visit] : [visit];
}

function disputeMutation(
  draft: VisitDraft,
  dispute: DisputeDraft,
  category: DisputeCategory,
  context: SavedContext,
): NewMutation {
  return {
    id: context.newId(),
    kind: 'dispute.open',
    record_id: dispute.id,
    recorded_at: context.recorded_at,
    payload: {
      ...{ category, summary: dispute.summary.trim(), risk: dispute.risk, source: 'visit' },
      ...{ premises: draft.premises, place: context.place, place_text: '', visit: draft.id, parties: [] },
      patrol: context.patrol,
    },
  };
}
