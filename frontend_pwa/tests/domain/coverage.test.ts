import { expect, test } from 'vitest';
import {
  isTotalWithheld,
  metricValue,
  type Count,
  type CoverageAnswer,
  type PlaceFigures,
} from '../../src/domain/coverage';

const township = (disputes_found: Count): PlaceFigures => ({
  ...{
    code: '1',
    name: 'A',
    county: 'B',
    own: false,
    revision: 1,
    as_of: '2026-11-22T16:30:00Z',
    missing: [],
  },
  ...{
    households: 0,
    households_visited: 0,
    household_coverage: null,
    enterprises: 0,
    enterprises_visited: 0,
  },
  ...{
    enterprise_coverage: null,
    street_m: 0,
    street_m_covered: 0,
    street_m_unknown: 0,
    street_coverage: null,
  },
  ...{ patrol_km: 0, patrol_hours: 0, officer_deployments: 0, visits: 0, last_visit_on: '2026-11-22' },
  ...{ disputes_found, disputes_resolved: 0, disputes_overdue: 0 },
});
const answer = (counts: Count[], total: number | null): CoverageAnswer => ({
  features: counts.map((count, id) => ({ id, properties: township(count) })),
  ...{ window: { from: '2026-10-25', to: '2026-11-23', label: '30d' }, part: 'all', as_of: '2026-11-23' },
  totals: { disputes_found: total, household_coverage: null },
  ...{ schematic_boundaries: false, attribution: '' },
});

test('a total that would reveal a hidden count is withheld', () => {
  expect(isTotalWithheld(answer(['<10', 40], null), 'disputes_found')).toBe(true);
});
test('a total that is told is not withheld although a row hides a count', () => {
  expect(isTotalWithheld(answer(['<10', '<10'], 12), 'disputes_found')).toBe(false);
});
test('a total without a denominator is no data and not withheld', () => {
  expect(isTotalWithheld(answer(['<10', 40], null), 'household_coverage')).toBe(false);
});
test('days since the last visit count from the day of the city, not from an instant in UTC', () => {
  expect(metricValue(township(0), 'days_since_visit', '2026-11-23')).toBe(1);
});
