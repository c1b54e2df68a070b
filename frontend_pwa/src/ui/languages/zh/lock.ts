/** PURE: the texts of the lock in Chinese. */

export const lock = {};
