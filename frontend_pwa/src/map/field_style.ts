/** PURE: how the field map is drawn, by day and at night. No glyphs: names are drawn with the phone's own fonts. */
import type { FeatureCollection } from 'geojson';
import type { LayerSpecification, SourceSpecification, StyleSpecification } from 'maplibre-gl';
import type { PackageFacts } from '../domain/map_package';

/** What lies over the ground; each is a source of its own, so that a new position does not touch the doors. */
export interface Overlays {
  doors: FeatureCollection;
  position: FeatureCollection;
  track: FeatureCollection;
}

export interface Ground {
  name: string;
  facts: PackageFacts;
}

const FONTS = ['Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', 'sans-serif'];
const LARGE = ['motorway', 'trunk', 'primary', 'secondary', 'motorway_link', 'trunk_link', 'primary_link'];
const SMALL = [
  'footway',
  'path',
  'steps',
  'service',
  'trail',
  'cycleway',
  'platform',
  'corridor',
  'crossing',
];

const DAY = {
  ...{ page: '#e6eaf0', own: '#fbfbf8', street: '#ffffff', casing: '#bcc4cf', large: '#ffe3a3' },
  ...{ path: '#c9b79c', border: '#6b7b94', beat: '#5a55a8', text: '#1d2736', halo: '#ffffff' },
  ...{ door: '#9a4a00', onDoor: '#ffffff', ring: '#ffffff', me: '#1d5fd0', track: '#0c6b45', gap: '#a61b1b' },
};
/** Dark enough for a pocket and for eyes that are used to the dark. */
const NIGHT: typeof DAY = {
  ...{ page: '#03060a', own: '#0a111b', street: '#33435a', casing: '#0a111b', large: '#6b6240' },
  ...{ path: '#2b3646', border: '#5c6c84', beat: '#7f7ac4', text: '#c3cede', halo: '#03060a' },
  ...{ door: '#ffb454', onDoor: '#2a1800', ring: '#03060a', me: '#7fb2ff', track: '#6fd6a7', gap: '#ff9c94' },
};

type Ink = typeof DAY;

function isOneOf(classes: string[]): unknown[] {
  return ['in', ['get', 'class'], ['literal', classes]];
}

function byZoom(...stops: number[]): unknown[] {
  return ['interpolate', ['exponential', 1.6], ['zoom'], ...stops];
}

/** Large streets first: [large, small, other], at each of the zooms. */
function streetWidth(extra: number): unknown[] {
  const at = (large: number, small: number, other: number): unknown[] => [
    ...['case', isOneOf(LARGE), large + extra, isOneOf(SMALL), small + extra, other + extra],
  ];
  return [
    ...['interpolate', ['exponential', 1.6], ['zoom']],
    ...[10, at(1.2, 0.2, 0.4), 14, at(4, 0.8, 2), 17, at(16, 3, 10), 19, at(34, 6, 24)],
  ];
}

function groundLayers(ink: Ink): unknown[] {
  const of = (layer: string): object => ({ source: 'ground', 'source-layer': layer });
  const round = { 'line-cap': 'round', 'line-join': 'round' };
  const colour = ['case', isOneOf(LARGE), ink.large, isOneOf(SMALL), ink.path, ink.street];
  const dashes = { 'line-dasharray': [3, 2], 'line-width': byZoom(10, 0.8, 16, 2.4) };
  return [
    {
      ...{ id: 'own', type: 'fill', ...of('townships'), filter: ['get', 'own'] },
      paint: { 'fill-color': ink.own },
    },
    {
      ...{ id: 'casing', type: 'line', ...of('streets'), layout: round, minzoom: 12 },
      filter: ['!', isOneOf(SMALL)],
      paint: { 'line-color': ink.casing, 'line-width': streetWidth(1.6) },
    },
    {
      ...{ id: 'streets', type: 'line', ...of('streets'), layout: round },
      paint: { 'line-color': colour, 'line-width': streetWidth(0) },
    },
    {
      ...{ id: 'beats', type: 'line', ...of('beats') },
      paint: { 'line-color': ink.beat, ...dashes },
    },
    {
      ...{ id: 'borders', type: 'line', ...of('townships'), layout: { 'line-join': 'round' } },
      paint: { 'line-color': ink.border, 'line-width': byZoom(8, 1, 16, 3.5) },
    },
  ];
}

