/** PURE: a dispute while it is being opened, and the record it becomes. */
import type { NewMutation } from './mutations';
import type { Party, Place } from './payloads';
import type { DisputeOrigin } from './routes';
import { SUMMARY_MAX } from './visit_draft';
import type { DisputeCategory, DisputeSource, Risk } from './words';

/** One kept form: a second dispute is begun when the first is saved or dropped. */
export const DISPUTE_DRAFT = 'dispute:new';
export const PLACE_TEXT_MAX = 240;

export type Where = 'door' | 'here' | 'text';
export const WHERES: readonly Where[] = ['door', 'here', 'text'];

export interface DisputeForm {
  id: string;
  category: DisputeCategory | null;
  risk: Risk;
  summary: string;
  source: DisputeSource;
  where: Where;
  premises: string | null;
  place_text: string;
  visit: string | null;
  patrol: string | null;
  /** Masked and sealed: never a name or a number in clear. */
  parties: Party[];
}

function sourceOf({ visit, patrol, premises }: DisputeOrigin): DisputeSource {
  if (visit !== null) return 'visit';
  return patrol !== null && premises === null ? 'patrol' : 'walk_in';
}

export function emptyForm(id: string, origin: DisputeOrigin): DisputeForm {
  const source = sourceOf(origin);
  const elsewhere: Where = source === 'patrol' ? 'here' : 'text';
  return {
    ...{ id, category: null, risk: 'low', summary: '', source },
    ...{ where: origin.premises === null ? elsewhere : 'door', premises: origin.premises, place_text: '' },
    ...{ visit: origin.visit, patrol: origin.patrol, parties: [] },
  };
}

/** Nothing was written yet: what stands in it came from where it was opened. */
export function isFormBlank(form: DisputeForm): boolean {
  const { category, summary, place_text, parties } = form;
  return category === null && summary.trim() === '' && place_text.trim() === '' && parties.length === 0;
}

export type FormGap = 'category' | 'summary' | 'summary_too_long' | 'door' | 'place_too_long';

export function formGaps(form: DisputeForm): FormGap[] {
  const gaps: FormGap[] = [];
  if (form.category === null) gaps.push('category');
  if (form.summary.trim() === '') gaps.push('summary');
  if (form.summary.length > SUMMARY_MAX) gaps.push('summary_too_long');
  if (form.where === 'door' && form.premises === null) gaps.push('door');
  if (form.where === 'text' && form.place_text.length > PLACE_TEXT_MAX) gaps.push('place_too_long');
  return gaps;
}

export interface OpenedContext {
  /** Where the officer stands; null without a fix: saving never waits for one. */
  place: Place | null;
  /** The outing that runs, for a dispute that names none. */
  patrol: string | null;
  recorded_at: string;
  newId: () => string;
}

/** The record of a form without gaps. */
export function openingOf(form: DisputeForm, category: DisputeCategory, context: OpenedContext): NewMutation {
  const { where, premises, place_text, visit, source, risk, parties } = form;
  return {
    ...{ id: context.newId(), kind: 'dispute.open', record_id: form.id, recorded_at: context.recorded_at },
    payload: {
      ...{ category, summary: form.summary.trim(), source, risk, visit, parties },
      premises: where === 'door' ? premises : null,
      place: where === 'here' ? context.place : null,
      place_text: where === 'text' ? place_text.trim() : '',
      patrol: form.patrol ?? context.patrol,
    },
  };
}
