/** PURE: the texts of the map in Chinese. */

export const map = {};
