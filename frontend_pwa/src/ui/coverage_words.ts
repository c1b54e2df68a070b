/** SHELL: coverage figures in words: the same words in legend, map, table and panel. */
import {
  isHidden,
  isTotalWithheld,
  metricUnit,
  metricValue,
  type CoverageAnswer,
  type Metric,
  type Missing,
  type Totals,
} from '../domain/coverage';
import { number, percent, t } from './language.svelte';

export function valueWords(value: number, metric: Metric): string {
  const unit = metricUnit(metric);
  if (unit === 'share') return percent(value);
  return number(value, unit === 'km' || unit === 'hours' ? 1 : 0);
}

export function metricWords(figures: Totals, metric: Metric, as_of: string): string {
  if (isHidden(figures, metric)) return '<10';
  const value = metricValue(figures, metric, as_of);
  if (value !== null) return valueWords(value, metric);
  return metric === 'days_since_visit' ? t('coverage.never_visited') : t('coverage.no_data');
}

export function totalWords(answer: CoverageAnswer, metric: Metric): string {
  return isTotalWithheld(answer, metric)
    ? t('coverage.withheld')
    : metricWords(answer.totals, metric, answer.as_of);
}

const MISSING_KINDS = ['devices_silent', 'records_not_received', 'records_quarantined'] as const;

/** In the language of the screen, also for kept figures; a kind that this version does not know keeps the server's words. */
export function missingWords(missing: readonly Missing[]): string {
  const words = missing.map((item) => {
    const kind = MISSING_KINDS.find((known) => known === item.kind);
    return kind ? t(`missing.${kind}`, { n: item.count }) : item.text;
  });
  return words.join(' · ');
}

/** The words of one class: "20.0% – 40.0%", whole numbers without a shared end: "1 – 9". */
export function classWords(index: number, bounds: readonly number[], metric: Metric): string {
  const low = index === 0 ? 0 : (bounds[index - 1] ?? 0);
  const high = bounds[index];
  if (high === undefined) return `≥ ${valueWords(low, metric)}`;
  const unit = metricUnit(metric);
  if (unit !== 'count' && unit !== 'days') return `${valueWords(low, metric)} – ${valueWords(high, metric)}`;
  return high - 1 === low
    ? valueWords(low, metric)
    : `${valueWords(low, metric)} – ${valueWords(high - 1, metric)}`;
}
