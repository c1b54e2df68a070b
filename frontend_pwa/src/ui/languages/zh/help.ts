/** PURE: the texts of the help pages in Chinese. */

export const help = {};