function nameLayers(ink: Ink): unknown[] {
  const paint = { 'text-color': ink.text, 'text-halo-color': ink.halo, 'text-halo-width': 1.6 };
  const text = (size: unknown): object => ({
    ...{ 'text-field': ['get', 'name'], 'text-font': FONTS, 'text-size': size },
  });
  return [
    {
      ...{ id: 'street-names', type: 'symbol', source: 'ground', 'source-layer': 'streets', minzoom: 12.5 },
      filter: ['!=', ['get', 'name'], ''],
      layout: {
        ...text(byZoom(13, 11, 18, 16)),
        ...{ 'symbol-placement': 'line', 'symbol-spacing': 260, 'text-padding': 4 },
      },
      paint,
    },
    {
      // Close up the names of areas would only hide doors.
      ...{ id: 'area-names', type: 'symbol', source: 'ground', 'source-layer': 'names', maxzoom: 15.5 },
      layout: {
        ...text(['interpolate', ['linear'], ['zoom'], 9, 12, 14, 17]),
        ...{ 'text-max-width': 7, 'symbol-sort-key': ['case', ['get', 'own'], 0, 1] },
      },
      paint: {
        ...paint,
        'text-color': ['case', ['==', ['get', 'kind'], 'beat'], ink.beat, ink.text],
      },
    },
  ];
}

function overlayLayers(ink: Ink): unknown[] {
  const round = { 'line-cap': 'round', 'line-join': 'round' };
  const kind = (name: string): unknown[] => ['==', ['get', 'kind'], name];
  const isPoint = ['==', ['geometry-type'], 'Point'];
  const many = ['>', ['get', 'count'], 1];
  return [
    {
      ...{ id: 'gap', type: 'line', source: 'track', filter: kind('gap') },
      paint: { 'line-color': ink.gap, 'line-width': 3, 'line-dasharray': [2, 2] },
    },
    {
      ...{ id: 'track-casing', type: 'line', source: 'track', filter: kind('track'), layout: round },
      paint: { 'line-color': ink.halo, 'line-width': 8 },
    },
    {
      ...{ id: 'track', type: 'line', source: 'track', filter: kind('track'), layout: round },
      paint: { 'line-color': ink.track, 'line-width': 5 },
    },
    {
      ...{ id: 'accuracy', type: 'fill', source: 'position', filter: ['!', isPoint] },
      paint: { 'fill-color': ink.me, 'fill-opacity': 0.16, 'fill-outline-color': ink.me },
    },
    {
      ...{ id: 'doors', type: 'circle', source: 'doors' },
      paint: {
        'circle-color': ink.door,
        'circle-stroke-color': ink.ring,
        'circle-stroke-width': 2,
        'circle-radius': ['case', ['>', ['get', 'count'], 99], 18, many, 14, 8],
      },
    },
    {
      ...{ id: 'door-counts', type: 'symbol', source: 'doors', filter: many },
      layout: {
        ...{ 'text-field': ['get', 'label'], 'text-font': FONTS, 'text-size': 13 },
        ...{ 'text-allow-overlap': true, 'text-ignore-placement': true },
      },
      paint: { 'text-color': ink.onDoor },
    },
    {
      ...{ id: 'door-addresses', type: 'symbol', source: 'doors', filter: ['!', many], minzoom: 16 },
      layout: {
        ...{ 'text-field': ['get', 'address'], 'text-font': FONTS, 'text-size': 12 },
        ...{ 'text-anchor': 'top', 'text-offset': [0, 0.9] },
      },
      paint: { 'text-color': ink.text, 'text-halo-color': ink.halo, 'text-halo-width': 1.6 },
    },
    {
      ...{ id: 'me', type: 'circle', source: 'position', filter: isPoint },
      paint: {
        'circle-color': ink.me,
        'circle-radius': 8,
        'circle-stroke-color': '#ffffff',
        'circle-stroke-width': 3,
      },
    },
  ];
}

/** The whole style. Without a ground: an empty page that says nothing it does not know. */
export function fieldStyle(night: boolean, ground: Ground | null, overlays: Overlays): StyleSpecification {
  const ink = night ? NIGHT : DAY;
  const sources: Record<string, SourceSpecification> = {};
  for (const name of ['track', 'doors', 'position'] as const)
    sources[name] = { type: 'geojson', data: overlays[name] };
  if (ground) {
    const { minzoom, maxzoom } = ground.facts;
    const tiles = [`pmtiles://${ground.name}/{z}/{x}/{y}`];
    sources['ground'] = { type: 'vector', tiles, minzoom, maxzoom };
  }
  const layers = [
    { id: 'page', type: 'background', paint: { 'background-color': ground ? ink.page : ink.own } },
    ...(ground ? groundLayers(ink) : []),
    ...(ground ? nameLayers(ink) : []),
    ...overlayLayers(ink),
  ] as LayerSpecification[];
  return { version: 8, sources, layers };
}
