/** PURE: the coverage figures of the contract: what each metric is, how it is classed, coloured and totalled. */

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

export interface TownshipFigures extends CoverageFigures {
  code: string;
  name: string;
  county: string;
  own: boolean;
  revision: number;
  as_of: string;
  missing: Missing[];
}

/** A total that would give a hidden "<10" away by subtraction is null. */
export type Totals = { [Name in keyof CoverageFigures]?: CoverageFigures[Name] | null } & {
  missing?: Missing[];
};

export interface CoverageAnswer {
  features: { id: number; properties: TownshipFigures }[];
  window: { from: string; to: string; label: string };
  part: string;
  as_of: string;
  totals: Totals;
  schematic_boundaries: boolean;
  attribution: string;
}

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
] as const;
export type Metric = (typeof METRICS)[number];

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

function daysBetween(from_on: string, to_on: string): number {
  return Math.round((Date.parse(to_on) - Date.parse(from_on)) / 86_400_000);
}

/** The value to class and sort by; null when there is none to show (no denominator, hidden, never visited). */
export function metricValue(figures: Totals, metric: Metric, as_of: string): number | null {
  if (metric === 'days_since_visit') {
    return figures.last_visit_on ? Math.max(0, daysBetween(figures.last_visit_on, as_of.slice(0, 10))) : null;
  }
  const value = figures[metric];
  return typeof value === 'number' ? value : null;
}

/** True when the server hides a small count. Hidden is neither zero nor unknown. */
export function isHidden(figures: Totals, metric: Metric): boolean {
  return metric !== 'days_since_visit' && figures[metric] === '<10';
}

/** True when the total is kept back because it would reveal a small count of one of the rows. */
export function isTotalWithheld(answer: CoverageAnswer, metric: Metric): boolean {
  return (
    metricValue(answer.totals, metric, answer.as_of) === null &&
    answer.features.some(({ properties }) => isHidden(properties, metric))
  );
}
