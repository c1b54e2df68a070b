/** PURE: how doors are drawn on the coverage map, from close up: met, tried, not visited. */
import { DOOR_STATES, doorColours, type Theme } from '../domain/choropleth';
import type { Doors } from '../domain/coverage';

export const DOORS = 'doors';
/** The server has no tiles of doors farther away: they would be a blot. */
export const DOORS_ZOOM = 14;

/** Which doors, and the period of which they tell, as a question to the server. */
export interface DoorsLook {
  kind: Doors;
  query: string;
}

const byZoom = (far: number, near: number): unknown[] => [
  'interpolate',
  ['linear'],
  ['zoom'],
  14,
  far,
  18,
  near,
];

/** `page` is what shows through a ring, so that it is seen on any colour of an area. */
export function doorLayers({ kind }: DoorsLook, theme: Theme, page: string): object[] {
  const colours = doorColours(theme);
  const circle = (id: string, state: string, paint: object): object => ({
    ...{ id, type: 'circle', source: DOORS, 'source-layer': DOORS, minzoom: DOORS_ZOOM },
    filter: [
      'all',
      ['==', ['get', 'state'], state],
      ...(kind === 'all' ? [] : [['==', ['get', 'kind'], kind]]),
    ],
    paint,
  });
  // What is still to be done lies over what is done.
  return DOOR_STATES.flatMap(({ state, shape }) => {
    const colour = colours[state];
    const outer = {
      ...{ 'circle-radius': byZoom(3.5, 8), 'circle-stroke-width': byZoom(1, 3) },
      ...(shape === 'disc'
        ? { 'circle-color': colour, 'circle-stroke-color': page }
        : { 'circle-color': page, 'circle-stroke-color': colour, 'circle-stroke-width': byZoom(1.5, 4) }),
    };
    const dot = { 'circle-radius': byZoom(1.5, 3), 'circle-color': colour };
    return [
      circle(`door-${state}`, state, outer),
      ...(shape === 'target' ? [circle(`door-${state}-dot`, state, dot)] : []),
    ];
  });
}
