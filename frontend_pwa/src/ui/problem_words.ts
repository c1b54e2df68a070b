/** SHELL: what a refused record means and what to do about it, by the code alone: texts of the server are not matched. */
import type { OutcomeRow } from '../domain/mutations';
import { t } from './language.svelte';

const KNOWN = [
  'premises_unknown',
  'premises_of_another_unit',
  'payload_invalid',
  'place_outside_city',
] as const;
type Known = (typeof KNOWN)[number];

export function wordsForProblem(answer: OutcomeRow): string {
  const code = KNOWN.find((known): known is Known => known === answer.problem?.code);
  if (code) {
    const fields = (answer.problem?.errors ?? []).map((error) => error.field).join(', ');
    return t(`problem.${code}`, { fields });
  }
  if (answer.outcome === 'conflict' || answer.outcome === 'quarantined')
    return t(`problem.${answer.outcome}`);
  return t('problem.set_aside');
}
