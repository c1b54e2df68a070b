/** SHELL: which screen stands on the page: set by the frame, asked by headings that lead to its help. */
import { getContext, setContext } from 'svelte';
import type { Route } from '../../domain/routes';

export type Screen = Route['screen'];
const KEY = Symbol('shown screen');

export function tellShownScreen(screen: () => Screen): void {
  setContext(KEY, screen);
}

/** Null outside the frame (signing in, unlocking): there is no help page to lead to. */
export function shownScreen(): (() => Screen) | null {
  return getContext<(() => Screen) | undefined>(KEY) ?? null;
}
