/** PURE: a correction of a visit while it is written, and the record it becomes; the original is never changed. */
import { checklistAnswers, draftOfAnswers } from './checklist';
import type { MadeVisit } from './made_visits';
import type { NewMutation } from './mutations';
import type { VisitPayload } from './payloads';
import type { ChecklistForm } from './records';
import { draftGaps, emptyDraft, type DraftGap, type VisitDraft } from './visit_draft';
import type { Outcome } from './words';

export interface CorrectionDraft {
  draft: VisitDraft;
  reason: string;
}

export type CorrectionGap = DraftGap | 'reason' | 'unchanged';

export const REASON_MAX = 500;

/** A correction begins with what the original says. Hazards get ids of their own: those of the original stay its own. */
export function correctionOf(
  visit: MadeVisit,
  form: ChecklistForm | null,
  now_ms: number,
  newId: () => string,
): CorrectionDraft {
  const { premises, outcome, officers, advice, help_asked, note, checklist } = visit.values;
  const draft = {
    ...emptyDraft(newId(), premises, now_ms),
    ...{ outcome, officers, advice, help_asked, note, checklist: draftOfAnswers(checklist ?? null, form) },
    hazards: visit.values.hazards.map((hazard) => ({ ...hazard, id: newId() })),
  };
  return { draft, reason: '' };
}

/** What the corrected visit says. What nobody can have noted wrongly by hand stays: door, place, patrol, disputes. */
function correctedValues(visit: MadeVisit, draft: VisitDraft, outcome: Outcome): VisitPayload {
  const { officers, hazards, advice } = draft;
  return {
    ...visit.values,
    ...{ outcome, officers, hazards, advice, help_asked: draft.help_asked.trim(), note: draft.note.trim() },
    // Answers to a version of the form that this phone does not have are kept as they are.
    checklist: draft.checklist
      ? checklistAnswers(draft.checklist, outcome)
      : keptAnswers(visit.values.checklist ?? null, outcome, visit.values.outcome),
  };
}

function keptAnswers<T>(answers: T, outcome: Outcome, before: Outcome): T | null {
  return outcome === before ? answers : null;
}

/** What a reader would compare: ids of hazards say nothing. */
function read(values: VisitPayload): string {
  return JSON.stringify({ ...values, hazards: values.hazards.map(({ kind, note }) => [kind, note]) });
}

function isUnchanged(visit: MadeVisit, draft: VisitDraft): boolean {
  return draft.outcome !== null && read(correctedValues(visit, draft, draft.outcome)) === read(visit.values);
}

/** What keeps a correction from being saved. */
export function correctionGaps(
  visit: MadeVisit,
  { draft, reason }: CorrectionDraft,
  form: ChecklistForm | null,
): CorrectionGap[] {
  const gaps: CorrectionGap[] = draftGaps(draft, draft.checklist ? form : null);
  if (reason.trim() === '') gaps.push('reason');
  if (isUnchanged(visit, draft)) gaps.push('unchanged');
  return gaps;
}

export function correctionMutation(
  visit: MadeVisit,
  { draft, reason }: CorrectionDraft,
  outcome: Outcome,
  made: { id: string; recorded_at: string },
): NewMutation {
  const values = correctedValues(visit, draft, outcome);
  return {
    ...{ id: made.id, kind: 'visit.correct', record_id: draft.id, recorded_at: made.recorded_at },
    payload: { ...values, corrects: visit.id, reason: reason.trim() },
  };
}
