/** PURE: classes of a choropleth: bounds that people can read, colours that colour-blind people can tell apart. */
import type { MetricUnit } from './coverage';

export interface Classes {
  /** Lower bounds after the first class, ascending: n bounds make n + 1 classes. */
  bounds: number[];
}

/** Shares have fixed classes, so that two maps can be compared. */
const SHARE_BOUNDS = [0.2, 0.4, 0.6, 0.8];
const DAY_BOUNDS = [8, 31, 61, 91];

/** Rounded to a number people say: 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8 or ten times that. */
function rounded(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const steps = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];
  const near = (step: number): number => Math.abs(step * power - value);
  const best = steps.reduce((kept, step) => (near(step) < near(kept) ? step : kept));
  return Number((best * power).toPrecision(2));
}

/** Value below which this share of the sorted values lies. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

/** For a handful of values quantiles say nothing: five classes of one width reach over the largest. */
function equalClasses(largest: number, unit: MetricUnit, least: number): Classes {
  const width = rounded(Math.max(least, largest / 5));
  const step = unit === 'count' ? Math.ceil(width) : width;
  return { bounds: [1, 2, 3, 4].map((n) => Number((n * step).toPrecision(3))) };
}

/**
 * Five classes with round bounds that hold about as many townships each, so that one busy town does not paint all
 * others alike; counts never split a whole number.
 */
export function classesOf(values: readonly (number | null)[], unit: MetricUnit): Classes {
  if (unit === 'share') return { bounds: SHARE_BOUNDS };
  if (unit === 'days') return { bounds: DAY_BOUNDS };
  const sorted = values
    .filter((value) => value !== null && value > 0)
    .sort((a, b) => Number(a) - Number(b)) as number[];
  const least = unit === 'count' ? 1 : 0.1;
  if (new Set(sorted).size < 5) return equalClasses(sorted.at(-1) ?? 0, unit, least);
  const bounds: number[] = [];
  for (const share of [0.2, 0.4, 0.6, 0.8]) {
    const value = rounded(Math.max(least, quantile(sorted, share)));
    const bound = unit === 'count' ? Math.ceil(value) : value;
    const before = bounds.at(-1);
    bounds.push(before === undefined ? bound : Math.max(bound, Number((before + least).toPrecision(3))));
  }
  return { bounds };
}

/** Index of the class of a value, 0 is the lowest; null stays null: no data is not zero. */
export function classOf(value: number | null, classes: Classes): number | null {
  return value === null ? null : classes.bounds.filter((bound) => value >= bound).length;
}

/** ColorBrewer PuBu and its reverse in the dark: one hue, ordered by lightness, safe for all colour vision. */
const LIGHT = ['#eef0f7', '#bdc9e1', '#74a9cf', '#2b8cbe', '#045a8d'] as const;
const DARK = ['#1d2a3a', '#274b6d', '#2f79ad', '#5aa9d6', '#b5dcf2'] as const;

export type Theme = 'light' | 'dark';

export function classColours(theme: Theme): readonly string[] {
  return theme === 'light' ? LIGHT : DARK;
}

/** The same for lines, which need to stand out from the page also in the lowest class. */
const LIGHT_LINES = ['#8fa3c4', '#5f93c4', '#2b7bb8', '#105d97', '#03305a'] as const;
const DARK_LINES = ['#4a6488', '#3f7fb5', '#5aa9d6', '#93cbea', '#dff2fc'] as const;

export function lineColours(theme: Theme): readonly string[] {
  return theme === 'light' ? LIGHT_LINES : DARK_LINES;
}

export type StreetState = 'covered' | 'unknown' | 'not_covered';

/** How a street is drawn in each state, in widths of the line; the legend draws the same. */
export const STREET_STATES: readonly { state: StreetState; dashes: readonly number[]; isRound: boolean }[] = [
  { state: 'covered', dashes: [], isRound: true },
  { state: 'unknown', dashes: [0.1, 2], isRound: true },
  { state: 'not_covered', dashes: [2, 1.5], isRound: false },
];

const LIGHT_STATES = { covered: '#045a8d', unknown: '#5c6675', not_covered: '#c2410c' } as const;
const DARK_STATES = { covered: '#6cb8e6', unknown: '#aab4c3', not_covered: '#ff9a5c' } as const;

export function stateColours(theme: Theme): Record<StreetState, string> {
  return theme === 'light' ? LIGHT_STATES : DARK_STATES;
}

export type DoorState = 'met' | 'tried' | 'not_visited';

/** How a door is drawn in each state: by its shape as well as by its colour. The legend draws the same. */
export const DOOR_STATES: readonly { state: DoorState; shape: 'disc' | 'target' | 'ring' }[] = [
  { state: 'met', shape: 'disc' },
  { state: 'tried', shape: 'target' },
  { state: 'not_visited', shape: 'ring' },
];

/** The colours of streets in the same plight. */
export function doorColours(theme: Theme): Record<DoorState, string> {
  const { covered, unknown, not_covered } = stateColours(theme);
  return { met: covered, tried: unknown, not_visited: not_covered };
}
