/** PURE: how many histories, and which. */

export const RUNS = Number(process.env['RING_RUNS'] ?? 250);
export const PARTITIONS = Number(process.env['RING_PARTITIONS'] ?? Math.ceil(RUNS / 5));
export const SEED = Number(process.env['RING_SEED'] ?? 20261122);
export const TIME_LIMIT_MS = 120_000 + (RUNS + PARTITIONS) * 2_000;
