/** PURE: what is drawn over the ground of the field map: groups of due doors, the own position, a track and its gaps. */
import type { Feature, FeatureCollection, Polygon } from 'geojson';
import { distance_m, type Fix, type Position } from './distance';
import type { Premises } from './records';
import type { DueDoor } from './schedule';

export interface MapView {
  /** West, south, east, north in degrees. */
  bounds: readonly [number, number, number, number];
  zoom: number;
}

/** Due doors that share one mark on the map. */
export interface DoorGroup extends Position {
  doors: DueDoor[];
}

/** A mark and the finger that means it. */
const CELL_PX = 48;
/** MapLibre's world is 512 px wide at zoom 0. */
const WORLD_PX = 512;

function mercatorX(lon: number): number {
  return (lon + 180) / 360;
}

function mercatorY(lat: number): number {
  return 0.5 - Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / (2 * Math.PI);
}

/**
 * The due doors in view, those of one cell of 48 px together: a few hundred marks at most, however many doors are due.
 * The grid is fixed to the world at whole zooms, so that marks do not jump about while the map is moved.
 */
export function groupDoors(due: readonly DueDoor[], { bounds, zoom }: MapView): DoorGroup[] {
  const [west, south, east, north] = bounds;
  const cells = (WORLD_PX * 2 ** Math.floor(zoom)) / CELL_PX;
  const groups = new Map<number, DoorGroup>();
  for (const one of due) {
    const { lon, lat } = one.door;
    if (lon < west || lon > east || lat < south || lat > north) continue;
    const key = Math.floor(mercatorX(lon) * cells) * 1e8 + Math.floor(mercatorY(lat) * cells);
    const group = groups.get(key);
    if (group) group.doors.push(one);
    else groups.set(key, { lon, lat, doors: [one] });
  }
  return [...groups.values()].map(centred);
}

function centred(group: DoorGroup): DoorGroup {
  const n = group.doors.length;
  if (n === 1) return group;
  const sum = (of: (door: Position) => number): number =>
    group.doors.reduce((total, { door }) => total + of(door), 0);
  return { ...group, lon: sum((door) => door.lon) / n, lat: sum((door) => door.lat) / n };
}

/** Doors so near to each other that no zoom tells them apart: one house, or two. */
const ONE_PLACE_M = 12;

export function isOnePlace(group: DoorGroup): boolean {
  return group.doors.every(({ door }) => distance_m(group, door) <= ONE_PLACE_M);
}

/** West, south, east, north of the doors; not to be called without any. */
export function doorBounds(doors: readonly DueDoor[]): [number, number, number, number] {
  const box: [number, number, number, number] = [180, 90, -180, -90];
  for (const { door } of doors) {
    box[0] = Math.min(box[0], door.lon);
    box[1] = Math.min(box[1], door.lat);
    box[2] = Math.max(box[2], door.lon);
    box[3] = Math.max(box[3], door.lat);
  }
  return box;
}

const LABEL_MOST = 10;
/** House number (U+53F7 is 号) and what follows it: "28号1单元101", "12 B". */
const HOUSE = /(\d+\s?\u53f7.*|\d[\w\s-]*)$/u;

/** What tells a door from its neighbours: the name of an enterprise, the house number of a household. */
export function doorLabel({ kind, name, address }: Premises): string {
  if (kind === 'enterprise' && name !== '') return [...name].slice(0, LABEL_MOST).join('');
  return HOUSE.exec(address)?.[1] ?? [...address].slice(-LABEL_MOST).join('');
}

export function groupFeatures(groups: readonly DoorGroup[]): FeatureCollection {
  return collection(
    groups.map(({ lon, lat, doors }, index) => ({
      type: 'Feature',
      properties: {
        index,
        count: doors.length,
        label: doors.length > 1 ? String(doors.length) : '',
        address: doors.length === 1 && doors[0] ? doorLabel(doors[0].door) : '',
      },
      geometry: { type: 'Point', coordinates: [lon, lat] },
    })),
  );
}

const RING_STEPS = 48;
const METRES_A_DEGREE = 111_195;

/** The circle in which the phone says that it is. */
export function accuracyRing(fix: Fix): Feature<Polygon> {
  const up = fix.accuracy_m / METRES_A_DEGREE;
  const across = up / Math.max(0.01, Math.cos((fix.lat * Math.PI) / 180));
  const ring = Array.from({ length: RING_STEPS + 1 }, (_, step) => {
    const angle = ((step % RING_STEPS) / RING_STEPS) * 2 * Math.PI;
    return [fix.lon + across * Math.sin(angle), fix.lat + up * Math.cos(angle)];
  });
  return { type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [ring] } };
}

export function positionFeatures(fix: Fix | null): FeatureCollection {
  if (!fix) return collection([]);
  const at: Feature = {
    type: 'Feature',
    properties: {},
    geometry: { type: 'Point', coordinates: [fix.lon, fix.lat] },
  };
  return collection([accuracyRing(fix), at]);
}

function line(points: readonly Position[], kind: 'track' | 'gap'): Feature {
  const coordinates = points.map(({ lon, lat }) => [lon, lat]);
  return { type: 'Feature', properties: { kind }, geometry: { type: 'LineString', coordinates } };
}

/** A track in its pieces, and the gaps between them, of which nobody knows the way. */
export function trackFeatures(
  track: readonly (readonly Position[])[],
  gaps: readonly (readonly [Position, Position])[],
): FeatureCollection {
  return collection([
    ...gaps.map((gap) => line(gap, 'gap')),
    ...track.filter((piece) => piece.length > 1).map((piece) => line(piece, 'track')),
  ]);
}

function collection(features: Feature[]): FeatureCollection {
  return { type: 'FeatureCollection', features };
}
