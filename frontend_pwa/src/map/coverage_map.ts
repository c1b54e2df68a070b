/** SHELL: the coverage map: vector tiles of a level, coloured by classes that come apart from the geometry. */
import {
  LngLatBounds,
  Map as MapView,
  NavigationControl,
  ScaleControl,
  setWorkerUrl,
  type MapMouseEvent,
  type VectorTileSource,
} from 'maplibre-gl';
import workerAddress from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import 'maplibre-gl/dist/maplibre-gl.css';
import type { Theme } from '../domain/choropleth';
import { coverageStyle, hatchInk, HIT, levelSource, TOWNSHIPS, type Look } from './coverage_style';
import { dots, hatching } from './patterns';

// Without this the worker is looked for beside the chunk, is not there, and the map stays blank.
setWorkerUrl(workerAddress);

export interface PlacePaint {
  /** Index of the class; null when there is nothing to colour. */
  class: number | null;
  /** A small count that the server does not tell: dotted, not hatched. */
  hidden: boolean;
  /** Drawn with a strong outline: the asker's own among those of others. */
  own: boolean;
  /** There, and not among those looked for. */
  faint: boolean;
}

export interface MapOptions {
  container: HTMLElement;
  bounds: [number, number, number, number];
  look: Omit<Look, 'origin'>;
  label: string;
  onSelect: (code: string) => void;
  /** Calls when the first geometry has arrived. */
  onTiles: () => void;
  /** Calls with the zoom whenever it has changed. */
  onZoom: (zoom: number) => void;
}

