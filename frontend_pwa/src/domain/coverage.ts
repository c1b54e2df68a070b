/** PURE: the coverage figures of the contract: what each metric is, how it is classed, coloured and totalled. */
import { daysBetween } from './dates';

export interface Missing {
  kind: string;
  count: number;
  text: string;
}

/** Dispute counts below 10 of a township that is not the asker's read "<10". */
export type Count = number | '<10';

export interface CoverageFigures {
  households: number;
  households_visited: number;
  household_coverage: number | null;
  enterprises: number;
  enterprises_visited: number;
  enterprise_coverage: number | null;
  street_m: number;
  street_m_covered: number;
  street_m_unknown: number;
  street_coverage: number | null;
  patrol_km: number;
  patrol_hours: number;
  officer_deployments: number;
  visits: number;
  disputes_found: Count;
  disputes_resolved: Count;
  disputes_overdue: Count;
  last_visit_on: string | null;
}

/** What is told of streets alone. */
export interface PassFigures {
  passes: number;
  last_passed_on: string | null;
  last_night_on: string | null;
}

/**
 * Figures of a place or a total: those of its level. A total that would give a hidden "<10" away by subtraction is null;
 * of a village, beat or cell of others counts of doors and visits may be hidden too, and then what tells of them is null.
 */
export type Totals = {
  [Name in keyof CoverageFigures]?: CoverageFigures[Name] | '<10' | null;
} & Partial<PassFigures> & { missing?: Missing[] };

export type PlaceFigures = Totals & {
  code: string;
  name: string;
  /** Of a township. */
  county?: string;
  /** Of every smaller place. */
  township?: string;
  township_code?: string;
  own: boolean;
  revision: number;
  as_of: string;
  missing: Missing[];
};

export interface PlaceFeature {
  id: number;
  properties: PlaceFigures;
}

export interface CoverageAnswer {
  features: PlaceFeature[];
  window: { from: string; to: string; label: string };
  part: string;
  as_of: string;
  totals: Totals;
  schematic_boundaries: boolean;
  attribution: string;
}

/** From the largest places to the smallest, as one drills down. */
export const LEVELS = ['townships', 'villages', 'beats', 'cells', 'streets'] as const;
export type Level = (typeof LEVELS)[number];

export const METRICS = [
  'household_coverage',
  'enterprise_coverage',
  'street_coverage',
  'visits',
  'officer_deployments',
  'patrol_km',
  'patrol_hours',
  'disputes_found',
  'disputes_resolved',
  'disputes_overdue',
  'days_since_visit',
  'passes',
  'days_since_pass',
  'days_since_night',
] as const;
export type Metric = (typeof METRICS)[number];

const OF_DOORS: readonly Metric[] = ['household_coverage', 'enterprise_coverage'];
const OF_SMALL_PLACES: readonly Metric[] = [...OF_DOORS, 'street_coverage', 'visits', 'days_since_visit'];
const OF_STREETS: readonly Metric[] = ['street_coverage', 'passes', 'days_since_pass', 'days_since_night'];

/** What can be asked of each level; the first is what one sees without choosing. */
export const LEVEL_METRICS: Record<Level, readonly Metric[]> = {
  townships: METRICS.filter((metric) => metric === 'street_coverage' || !OF_STREETS.includes(metric)),
  villages: OF_SMALL_PLACES,
  beats: OF_SMALL_PLACES,
  cells: [...OF_SMALL_PLACES, 'patrol_hours'],
  streets: OF_STREETS,
};

export type Doors = 'household' | 'enterprise' | 'all';

/** The doors that a metric speaks of; null when it speaks of none. */
export function doorsOf(metric: Metric): Doors | null {
  if (metric === 'household_coverage') return 'household';
  if (metric === 'enterprise_coverage') return 'enterprise';
  return metric === 'visits' || metric === 'days_since_visit' ? 'all' : null;
}

export type MetricUnit = 'share' | 'count' | 'km' | 'hours' | 'days';

const UNITS: Record<Metric, MetricUnit> = {
  household_coverage: 'share',
  enterprise_coverage: 'share',
  street_coverage: 'share',
  visits: 'count',
  officer_deployments: 'count',
  patrol_km: 'km',
  patrol_hours: 'hours',
  disputes_found: 'count',
  disputes_resolved: 'count',
  disputes_overdue: 'count',
  days_since_visit: 'days',
  passes: 'count',
  days_since_pass: 'days',
  days_since_night: 'days',
};

export function metricUnit(metric: Metric): MetricUnit {
  return UNITS[metric];
}

/** Figures whose records can be listed, by metric. */
export const FIGURES = [
  'households_visited',
  'enterprises_visited',
  'visits',
  'officer_deployments',
  'disputes_found',
  'disputes_resolved',
  'disputes_overdue',
] as const;
export type Figure = (typeof FIGURES)[number];

const LAST_DAYS = {
  days_since_visit: 'last_visit_on',
  days_since_pass: 'last_passed_on',
  days_since_night: 'last_night_on',
} as const;
export type DayMetric = keyof typeof LAST_DAYS;

export function isDayMetric(metric: Metric): metric is DayMetric {
  return metric in LAST_DAYS;
}

/** The day that a metric of days counts from; null where there was none. */
export function lastDay(figures: Totals, metric: DayMetric): string | null {
  return figures[LAST_DAYS[metric]] ?? null;
}

/** The value to class and sort by; null when there is none to show (no denominator, hidden, never visited). */
export function metricValue(figures: Totals, metric: Metric, as_of: string): number | null {
  if (isDayMetric(metric)) {
    const last_on = lastDay(figures, metric);
    return last_on ? Math.max(0, daysBetween(last_on, as_of.slice(0, 10))) : null;
  }
  const value = figures[metric];
  return typeof value === 'number' ? value : null;
}

/** True when the server hides a small count. Hidden is neither zero nor unknown. */
export function isHidden(figures: Totals, metric: Metric): boolean {
  return !isDayMetric(metric) && figures[metric] === '<10';
}

const SHARES: Partial<Record<Metric, readonly (keyof CoverageFigures)[]>> = {
  household_coverage: ['households', 'households_visited'],
  enterprise_coverage: ['enterprises', 'enterprises_visited'],
  days_since_visit: ['visits'],
};

/** True when a figure is kept back because it would tell of a hidden count, or of a neighbour's officers by square. */
export function isWithheld(place: PlaceFigures, metric: Metric): boolean {
  if (place.own || metricValue(place, metric, place.as_of) !== null) return false;
  if (metric === 'patrol_hours') return place[metric] === null;
  return SHARES[metric]?.some((name) => place[name] === '<10') ?? false;
}

/** True when the total is kept back because it would reveal a small count of one of the rows. */
export function isTotalWithheld(answer: CoverageAnswer, metric: Metric): boolean {
  return (
    metricValue(answer.totals, metric, answer.as_of) === null &&
    answer.features.some(({ properties }) => isHidden(properties, metric) || isWithheld(properties, metric))
  );
}

export interface StreetMetres {
  total_m: number;
  covered_m: number;
  unknown_m: number;
  not_covered_m: number;
}

/** What each state of the streets' metres comes to. */
export function streetStates(figures: Totals): StreetMetres {
  const metres = (value: Totals['street_m']): number => (typeof value === 'number' ? value : 0);
  const total_m = metres(figures.street_m);
  const covered_m = metres(figures.street_m_covered);
  const unknown_m = metres(figures.street_m_unknown);
  return { total_m, covered_m, unknown_m, not_covered_m: Math.max(0, total_m - covered_m - unknown_m) };
}
