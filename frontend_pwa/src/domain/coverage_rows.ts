/** PURE: which places stand in the table of Coverage, and in which order. */
import {
  isDayMetric,
  isWithheld,
  metricValue,
  type CoverageAnswer,
  type PlaceFeature,
  type PlaceFigures,
} from './coverage';
import type { CoverageView } from './coverage_view';

type Narrowed = Pick<CoverageView, 'level' | 'within' | 'unwalked_days'>;
type Sorted = Pick<CoverageView, 'sort' | 'descending'>;

/** The unit above a place, in words: the county of a township, the township of everything smaller. */
export function placeAbove(place: PlaceFigures): string {
  return place.county ?? place.township ?? '';
}

function isUnwalked(place: PlaceFigures, days: number, as_of: string): boolean {
  const since = metricValue(place, 'days_since_pass', as_of);
  return since === null || since >= days;
}

/** The places that a view narrows the answer to; the server has narrowed it to a township already. */
export function shownPlaces(answer: CoverageAnswer, view: Narrowed): PlaceFeature[] {
  const { within, unwalked_days } = view;
  return answer.features.filter(({ properties: place }) => {
    if (view.level === 'townships') return within === null || place.county === within;
    return unwalked_days === null || isUnwalked(place, unwalked_days, answer.as_of);
  });
}

/** A day that never came is longer ago than any; one that is not told is no value. */
function sortValue(place: PlaceFigures, sort: Exclude<Sorted['sort'], 'name'>, as_of: string): number | null {
  const value = metricValue(place, sort, as_of);
  if (value !== null || !isDayMetric(sort)) return value;
  return isWithheld(place, sort) ? null : Infinity;
}

/** Sorted places. By name the own ones stand first; those without a value stay at the end, whichever way one sorts. */
export function sortedPlaces(
  places: readonly PlaceFeature[],
  { sort, descending }: Sorted,
  as_of: string,
  compare: (a: string, b: string) => number,
): PlaceFigures[] {
  const sign = descending ? -1 : 1;
  // Streets without a name stand behind those that one can speak of.
  const byName = (a: PlaceFigures, b: PlaceFigures): number =>
    compare(placeAbove(a), placeAbove(b)) ||
    Number(a.name === '') - Number(b.name === '') ||
    compare(a.name, b.name) ||
    compare(a.code, b.code);
  const rows = places.map(({ properties }) => properties);
  if (sort === 'name') return rows.sort((a, b) => Number(b.own) - Number(a.own) || sign * byName(a, b));
  const keyed = rows.map((row) => ({ row, value: sortValue(row, sort, as_of) }));
  keyed.sort((a, b) => {
    if (a.value === null || b.value === null)
      return Number(a.value === null) - Number(b.value === null) || byName(a.row, b.row);
    return a.value === b.value ? byName(a.row, b.row) : sign * (a.value < b.value ? -1 : 1);
  });
  return keyed.map(({ row }) => row);
}
