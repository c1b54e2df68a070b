/** SHELL: the township map: vector tiles coloured by classes that come apart from the geometry. */
import {
  LngLatBounds,
  Map as MapView,
  NavigationControl,
  setWorkerUrl,
  type ExpressionSpecification,
  type StyleSpecification,
  type VectorTileSource,
} from 'maplibre-gl';
import workerAddress from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import 'maplibre-gl/dist/maplibre-gl.css';
import { classColours, type Theme } from '../domain/choropleth';

// Without this the worker is looked for beside the chunk, is not there, and the map stays blank.
setWorkerUrl(workerAddress);

const SOURCE = 'townships';
const OWN = ['to-boolean', ['get', 'own']] as const;
const LAYER = { source: SOURCE, 'source-layer': 'townships' } as const;
/** Names are drawn with the device's own fonts, because the style names no glyphs. */
const FONTS = ['Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', 'sans-serif'];

interface Ink {
  page: string;
  none: string;
  hatch: string;
  line: string;
  own: string;
  chosen: string;
  text: string;
  halo: string;
}
const INKS: Record<Theme, Ink> = {
  light: {
    ...{ page: '#f4f6f9', none: '#f1f1ee', hatch: '#8d949e', line: '#7d8ba0' },
    ...{ own: '#0c2a5c', chosen: '#c2410c', text: '#131a26', halo: '#ffffff' },
  },
  dark: {
    ...{ page: '#0d1420', none: '#20262f', hatch: '#7b8595', line: '#4d5f7a' },
    ...{ own: '#dbe8ff', chosen: '#ffb454', text: '#eef2f8', halo: '#0d1420' },
  },
};

export interface TownshipPaint {
  /** Index of the class; null when there is nothing to colour. */
  class: number | null;
  /** A small count that the server does not tell: dotted, not hatched. */
  hidden: boolean;
  /** Drawn with a strong outline: the asker's own among those of others. */
  own: boolean;
}

export interface MapOptions {
  container: HTMLElement;
  bounds: [number, number, number, number];
  theme: Theme;
  label: string;
  onSelect: (code: string) => void;
  /** Calls when the first geometry has arrived. */
  onTiles: () => void;
}

const PATTERN_PX = 12;
/** The buttons stand at the right: nothing is hidden behind them. */
const FIT_PADDING_PX = { top: 16, right: 64, bottom: 40, left: 16 };

function drawn(draw: (pen: CanvasRenderingContext2D) => void): ImageData {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = PATTERN_PX;
  const pen = canvas.getContext('2d');
  if (!pen) return new ImageData(PATTERN_PX, PATTERN_PX);
  draw(pen);
  return pen.getImageData(0, 0, PATTERN_PX, PATTERN_PX);
}

function hatching(colour: string): ImageData {
  return drawn((pen) => {
    pen.strokeStyle = colour;
    pen.lineWidth = 1.4;
    for (const shift of [-PATTERN_PX, 0, PATTERN_PX]) {
      pen.beginPath();
      pen.moveTo(shift, PATTERN_PX);
      pen.lineTo(shift + PATTERN_PX, 0);
      pen.stroke();
    }
  });
}

function dots(colour: string): ImageData {
  return drawn((pen) => {
    pen.fillStyle = colour;
    for (const [x, y] of [
      [3, 3],
      [9, 9],
    ] as const) {
      pen.beginPath();
      pen.arc(x, y, 1.3, 0, 2 * Math.PI);
      pen.fill();
    }
  });
}

function classFill(theme: Theme): ExpressionSpecification {
  const stops = classColours(theme).flatMap((colour, index) => [index, colour]);
  return [
    'match',
    ['feature-state', 'class'],
    ...stops,
    INKS[theme].none,
  ] as unknown as ExpressionSpecification;
}

function tilesAddress(): string {
  return `${location.origin}/tiles/townships/{z}/{x}/{y}.mvt`;
}

function styleOf(theme: Theme): StyleSpecification {
  const ink = INKS[theme];
  const is = (name: string): unknown[] => ['boolean', ['feature-state', name], false];
  const outline = ['case', is('chosen'), ink.chosen, ink.own];
  const width = ['case', is('chosen'), 3.5, is('own'), 2.5, is('under'), 2, 0];
  const hidden = is('hidden');
  const dotted = ['case', hidden, 1, 0];
  const hatched = ['case', ['all', ['==', ['feature-state', 'class'], null], ['!', hidden]], 1, 0];
  return {
    version: 8,
    sources: {
      [SOURCE]: {
        type: 'vector',
        tiles: [tilesAddress()],
        minzoom: 0,
        maxzoom: 12,
      },
    },
    layers: [
      { id: 'page', type: 'background', paint: { 'background-color': ink.page } },
      { id: 'fill', type: 'fill', ...LAYER, paint: { 'fill-color': classFill(theme) } },
      { id: 'hatch', type: 'fill', ...LAYER, paint: { 'fill-pattern': 'hatch', 'fill-opacity': hatched } },
      { id: 'dots', type: 'fill', ...LAYER, paint: { 'fill-pattern': 'dots', 'fill-opacity': dotted } },
      { id: 'line', type: 'line', ...LAYER, paint: { 'line-color': ink.line, 'line-width': 0.6 } },
      // Above all borders, so that no neighbour's line is drawn over it.
      {
        ...{ id: 'outline', type: 'line', ...LAYER, layout: { 'line-join': 'round' } },
        paint: { 'line-color': outline, 'line-width': width },
      },
      {
        ...{ id: 'name', type: 'symbol', ...LAYER, minzoom: 8 },
        layout: {
          'text-field': ['get', 'name'],
          'text-font': FONTS,
          'text-size': ['interpolate', ['linear'], ['zoom'], 8, 11, 11, 14],
          'text-padding': 3,
          'text-max-width': 6,
          // Where names would overlap, one's own stays; it stands below its township, which may be small.
          'symbol-sort-key': ['case', OWN, 0, 1],
          'text-offset': ['case', OWN, ['literal', [0, 1.5]], ['literal', [0, 0]]],
        },
        paint: { 'text-color': ink.text, 'text-halo-color': ink.halo, 'text-halo-width': 2 },
      },
    ],
  } as StyleSpecification;
}

