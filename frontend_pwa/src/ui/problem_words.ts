/** SHELL: what a refused record means and what to do about it, by the code alone: texts of the server are not matched. */
import type { OutcomeRow } from '../domain/mutations';
import { t } from './language.svelte';

/** Every code that the outcome of one record can carry (docs/errors.md). */
export const PROBLEM_CODES = [
  ...(['envelope_invalid', 'payload_invalid', 'payload_hash_mismatch', 'unknown_kind'] as const),
  ...(['same_id_other_content', 'base_values_changed', 'record_id_taken', 'reference_unknown'] as const),
  ...(['premises_unknown', 'premises_of_another_unit', 'record_of_another_unit'] as const),
  ...(['patrol_unknown', 'leg_unknown', 'visit_unknown', 'dispute_unknown', 'officer_unknown'] as const),
  ...(['campaign_unknown', 'area_unknown', 'place_outside_city', 'handler_failed'] as const),
] as const;
type Known = (typeof PROBLEM_CODES)[number];

export function wordsForProblem(answer: OutcomeRow): string {
  const code = PROBLEM_CODES.find((known): known is Known => known === answer.problem?.code);
  if (code) {
    const fields = (answer.problem?.errors ?? []).map((error) => error.field).join(', ');
    // Many codes come without a list of fields: no empty brackets then.
    return t(`problem.${code}`, { fields }).replace(/\s?[(（][)）]/, '');
  }
  if (answer.outcome === 'conflict' || answer.outcome === 'quarantined')
    return t(`problem.${answer.outcome}`);
  return t('problem.set_aside');
}
