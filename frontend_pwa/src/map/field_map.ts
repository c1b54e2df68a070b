/** SHELL: the map an officer carries: the ground from a file on the phone, and over it what the phone itself knows. */
import {
  addProtocol,
  Map as MapView,
  ScaleControl,
  setWorkerUrl,
  type GeoJSONSource,
  type MapMouseEvent,
} from 'maplibre-gl';
import workerAddress from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import 'maplibre-gl/dist/maplibre-gl.css';
import { FileSource, PMTiles, Protocol } from 'pmtiles';
import type { FeatureCollection } from 'geojson';
import type { Fix, Position } from '../domain/distance';
import {
  groupFeatures,
  positionFeatures,
  trackFeatures,
  type DoorGroup,
  type MapView as View,
} from '../domain/field_shapes';
import type { KeptPackage } from '../domain/map_package';
import { fieldStyle, type Ground, type Overlays } from './field_style';

// Without this the worker is looked for beside the chunk, is not there, and the map stays blank.
setWorkerUrl(workerAddress);
// Tiles come out of the file itself: a service worker cannot answer range requests without a network.
const protocol = new Protocol({ metadata: false });
addProtocol('pmtiles', protocol.tile);

const EMPTY: FeatureCollection = { type: 'FeatureCollection', features: [] };
const FIT = { padding: 40, maxZoom: 16 };
/** Close enough to tell houses apart, far enough to see the way there. */
const FOLLOW_ZOOM = 16;
/** Half of a finger: a tap means the nearest mark within it. */
const FINGER_PX = 24;
const NAMES_MOST = 12;

export interface FieldMapOptions {
  container: HTMLElement;
  bounds: [number, number, number, number];
  night: boolean;
  label: string;
  onView: (view: View) => void;
  onDoors: (index: number) => void;
  /** The officer moved the map by hand. */
  onDrag: () => void;
  onBearing: (bearing_deg: number) => void;
  /** The map begins to move, by hand or by itself. */
  onMoving: () => void;
  /** Everything in view is drawn; names of the streets that can be read. */
  onIdle: (streets: string[]) => void;
}

export class FieldMap {
  readonly #map: MapView;
  readonly #options: FieldMapOptions;
  #night: boolean;
  #ground: Ground | null = null;
  #overlays: Overlays = { doors: EMPTY, position: EMPTY, track: EMPTY };

  constructor(options: FieldMapOptions) {
    this.#options = options;
    this.#night = options.night;
    this.#map = new MapView({
      ...{ container: options.container, style: fieldStyle(options.night, null, this.#overlays) },
      ...{ bounds: options.bounds, fitBoundsOptions: FIT, minZoom: 7, maxZoom: 20 },
      ...{ attributionControl: false, pitchWithRotate: false, touchPitch: false },
      locale: { 'Map.Title': options.label },
    });
    this.#map.addControl(new ScaleControl({ unit: 'metric', maxWidth: 110 }), 'bottom-left');
    this.#listen();
  }

  #listen(): void {
    const map = this.#map;
    const moved = (): void => {
      this.#options.onView(this.view());
    };
    map.on('load', moved);
    // What was drawn while a style was loading went to the old one.
    map.on('style.load', () => {
      for (const name of ['track', 'doors', 'position'] as const) this.#draw(name, this.#overlays[name]);
    });
    map.on('movestart', () => {
      this.#options.onMoving();
    });
    map.on('moveend', moved);
    map.on('dragstart', () => {
      this.#options.onDrag();
    });
    map.on('rotate', () => {
      this.#options.onBearing(map.getBearing());
    });
    map.on('click', (event) => {
      this.#tapped(event);
    });
    map.on('idle', () => {
      this.#options.onIdle(this.streets());
    });
  }

  #tapped({ point }: MapMouseEvent): void {
    const box: [[number, number], [number, number]] = [
      [point.x - FINGER_PX, point.y - FINGER_PX],
      [point.x + FINGER_PX, point.y + FINGER_PX],
    ];
    let nearest: { index: number; away_px: number } | null = null;
    for (const { properties, geometry } of this.#map.queryRenderedFeatures(box, { layers: ['doors'] })) {
      if (geometry.type !== 'Point') continue;
      const at = this.#map.project(geometry.coordinates as [number, number]);
      const away_px = Math.hypot(at.x - point.x, at.y - point.y);
      const index: unknown = properties['index'];
      if (typeof index === 'number' && (!nearest || away_px < nearest.away_px)) nearest = { index, away_px };
    }
    if (nearest) this.#options.onDoors(nearest.index);
  }

  view(): View {
    const bounds = this.#map.getBounds();
    const box = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()] as const;
    return { bounds: box, zoom: this.#map.getZoom() };
  }

  /** Names of the streets that can be read just now. */
  streets(): string[] {
    if (!this.#map.getLayer('street-names')) return [];
    const seen = this.#map.queryRenderedFeatures({ layers: ['street-names'] });
    const names = seen.map(({ properties }) => String(properties['name'] ?? ''));
    return [...new Set(names)].filter((name) => name !== '').slice(0, NAMES_MOST);
  }

  /** Draws over this file; null: over nothing. */
  setGround(kept: KeptPackage | null): void {
    const name = kept ? kept.facts.version : null;
    if (name === (this.#ground?.name ?? null)) return;
    if (kept) protocol.add(new PMTiles(new FileSource(new File([kept.file], kept.facts.version))));
    this.#ground = kept && { name: kept.facts.version, facts: kept.facts };
    this.#restyle();
  }

  setNight(night: boolean): void {
    if (night === this.#night) return;
    this.#night = night;
    this.#restyle();
  }

  #restyle(): void {
    this.#map.setStyle(fieldStyle(this.#night, this.#ground, this.#overlays), { diff: false });
  }

  setDoors(groups: readonly DoorGroup[]): void {
    this.#draw('doors', groupFeatures(groups));
  }

  setPosition(fix: Fix | null): void {
    this.#draw('position', positionFeatures(fix));
  }

  setTrack(track: readonly (readonly Position[])[], gaps: readonly (readonly [Position, Position])[]): void {
    this.#draw('track', trackFeatures(track, gaps));
  }

  #draw(name: keyof Overlays, data: FeatureCollection): void {
    this.#overlays = { ...this.#overlays, [name]: data };
    this.#map.getSource<GeoJSONSource>(name)?.setData(data);
  }

  /** Keeps a position in the middle; comes nearer only when it is far away. */
  follow({ lon, lat }: Position): void {
    const zoom = Math.max(this.#map.getZoom(), FOLLOW_ZOOM);
    this.#map.easeTo({ center: [lon, lat], zoom });
  }

  fit(bounds: [number, number, number, number], maxZoom = FIT.maxZoom): void {
    this.#map.fitBounds(bounds, { ...FIT, maxZoom });
  }

  zoomIn(): void {
    this.#map.zoomIn();
  }

  zoomOut(): void {
    this.#map.zoomOut();
  }

  north(): void {
    this.#map.resetNorth();
  }

  resize(): void {
    this.#map.resize();
  }

  destroy(): void {
    this.#map.remove();
  }
}
