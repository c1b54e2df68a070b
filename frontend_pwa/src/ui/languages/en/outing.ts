/** PURE: the texts of outings in English. */
import type { outing as zh } from '../zh/outing';

export const outing = {} satisfies Record<keyof typeof zh, string>;
