/** PURE: the texts of the help pages in English. */
import type { help as zh } from '../zh/help';

export const help = {} satisfies Record<keyof typeof zh, string>;
