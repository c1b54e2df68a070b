/** SHELL: coverage figures in words: the same words in legend, map, table and panel. */
import {
  isDayMetric,
  isHidden,
  isTotalWithheld,
  isWithheld,
  lastDay,
  metricUnit,
  metricValue,
  type CoverageAnswer,
  type DayMetric,
  type Metric,
  type Missing,
  type PlaceFigures,
  type Totals,
} from '../domain/coverage';
import { fullDay, number, percent, t } from './language.svelte';

export function valueWords(value: number, metric: Metric): string {
  const unit = metricUnit(metric);
  if (unit === 'share') return percent(value);
  return number(value, unit === 'km' || unit === 'hours' ? 1 : 0);
}

/** What is said where a metric has no value. */
function nothingWords(metric: Metric): string {
  if (metric === 'days_since_visit') return t('coverage.never_visited');
  return isDayMetric(metric) ? t('coverage.never_passed') : t('coverage.no_data');
}

export function metricWords(figures: Totals, metric: Metric, as_of: string): string {
  if (isHidden(figures, metric)) return '<10';
  const value = metricValue(figures, metric, as_of);
  return value === null ? nothingWords(metric) : valueWords(value, metric);
}

export function placeWords(place: PlaceFigures, metric: Metric, as_of: string): string {
  return isWithheld(place, metric) ? t('coverage.withheld') : metricWords(place, metric, as_of);
}

/** A metric of days with the day itself: "12 days (3 Nov 2026)". */
export function daysWords(place: PlaceFigures, metric: DayMetric, as_of: string): string {
  const last_on = lastDay(place, metric);
  const words = placeWords(place, metric, as_of);
  return last_on === null ? words : `${words} ${t('unit.days')} (${fullDay(last_on)})`;
}

export function kilometres(metres: number): string {
  return `${number(metres / 1000, 1)} ${t('unit.km')}`;
}

/** A place by its name; a street without one says so. */
export function placeName(place: Pick<PlaceFigures, 'name' | 'code'>): string {
  return place.name === '' ? t('coverage.nameless', { code: place.code }) : place.name;
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
