import { describe, expect, test } from 'vitest';
import {
  isTotalWithheld,
  isWithheld,
  LEVELS,
  LEVEL_METRICS,
  metricValue,
  streetStates,
  type CoverageAnswer,
  type PlaceFigures,
} from '../../src/domain/coverage';
import { shownPlaces, sortedPlaces } from '../../src/domain/coverage_rows';
import {
  dayBars,
  dayFigure,
  highestDay,
  knownFigures,
  type DayFigures,
} from '../../src/domain/coverage_days';

const AS_OF = '2026-11-23';
const place = (code: string, figures: Partial<PlaceFigures> = {}): PlaceFigures => ({
  ...{
    code,
    name: code,
    township: 'T',
    township_code: '1',
    own: true,
    revision: 1,
    as_of: AS_OF,
    missing: [],
  },
  ...figures,
});
const answerOf = (rows: PlaceFigures[], totals: CoverageAnswer['totals'] = {}): CoverageAnswer => ({
  features: rows.map((properties, id) => ({ id, properties })),
  ...{ window: { from: '2026-10-25', to: AS_OF, label: '30d' }, part: 'all', as_of: AS_OF },
  ...{ totals, schematic_boundaries: false, attribution: '' },
});
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const order = (rows: PlaceFigures[], sort: 'days_since_pass' | 'days_since_visit' | 'passes'): string =>
  sortedPlaces(answerOf(rows).features, { sort, descending: true }, AS_OF, compare)
    .map(({ code }) => code)
    .join('');

const STREETS = [
  place('a', { last_passed_on: '2026-11-20', passes: 3 }),
  place('b', { last_passed_on: null, passes: 0 }),
  place('c', { last_passed_on: '2026-09-01', passes: 0 }),
];

describe('the table of streets', () => {
  test('begins with what was never walked, then what was not for longest', () => {
    expect(order(STREETS, 'days_since_pass')).toBe('bca');
  });
  test('stands by name where the numbers are the same', () => {
    expect(order(STREETS, 'passes')).toBe('abc');
  });
  test('has streets without a name behind those with one', () => {
    expect(order([place('x', { name: '', passes: 0 }), place('y', { passes: 0 })], 'passes')).toBe('yx');
  });
  test('narrowed to 30 days without a walk keeps those never walked', () => {
    const view = { level: 'streets', within: '1', unwalked_days: 30 } as const;
    expect(shownPlaces(answerOf(STREETS), view).map(({ properties }) => properties.code)).toEqual(['b', 'c']);
  });
  test('says how many metres are in each state', () => {
    const found = streetStates({ street_m: 100, street_m_covered: 60, street_m_unknown: 15 });
    expect(found).toEqual({ total_m: 100, covered_m: 60, unknown_m: 15, not_covered_m: 25 });
  });
});

test('of townships a county keeps its own', () => {
  const rows = [place('a', { county: 'X' }), place('b', { county: 'Y' })];
  const view = { level: 'townships', within: 'Y', unwalked_days: null } as const;
  expect(shownPlaces(answerOf(rows), view)).toHaveLength(1);
});
test('a day that is not told stands at the end and a visit that never was does not', () => {
  const hidden = place('h', { own: false, visits: '<10', last_visit_on: null });
  expect(order([hidden, ...[place('n', { visits: 0, last_visit_on: null })]], 'days_since_visit')).toBe('nh');
});

describe('of places of others', () => {
  test('a share is withheld where one of its counts is small, and is no data where there is no door', () => {
    const small = { households: 40, households_visited: '<10', household_coverage: null } as const;
    const none = { households: 0, households_visited: 0, household_coverage: null } as const;
    expect(isWithheld(place('a', { own: false, ...small }), 'household_coverage')).toBe(true);
    expect(isWithheld(place('a', { own: true, ...none }), 'household_coverage')).toBe(false);
  });
  test('the hours in a square are withheld', () => {
    expect(isWithheld(place('a', { own: false, patrol_hours: null }), 'patrol_hours')).toBe(true);
  });
  test('a total that would tell of a withheld share is withheld too', () => {
    const row = place('a', { own: false, households_visited: '<10', household_coverage: null });
    expect(isTotalWithheld(answerOf([row], { household_coverage: null }), 'household_coverage')).toBe(true);
  });
});

test.each(LEVELS)('every metric of %s is told by its figures', (level) => {
  const told = { last_visit_on: AS_OF, last_passed_on: AS_OF, last_night_on: AS_OF };
  const counted = Object.fromEntries(LEVEL_METRICS[level].map((metric) => [metric, 1]));
  const figures = { ...counted, ...told };
  expect(LEVEL_METRICS[level].map((metric) => metricValue(figures, metric, AS_OF))).not.toContain(null);
});

describe('a place day by day', () => {
  const days: DayFigures[] = [
    { on: '2026-11-21', visits: 4, disputes_found: '<10' },
    { on: '2026-11-22', visits: 0, disputes_found: 20 },
    { on: '2026-11-23', visits: 8, disputes_found: 10 },
  ];
  test('bars stand in proportion to the highest day', () => {
    expect(dayBars(days, 'visits').map((bar) => bar.height)).toEqual([0.5, 0, 1]);
  });
  test('a count that is not told is neither zero nor a height', () => {
    expect(dayBars(days, 'disputes_found')[0]).toMatchObject({ value: '<10', hidden: true, height: 0 });
  });
  test('days on which nothing happened have no highest', () => {
    expect(highestDay(dayBars([{ on: '2026-11-21', visits: 0 }], 'visits'))).toBeNull();
  });
  test('a share shows the count that a single day has of it', () => {
    expect(dayFigure('household_coverage', ['households_visited', 'visits'])).toBe('households_visited');
    expect(dayFigure('days_since_visit', knownFigures(days))).toBe('visits');
  });
});

test('by name one’s own places stand before those of others, whichever way one sorts', () => {
  const rows = [place('a', { own: false, name: 'a' }), place('c', { name: 'c' }), place('b', { name: 'b' })];
  const by = (descending: boolean): string =>
    sortedPlaces(answerOf(rows).features, { sort: 'name', descending }, AS_OF, compare)
      .map(({ code }) => code)
      .join('');
  expect([by(false), by(true)]).toEqual(['bca', 'cba']);
});
