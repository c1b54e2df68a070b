/** PURE: a campaign's form: which questions are asked, what is still missing, and the answers as a visit carries them. */
import type { ChecklistAnswers } from './payloads';
import type { ChecklistForm, FormQuestion } from './records';
import type { Outcome } from './words';

export type Answer = string | number | boolean;

/** Answers while they are given. The form stays with them: a version published meanwhile changes nothing about them. */
export interface ChecklistDraft {
  form: ChecklistForm;
  answers: Record<string, Answer>;
}

export const ANSWER_TEXT_MAX = 500;
export const ANSWER_COUNT_MAX = 100_000;

/** The questions for this outcome. Before there is one: those that every outcome asks. */
export function askedQuestions(form: ChecklistForm, outcome: Outcome | null): FormQuestion[] {
  return form.questions.filter(
    ({ outcomes }) => outcomes.length === 0 || (outcome !== null && outcomes.includes(outcome)),
  );
}

/** The form to be shown: the one that was begun with, else the campaign's present one. */
export function formOf(draft: ChecklistDraft | null, present: ChecklistForm | null): ChecklistForm | null {
  return draft?.form ?? present;
}

function isAnswered(answer: Answer | undefined): boolean {
  return answer !== undefined && (typeof answer !== 'string' || answer.trim() !== '');
}

/** The draft with one answer given, or taken back (null). Nothing answered is no draft. */
export function withAnswer(
  draft: ChecklistDraft | null,
  form: ChecklistForm,
  question: string,
  answer: Answer | null,
): ChecklistDraft | null {
  const others = Object.entries(draft?.answers ?? {}).filter(([id]) => id !== question);
  const answers = Object.fromEntries(answer === null ? others : [...others, [question, answer]]);
  return Object.keys(answers).length === 0 ? null : { form: draft?.form ?? form, answers };
}

/** Ids of required questions that this outcome asks and nobody has answered. */
export function missingAnswers(
  draft: ChecklistDraft | null,
  present: ChecklistForm | null,
  outcome: Outcome | null,
): string[] {
  const form = formOf(draft, present);
  if (!form || outcome === null) return [];
  return askedQuestions(form, outcome)
    .filter((question) => question.required && !isAnswered(draft?.answers[question.id]))
    .map((question) => question.id);
}

/** What the visit carries: answers to the questions its outcome asks, and no others. Null when there are none. */
export function checklistAnswers(draft: ChecklistDraft | null, outcome: Outcome): ChecklistAnswers | null {
  if (!draft) return null;
  const answers: Record<string, Answer> = {};
  for (const { id } of askedQuestions(draft.form, outcome)) {
    const answer = draft.answers[id];
    if (answer !== undefined && isAnswered(answer))
      answers[id] = typeof answer === 'string' ? answer.trim() : answer;
  }
  if (Object.keys(answers).length === 0) return null;
  return { form: draft.form.form, version: draft.form.version, answers };
}

/** A count as it is typed: a whole number that is not negative; null for anything else. */
export function typedCount(text: string): number | null {
  if (!/^\d+$/.test(text.trim())) return null;
  return Math.min(Number(text), ANSWER_COUNT_MAX);
}

/** Answers of a made visit as a draft again, when the phone knows the version that was answered; else null. */
export function draftOfAnswers(
  given: ChecklistAnswers | null,
  present: ChecklistForm | null,
): ChecklistDraft | null {
  if (!given || given.form !== present?.form || given.version !== present.version) return null;
  return { form: present, answers: given.answers };
}