type Nested = number[] | Nested[];

function isPoint(part: Nested): part is [number, number] {
  return typeof part[0] === 'number';
}

function extend(bounds: LngLatBounds, part: Nested): void {
  if (isPoint(part)) bounds.extend(part);
  else for (const inner of part as Nested[]) extend(bounds, inner);
}

export class CoverageMap {
  readonly #map: MapView;
  #theme: Theme;
  #paint = new Map<number, TownshipPaint>();
  #chosen: number | null = null;
  #under: number | null = null;
  #fitted = false;

  constructor({ container, bounds, theme, label, onSelect, onTiles }: MapOptions) {
    this.#theme = theme;
    this.#map = new MapView({
      ...{ container, style: styleOf(theme), bounds, fitBoundsOptions: { padding: FIT_PADDING_PX } },
      ...{ attributionControl: false, dragRotate: false, pitchWithRotate: false, maxZoom: 15 },
      locale: { 'Map.Title': label },
    });
    this.#map.touchZoomRotate.disableRotation();
    this.#map.addControl(new NavigationControl({ showCompass: false }), 'top-right');
    this.#map.on('style.load', () => {
      this.#addPatterns();
      this.#repaint();
    });
    this.#map.on('idle', () => {
      if (this.#map.queryRenderedFeatures({ layers: ['fill'] }).length > 0) onTiles();
      this.#fitOnce();
    });
    this.#map.on('click', 'fill', (event) => {
      const code: unknown = event.features?.[0]?.properties['code'];
      if (typeof code === 'string') onSelect(code);
    });
    this.#map.on('mousemove', 'fill', (event) => {
      this.#pointAt(event.features?.[0]?.id);
    });
    this.#map.on('mouseleave', 'fill', () => {
      this.#pointAt(null);
    });
  }

  /** Outlines the township under the pointer. */
  #pointAt(id: string | number | null | undefined): void {
    const under = typeof id === 'number' ? id : null;
    this.#map.getCanvas().style.cursor = under === null ? '' : 'pointer';
    if (under === this.#under) return;
    if (this.#under !== null) this.#setState(this.#under, { under: false });
    if (under !== null) this.#setState(under, { under: true });
    this.#under = under;
  }

  #addPatterns(): void {
    const { hatch } = INKS[this.#theme];
    if (!this.#map.hasImage('hatch')) this.#map.addImage('hatch', hatching(hatch));
    if (!this.#map.hasImage('dots')) this.#map.addImage('dots', dots(hatch));
  }

  /** Gives every township its class; a township that is missing is hatched. */
  setPaint(paint: Map<number, TownshipPaint>): void {
    this.#paint = paint;
    if (this.#map.getSource(SOURCE)) this.#repaint();
  }

  select(id: number | null): void {
    const before = this.#chosen;
    this.#chosen = id;
    if (!this.#map.getSource(SOURCE)) return;
    if (before !== null) this.#setState(before, { chosen: false });
    if (id !== null) this.#setState(id, { chosen: true });
  }

  setTheme(theme: Theme): void {
    if (theme === this.#theme) return;
    this.#theme = theme;
    this.#map.setStyle(styleOf(theme), { diff: false });
  }

  #setState(id: number, state: Record<string, unknown>): void {
    this.#map.setFeatureState({ source: SOURCE, sourceLayer: 'townships', id }, state);
  }

  #repaint(): void {
    for (const [id, paint] of this.#paint)
      this.#setState(id, { class: paint.class, hidden: paint.hidden, own: paint.own });
    if (this.#chosen !== null) this.#setState(this.#chosen, { chosen: true });
  }

  /** Brings the townships with figures into view, once: a lead sees the branch and not the whole city. */
  #fitOnce(): void {
    if (this.#fitted || this.#paint.size === 0) return;
    const seen = this.#map.queryRenderedFeatures({ layers: ['fill'] });
    const painted = seen.filter(({ id }) => typeof id === 'number' && this.#paint.has(id));
    if (painted.length === 0) return;
    this.#fitted = true;
    const bounds = new LngLatBounds();
    for (const { geometry } of painted) {
      if (geometry.type === 'Polygon' || geometry.type === 'MultiPolygon')
        extend(bounds, geometry.coordinates);
    }
    this.#map.fitBounds(bounds, { padding: FIT_PADDING_PX, animate: false });
  }

  /** Asks again for tiles that did not arrive: MapLibre does not come back to them by itself. */
  retry(): void {
    this.#map.getSource<VectorTileSource>(SOURCE)?.setTiles([tilesAddress()]);
  }

  resize(): void {
    this.#map.resize();
  }

  /** Calls when everything in view is drawn: tests and screenshots wait for it. */
  onIdle(call: () => void): void {
    this.#map.on('idle', call);
  }

  destroy(): void {
    this.#map.remove();
  }
}
