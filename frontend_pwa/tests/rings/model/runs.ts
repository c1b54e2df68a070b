/** PURE: how many histories, and which. */

export const RUNS = Number(process.env['RING_RUNS'] ?? 250);
export const SEED = Number(process.env['RING_SEED'] ?? 20261122);
export const TIME_LIMIT_MS = 60_000 + RUNS * 1_000;
