/** PURE: the texts of the lock in English. */
import type { lock as zh } from '../zh/lock';

export const lock = {} satisfies Record<keyof typeof zh, string>;
