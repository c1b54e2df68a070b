/** PURE: how the coverage map is drawn: areas filled by class, streets as lines by state or by class, doors. */
import type { ExpressionSpecification, StyleSpecification } from 'maplibre-gl';
import { classColours, lineColours, stateColours, STREET_STATES, type Theme } from '../domain/choropleth';
import type { Level } from '../domain/coverage';
import { doorLayers, DOORS, DOORS_ZOOM, type DoorsLook } from './coverage_doors';

export const TOWNSHIPS = 'townships';
export const TRACKS = 'tracks';
/** From which zoom on the server has tiles of a level; farther away they would be a blot. */
export const LEVEL_ZOOM: Record<Level, number> = {
  ...{ townships: 0, villages: 9, beats: 9, cells: 11, streets: 8 },
};
/** Covered or not is drawn from here on; before, streets are drawn as streets. */
export const TRACKS_ZOOM = 11;
const ZOOM_MOST = 14;
/** Names are drawn with the device's own fonts, because the style names no glyphs. */
const FONTS = ['Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', 'sans-serif'];

export interface Look {
  theme: Theme;
  level: Level;
  /** Streets by whether they were covered in this period; null: by the classes of a metric. */
  tracksQuery: string | null;
  /** Doors from close up; null: this metric speaks of none, or they are not the asker's to see. */
  doors: DoorsLook | null;
  origin: string;
}

const INKS = {
  light: {
    ...{ page: '#f4f6f9', none: '#f1f1ee', hatch: '#8d949e', line: '#7d8ba0', street: '#b4bdca' },
    ...{ own: '#0c2a5c', chosen: '#c2410c', casing: '#ffd24a', text: '#131a26', halo: '#ffffff' },
  },
  dark: {
    ...{ page: '#0d1420', none: '#20262f', hatch: '#7b8595', line: '#4d5f7a', street: '#46536a' },
    ...{ own: '#dbe8ff', chosen: '#ffb454', casing: '#8a6a00', text: '#eef2f8', halo: '#0d1420' },
  },
};

export function hatchInk(theme: Theme): string {
  return INKS[theme].hatch;
}

type Ink = typeof INKS.light;
type Layers = object[];
const OWN = ['to-boolean', ['get', 'own']] as const;

/** The source whose features one chooses and colours, and the layer that a finger meets. */
export function levelSource(level: Level): { source: string; sourceLayer: string } {
  return { source: level, sourceLayer: level };
}
export const HIT = 'hit';

function byClass(colours: readonly string[], otherwise: string): ExpressionSpecification {
  const stops = colours.flatMap((colour, index) => [index, colour]);
  return ['match', ['feature-state', 'class'], ...stops, otherwise] as unknown as ExpressionSpecification;
}

const is = (name: string): unknown[] => ['boolean', ['feature-state', name], false];
const NO_CLASS = ['==', ['feature-state', 'class'], null];

function sourcesOf({ level, tracksQuery, doors, origin }: Look): StyleSpecification['sources'] {
  const tiles = (name: string, minzoom: number, query = ''): object => ({
    [name]: {
      type: 'vector',
      tiles: [`${origin}/tiles/${name}/{z}/{x}/{y}.mvt${query}`],
      ...{ minzoom, maxzoom: name === TOWNSHIPS ? 12 : ZOOM_MOST },
    },
  });
  return {
    ...tiles(TOWNSHIPS, 0),
    ...(level === TOWNSHIPS ? {} : tiles(level, LEVEL_ZOOM[level])),
    ...(tracksQuery === null ? {} : tiles(TRACKS, TRACKS_ZOOM, `?${tracksQuery}`)),
    ...(doors === null ? {} : tiles(DOORS, DOORS_ZOOM, `?${doors.query}`)),
  } as StyleSpecification['sources'];
}

/** Below smaller places: the townships they lie in, quiet. */
function ground(ink: Ink): Layers {
  const of = { source: TOWNSHIPS, 'source-layer': TOWNSHIPS };
  return [
    { id: 'ground', type: 'fill', ...of, paint: { 'fill-color': ink.none } },
    { id: 'border', type: 'line', ...of, paint: { 'line-color': ink.line, 'line-width': 1.2 } },
  ];
}

function areaLayers(level: Level, theme: Theme): Layers {
  const ink = INKS[theme];
  const of = { source: level, 'source-layer': level };
  const outline = ['case', is('chosen'), ink.chosen, ink.own];
  const width = ['case', is('chosen'), 3.5, is('own'), 2.5, is('under'), 2, 0];
  // Blank where the answer has no such place: nothing is on file there, or it lies outside what was asked for.
  const hatched = ['case', ['all', NO_CLASS, is('known'), ['!', is('hidden')]], 1, 0];
  const dotted = ['case', is('hidden'), 1, 0];
  return [
    { id: HIT, type: 'fill', ...of, paint: { 'fill-color': byClass(classColours(theme), ink.none) } },
    { id: 'hatch', type: 'fill', ...of, paint: { 'fill-pattern': 'hatch', 'fill-opacity': hatched } },
    { id: 'dots', type: 'fill', ...of, paint: { 'fill-pattern': 'dots', 'fill-opacity': dotted } },
    { id: 'line', type: 'line', ...of, paint: { 'line-color': ink.line, 'line-width': 0.6 } },
    // Above all borders, so that no neighbour's line is drawn over it.
    {
      ...{ id: 'outline', type: 'line', ...of, layout: { 'line-join': 'round' } },
      paint: { 'line-color': outline, 'line-width': width },
    },
  ];
}

