import { expect, test } from 'vitest';
import {
  accuracyRing,
  doorBounds,
  doorLabel,
  groupDoors,
  groupFeatures,
  isOnePlace,
  positionFeatures,
  trackFeatures,
  type MapView,
} from '../../src/domain/field_shapes';
import { distance_m } from '../../src/domain/distance';
import type { DueDoor } from '../../src/domain/schedule';
import { aDoor } from '../builders';

const VIEW: MapView = { bounds: [114, 27.7, 114.1, 27.8], zoom: 16 };
const due = (id: string, lon: number, lat: number): DueDoor => ({
  ...{ door: aDoor({ id, lon, lat }), overdue_days: 1, distance_m: null },
});

test('only doors in view are drawn', () => {
  const groups = groupDoors([due('in', 114.05, 27.75), due('out', 114.2, 27.75)], VIEW);
  expect(groups.flatMap(({ doors }) => doors.map(({ door }) => door.id))).toEqual(['in']);
});
test('doors of one house share one mark, and the mark stands where they are', () => {
  const flats = ['101', '102', '201'].map((id) => due(id, 114.05, 27.75));
  const [group, ...others] = groupDoors(flats, VIEW);
  expect(others).toEqual([]);
  expect(group).toMatchObject({ lon: 114.05, lat: 27.75 });
  expect(group && isOnePlace(group)).toBe(true);
});
test('doors that are apart close up share a mark from afar', () => {
  // 0.001° of longitude are 98 m here: at zoom 16 about 93 px, at zoom 10 less than 2.
  const doors = [due('a', 114.05, 27.75), due('b', 114.051, 27.75)];
  expect(groupDoors(doors, VIEW)).toHaveLength(2);
  const [far] = groupDoors(doors, { ...VIEW, zoom: 10 });
  expect(far?.doors).toHaveLength(2);
  expect(far && isOnePlace(far)).toBe(false);
  expect(far && doorBounds(far.doors)).toEqual([114.05, 27.75, 114.051, 27.75]);
});
test('however many doors are due, every one is in exactly one of a few hundred marks', () => {
  const one = due('one', 114.05, 27.75);
  const many = Array.from({ length: 50_000 }, (_, n): DueDoor => {
    const lon = 114 + ((n * 7919) % 10_000) / 100_000;
    return { ...one, door: { ...one.door, lon, lat: 27.7 + ((n * 104_729) % 10_000) / 100_000 } };
  });
  const groups = groupDoors(many, { ...VIEW, zoom: 13 });
  expect(groups.reduce((sum, { doors }) => sum + doors.length, 0)).toBe(50_000);
  // 0.1° are 1165 px wide and 1317 px high at zoom 13: 26 × 29 cells of 48 px and those cut by the edge.
  expect(groups.length).toBeLessThanOrEqual(27 * 30);
});
test('a mark says how many doors it stands for; a single one says which', () => {
  const at = (id: string, address: string): DueDoor => ({
    ...{ door: aDoor({ id, address, lon: 114.05, lat: 27.75 }), overdue_days: 0, distance_m: null },
  });
  const one = groupFeatures(groupDoors([at('a', '示范路1段117号')], VIEW)).features[0];
  expect(one?.properties).toMatchObject({ count: 1, label: '', address: '117号' });
  const two = groupFeatures(groupDoors([at('a', '示范路1号'), at('b', '示范路2号')], VIEW)).features[0];
  expect(two?.properties).toMatchObject({ count: 2, label: '2', address: '' });
});
test.each([
  ['灵泉街道演示街4段28号1单元101', '28号1单元101'],
  ['Fleminginkatu 12 B', '12 B'],
  ['村委会旁边的白房子', '村委会旁边的白房子'],
])('%s is %s on the map', (address, label) => {
  expect(doorLabel(aDoor({ address }))).toBe(label);
});
test('an enterprise shows its name, cut between characters', () => {
  const name = '𠮷'.repeat(12);
  expect(doorLabel(aDoor({ kind: 'enterprise', name }))).toBe('𠮷'.repeat(10));
});
test('the circle around a position is as wide as its accuracy says', () => {
  const fix = { lon: 114.05, lat: 27.75, accuracy_m: 50, at_ms: 0 };
  const away = (accuracyRing(fix).geometry.coordinates[0] ?? []).map(([lon = 0, lat = 0]) =>
    distance_m(fix, { lon, lat }),
  );
  expect(away.length).toBeGreaterThan(32);
  for (const metres of away) expect(metres).toBeCloseTo(50, 0);
  expect(positionFeatures(null).features).toEqual([]);
});
test('a gap is drawn as a gap, between the pieces and not as one of them', () => {
  const at = (lon: number): { lon: number; lat: number } => ({ lon, lat: 27.75 });
  const { features } = trackFeatures([[at(1), at(2)], [at(3), at(4)], [at(5)]], [[at(2), at(3)]]);
  expect(features.map(({ properties }) => properties?.['kind'] as string)).toEqual(['gap', 'track', 'track']);
});
