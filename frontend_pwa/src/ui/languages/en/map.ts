/** PURE: the texts of the map in English. */
import type { map as zh } from '../zh/map';

export const map = {} satisfies Record<keyof typeof zh, string>;
