/** SHELL: the browser's network and clock, as everything that is put together here is given them. */
import type { Fetch } from './sync/http';

export const ownFetch: Fetch = (input, init) => fetch(input, init);
export const now_ms = (): number => Date.now();