const LINE_WIDTH = ['interpolate', ['linear'], ['zoom'], 11, 1.5, 14, 3, 17, 6];

/** Each state has its own dashes: nothing is told by colour alone. */
function stateLayers(theme: Theme): Layers {
  const colours = stateColours(theme);
  // What is walked lies over what is not: at a crossing of both the walk is what is known.
  return [...STREET_STATES].reverse().map(({ state, dashes, isRound }) => ({
    ...{ id: `state-${state}`, type: 'line', source: TRACKS, 'source-layer': TRACKS },
    filter: ['==', ['get', 'state'], state],
    layout: { 'line-cap': isRound ? 'round' : 'butt', 'line-join': 'round' },
    paint: {
      ...{ 'line-color': colours[state], 'line-width': LINE_WIDTH },
      ...(dashes.length === 0 ? {} : { 'line-dasharray': [...dashes] }),
    },
  }));
}

function classLayers(theme: Theme): Layers {
  const of = { source: 'streets', 'source-layer': 'streets', minzoom: TRACKS_ZOOM };
  const shown = (opacity: number): unknown[] => ['case', is('faint'), 0.15, opacity];
  const none = { 'line-color': stateColours(theme).not_covered, 'line-dasharray': [2, 1.5] };
  return [
    {
      ...{ id: 'no-class', type: 'line', ...of },
      paint: {
        ...{ ...none, 'line-width': LINE_WIDTH },
        'line-opacity': ['case', ['all', NO_CLASS, is('known')], shown(1), 0],
      },
    },
    {
      ...{ id: 'class', type: 'line', ...of, layout: { 'line-cap': 'round' } },
      paint: {
        ...{ 'line-color': byClass(lineColours(theme), INKS[theme].street), 'line-width': LINE_WIDTH },
        'line-opacity': ['case', NO_CLASS, 0, shown(1)],
      },
    },
  ];
}

function streetLayers({ theme, tracksQuery }: Look): Layers {
  const ink = INKS[theme];
  const of = { source: 'streets', 'source-layer': 'streets' };
  const around = ['case', is('chosen'), 14, is('under'), 9, 0];
  return [
    {
      ...{ id: 'outline', type: 'line', ...of, layout: { 'line-cap': 'round' } },
      paint: { 'line-color': ink.casing, 'line-width': around },
    },
    { id: 'street', type: 'line', ...of, paint: { 'line-color': ink.street, 'line-width': 1 } },
    ...(tracksQuery === null ? classLayers(theme) : stateLayers(theme)),
    // As wide as a finger, and not to be seen.
    { id: HIT, type: 'line', ...of, paint: { 'line-color': ink.page, 'line-width': 18, 'line-opacity': 0 } },
    {
      ...{ id: 'street-name', type: 'symbol', ...of, minzoom: 14 },
      layout: {
        ...{ 'symbol-placement': 'line', 'text-field': ['get', 'name'], 'text-font': FONTS },
        ...{ 'text-size': 12, 'text-padding': 8 },
      },
      paint: { 'text-color': ink.text, 'text-halo-color': ink.halo, 'text-halo-width': 2 },
    },
  ];
}

function names(source: string, ink: Ink, minzoom: number, isQuiet: boolean): object {
  return {
    ...{ id: `name-${source}`, type: 'symbol', source, 'source-layer': source, minzoom },
    layout: {
      ...{ 'text-field': ['get', 'name'], 'text-font': FONTS, 'text-padding': 3, 'text-max-width': 6 },
      'text-size': ['interpolate', ['linear'], ['zoom'], 8, 11, 11, isQuiet ? 12 : 14],
      // Where names would overlap, one's own stays; it stands below its township, which may be small.
      'symbol-sort-key': ['case', OWN, 0, 1],
      'text-offset': ['case', OWN, ['literal', [0, 1.5]], ['literal', [0, 0]]],
    },
    paint: {
      ...{ 'text-color': ink.text, 'text-halo-color': ink.halo, 'text-halo-width': 2 },
      'text-opacity': isQuiet ? 0.75 : 1,
    },
  };
}

function layersOf(look: Look): Layers {
  const { level, theme } = look;
  const ink = INKS[theme];
  const page = { id: 'page', type: 'background', paint: { 'background-color': ink.page } };
  const doors = look.doors === null ? [] : doorLayers(look.doors, theme, ink.page);
  if (level === 'townships')
    return [page, ...areaLayers(level, theme), ...doors, names(TOWNSHIPS, ink, 8, false)];
  if (level === 'streets')
    return [page, ...ground(ink), ...streetLayers(look), names(TOWNSHIPS, ink, 9, true)];
  const own = level === 'cells' ? [] : [names(level, ink, 11, false)];
  return [
    page,
    ...ground(ink),
    ...areaLayers(level, theme),
    ...doors,
    ...own,
    names(TOWNSHIPS, ink, 9, true),
  ];
}

export function coverageStyle(look: Look): StyleSpecification {
  return { version: 8, sources: sourcesOf(look), layers: layersOf(look) } as StyleSpecification;
}