/** The buttons stand at the right: nothing is hidden behind them. */
const PADDING = { top: 16, right: 64, bottom: 40, left: 16 };
/** Close enough for one street; farther in there is nothing more to see. */
const CHOSEN_ZOOM = 16;
/** A place that takes less than this of the map is moved towards. */
const TINY_PX = 24;

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
  readonly #options: MapOptions;
  #look: Look;
  #paint = new Map<number, PlacePaint>();
  #chosen: number | null = null;
  #under: number | null = null;
  /** Where each township lies, once its tile has been seen. */
  readonly #boxes = new Map<string, LngLatBounds>();
  #wanted: readonly string[] = [];
  #fitted = '';
  /** A place that was chosen elsewhere and is to be brought into view. */
  #sought: number | null = null;

  constructor(options: MapOptions) {
    const { container, bounds, label, look } = options;
    this.#options = options;
    this.#look = { ...look, origin: location.origin };
    this.#map = new MapView({
      ...{ container, style: coverageStyle(this.#look), bounds, fitBoundsOptions: { padding: PADDING } },
      ...{ attributionControl: false, dragRotate: false, pitchWithRotate: false, maxZoom: 18 },
      locale: { 'Map.Title': label },
    });
    this.#map.touchZoomRotate.disableRotation();
    this.#map.addControl(new NavigationControl({ showCompass: false }), 'top-right');
    this.#map.addControl(new ScaleControl({ unit: 'metric', maxWidth: 90 }), 'bottom-right');
    this.#listen();
  }

  #listen(): void {
    const map = this.#map;
    map.on('style.load', () => {
      this.#addPatterns();
      this.#repaint();
    });
    map.on('idle', () => {
      this.#rememberBoxes();
      if (this.#boxes.size > 0) this.#options.onTiles();
      this.#fit();
      this.#seek();
    });
    map.on('zoom', () => {
      this.#options.onZoom(map.getZoom());
    });
    map.on('click', (event) => {
      const code: unknown = this.#at(event)?.properties['code'];
      if (typeof code === 'string') this.#options.onSelect(code);
    });
    map.on('mousemove', (event) => {
      this.#pointAt(this.#at(event)?.id);
    });
    map.on('mouseout', () => {
      this.#pointAt(null);
    });
  }

  #at({ point }: MapMouseEvent): ReturnType<MapView['queryRenderedFeatures']>[number] | undefined {
    return this.#map.getLayer(HIT) && this.#map.queryRenderedFeatures(point, { layers: [HIT] })[0];
  }

  /** Outlines the place under the pointer. */
  #pointAt(id: string | number | null | undefined): void {
    const under = typeof id === 'number' ? id : null;
    this.#map.getCanvas().style.cursor = under === null ? '' : 'pointer';
    if (under === this.#under) return;
    if (this.#under !== null) this.#setState(this.#under, { under: false });
    if (under !== null) this.#setState(under, { under: true });
    this.#under = under;
  }

  #addPatterns(): void {
    const ink = hatchInk(this.#look.theme);
    if (!this.#map.hasImage('hatch')) this.#map.addImage('hatch', hatching(ink));
    if (!this.#map.hasImage('dots')) this.#map.addImage('dots', dots(ink));
  }

  get #source(): { source: string; sourceLayer: string } {
    return levelSource(this.#look.level);
  }

  /** Another level, another metric of streets or another period: drawn from other tiles. */
  setLook(look: Omit<Look, 'origin'>): void {
    const next = { ...look, origin: this.#look.origin };
    if (JSON.stringify(next) === JSON.stringify(this.#look)) return;
    if (look.level !== this.#look.level) {
      this.#paint = new Map();
      this.#under = null;
    }
    this.#look = next;
    this.#map.setStyle(coverageStyle(next), { diff: false });
  }

  setTheme(theme: Theme): void {
    this.setLook({ ...this.#look, theme });
  }

  /** Gives every place its class; a place that is missing is hatched. */
  setPaint(paint: Map<number, PlacePaint>): void {
    this.#paint = paint;
    if (!this.#map.getSource(this.#source.source)) return;
    this.#map.removeFeatureState(this.#source);
    this.#repaint();
  }

  /** Marks the chosen place; `seek` brings it into view when it was chosen elsewhere than on the map. */
  select(id: number | null, seek: boolean): void {
    const before = this.#chosen;
    this.#chosen = id;
    if (seek && id !== before) this.#sought = id;
    if (!this.#map.getSource(this.#source.source)) return;
    if (before !== null) this.#setState(before, { chosen: false });
    if (id !== null) this.#setState(id, { chosen: true });
    if (this.#map.loaded()) this.#seek();
  }

  #setState(id: number, state: Record<string, unknown>): void {
    if (this.#map.getSource(this.#source.source)) this.#map.setFeatureState({ ...this.#source, id }, state);
  }

  #repaint(): void {
    for (const [id, paint] of this.#paint) this.#setState(id, { ...paint, known: true });
    if (this.#chosen !== null) this.#setState(this.#chosen, { chosen: true });
  }

  /** Brings these townships into view, once: a lead sees the branch and not the whole city. */
  fit(codes: readonly string[]): void {
    this.#wanted = codes;
    if (this.#boxes.size > 0) this.#fit();
  }

  /** The first look is at the whole city, so that every township is met once. */
  #rememberBoxes(): void {
    if (this.#boxes.size > 0 || !this.#map.getSource(TOWNSHIPS)) return;
    for (const { geometry, properties } of this.#map.querySourceFeatures(TOWNSHIPS, {
      sourceLayer: TOWNSHIPS,
    })) {
      if (geometry.type !== 'Polygon' && geometry.type !== 'MultiPolygon') continue;
      const code = String(properties['code']);
      const box = this.#boxes.get(code) ?? new LngLatBounds();
      extend(box, geometry.coordinates);
      this.#boxes.set(code, box);
    }
  }

  #fit(): void {
    const key = this.#wanted.join();
    if (key === this.#fitted) return;
    const bounds = new LngLatBounds();
    for (const code of this.#wanted) {
      const box = this.#boxes.get(code);
      if (box) bounds.extend(box);
    }
    if (bounds.isEmpty()) return;
    this.#fitted = key;
    this.#map.fitBounds(bounds, { padding: PADDING, animate: false });
  }

  #seek(): void {
    const id = this.#sought;
    if (id === null || !this.#map.getSource(this.#source.source)) return;
    const bounds = new LngLatBounds();
    const filter = ['==', ['id'], id] as ['==', ['id'], number];
    const found = this.#map.querySourceFeatures(this.#source.source, { ...this.#source, filter });
    for (const { geometry } of found) if ('coordinates' in geometry) extend(bounds, geometry.coordinates);
    if (bounds.isEmpty()) return;
    this.#sought = null;
    if (this.#isPlain(bounds)) return;
    this.#map.fitBounds(bounds, { padding: PADDING, maxZoom: CHOSEN_ZOOM, animate: false });
  }

  /** In view, and large enough to be seen. */
  #isPlain(bounds: LngLatBounds): boolean {
    const view = this.#map.getBounds();
    const [a, b] = [this.#map.project(bounds.getSouthWest()), this.#map.project(bounds.getNorthEast())];
    const isLarge = Math.max(Math.abs(b.x - a.x), Math.abs(b.y - a.y)) >= TINY_PX;
    return isLarge && view.contains(bounds.getSouthWest()) && view.contains(bounds.getNorthEast());
  }

  /** Asks again for tiles that did not arrive: MapLibre does not come back to them by itself. */
  retry(): void {
    const { sources } = coverageStyle(this.#look);
    for (const [name, source] of Object.entries(sources))
      if (source.type === 'vector') this.#map.getSource<VectorTileSource>(name)?.setTiles(source.tiles ?? []);
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
