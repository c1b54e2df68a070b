/** PURE: the figures of a place day by day, as bars: which figure a metric shows, how high each day stands. */
import type { Count, Metric } from './coverage';

/** What a single day has of its own; a share or a stock it has not. */
export const DAY_FIGURES = [
  ...(['households_visited', 'enterprises_visited', 'street_m_covered', 'visits', 'passes'] as const),
  ...(['officer_deployments', 'patrol_km', 'patrol_hours', 'disputes_found', 'disputes_resolved'] as const),
] as const;
export type DayFigure = (typeof DAY_FIGURES)[number];

export type DayFigures = { on: string } & Partial<Record<DayFigure, Count>>;

export interface HistoryAnswer {
  code: string;
  part: string;
  as_of: string;
  days: DayFigures[];
}

const BY_METRIC: Partial<Record<Metric, DayFigure>> = {
  household_coverage: 'households_visited',
  enterprise_coverage: 'enterprises_visited',
  street_coverage: 'street_m_covered',
  days_since_visit: 'visits',
  days_since_pass: 'passes',
  days_since_night: 'passes',
  disputes_overdue: 'disputes_found',
};

/** The figure of a day that belongs to a metric, among those that the days have. */
export function dayFigure(metric: Metric, known: readonly DayFigure[]): DayFigure | null {
  const wished = BY_METRIC[metric] ?? metric;
  return known.find((figure) => figure === wished) ?? known[0] ?? null;
}

export function knownFigures(days: readonly DayFigures[]): DayFigure[] {
  return DAY_FIGURES.filter((figure) => days[0] !== undefined && figure in days[0]);
}

export interface DayBar {
  on: string;
  value: Count;
  /** Of the highest bar; a count that is not told has none. */
  height: number;
  hidden: boolean;
}

export function dayBars(days: readonly DayFigures[], figure: DayFigure): DayBar[] {
  const told = days.map((day) => day[figure]).filter((value) => typeof value === 'number');
  const highest = Math.max(0, ...told);
  return days.map((day) => {
    const value = day[figure] ?? 0;
    const height = typeof value === 'number' && highest > 0 ? value / highest : 0;
    return { on: day.on, value, height, hidden: value === '<10' };
  });
}

export function highestDay(bars: readonly DayBar[]): DayBar | null {
  return bars.find((bar) => bar.height === 1) ?? null;
}
