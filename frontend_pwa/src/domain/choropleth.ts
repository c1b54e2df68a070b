/** PURE: classes of a choropleth: bounds that people can read, colours that colour-blind people can tell apart. */
import type { MetricUnit } from './coverage';

export interface Classes {
  /** Lower bounds after the first class, ascending: n bounds make n + 1 classes. */
  bounds: number[];
}

/** Shares have fixed classes, so that two maps can be compared. */
const SHARE_BOUNDS = [0.2, 0.4, 0.6, 0.8];
const DAY_BOUNDS = [8, 31, 61, 91];

/** 1, 2, 5, 10, 20, 50 …: the smallest such step that is not below the value. */
function roundedUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 2.5, 5, 10].find((factor) => factor * power >= value - 1e-9) ?? 10;
  return step * power;
}

/** Five equal classes of a round width that reach over the largest value; counts never split a whole number. */
export function classesOf(values: readonly (number | null)[], unit: MetricUnit): Classes {
  if (unit === 'share') return { bounds: SHARE_BOUNDS };
  if (unit === 'days') return { bounds: DAY_BOUNDS };
  const largest = Math.max(0, ...values.filter((value) => value !== null));
  const width = largest <= 0 ? 1 : roundedUp(largest / 5);
  const whole = unit === 'count' ? Math.max(1, Math.ceil(width)) : width;
  return { bounds: [1, 2, 3, 4].map((step) => step * whole) };
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
