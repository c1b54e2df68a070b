import { expect, test } from 'vitest';
import { DOOR_STATES, doorColours } from '../../src/domain/choropleth';
import { doorsOf, METRICS } from '../../src/domain/coverage';
import { coverageStyle } from '../../src/map/coverage_style';

const look = { theme: 'light', level: 'beats', tracksQuery: null, origin: 'https://x' } as const;

test('doors are drawn with the metrics that speak of them, and of no others', () => {
  const drawn = METRICS.filter((metric) => doorsOf(metric) !== null);
  expect(drawn).toEqual(['household_coverage', 'enterprise_coverage', 'visits', 'days_since_visit']);
  expect(doorsOf('household_coverage')).toBe('household');
});
test('each state of a door has its own shape and its own colour', () => {
  expect(new Set(DOOR_STATES.map(({ shape }) => shape)).size).toBe(3);
  for (const theme of ['light', 'dark'] as const)
    expect(new Set(Object.values(doorColours(theme))).size).toBe(3);
});
test('doors come from close up, of the period that is looked at', () => {
  const { sources, layers } = coverageStyle({ ...look, doors: { kind: 'enterprise', query: 'window=7d' } });
  expect(sources['doors']).toMatchObject({
    tiles: ['https://x/tiles/doors/{z}/{x}/{y}.mvt?window=7d'],
    minzoom: 14,
  });
  const drawn = layers.filter((layer) => 'source' in layer && layer.source === 'doors');
  expect(drawn.map(({ id }) => id)).toEqual(['door-met', 'door-tried', 'door-tried-dot', 'door-not_visited']);
  expect(drawn.every((layer) => JSON.stringify(layer).includes('"enterprise"'))).toBe(true);
});
test('who may not see doors does not ask for them', () => {
  expect(Object.keys(coverageStyle({ ...look, doors: null }).sources)).toEqual(['townships', 'beats']);
});
