/** PURE: the texts of outings in Chinese. */

export const outing = {};
