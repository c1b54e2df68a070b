/** SHELL: what a failure means and what to do about it, by the code alone: texts of the server are not matched. */
import type { OutcomeRow, Problem } from '../domain/mutations';
import type { QuarantineRow } from '../domain/oversight';
import { t, textOf } from './language.svelte';
import { refusedFields } from './payload_words';

/** The words of a code; null for one that this version does not know. */
function known(code: string, fields: string): string | null {
  // Many codes come without a list of fields: no empty brackets then.
  return textOf(`problem.${code}`, { fields })?.replace(/\s?[(（][)）]/, '') ?? null;
}

/** A request that was refused. */
export function wordsForCode(code: string): string {
  return known(code, '') ?? t('problem.other', { code });
}

export function wordsOf(problem: Problem): string {
  return known(problem.code, refusedFields(problem)) ?? t('problem.other', { code: problem.code });
}

/** A record that the server answered with something else than a receipt. */
export function wordsForProblem(answer: OutcomeRow): string {
  const words = answer.problem && known(answer.problem.code, refusedFields(answer.problem));
  if (words) return words;
  if (answer.outcome === 'conflict' || answer.outcome === 'quarantined')
    return t(`problem.${answer.outcome}`);
  return t('problem.set_aside');
}

/** Why a record waits for a lead. */
export function wordsForHeld(row: QuarantineRow): string {
  if (row.type === 'unreadable' && row.problem === null) return t('held.unreadable');
  return (row.problem && known(row.problem.code, refusedFields(row.problem))) ?? t('problem.quarantined');
}
