/** PURE: whether the room on a phone runs short. */

/** Some hundred photos; below it a day's work may not fit any more. */
const LOW_BYTES = 100_000_000;

export function roomLow(facts: { used_bytes: number | null; quota_bytes: number | null }): boolean {
  if (facts.used_bytes === null || facts.quota_bytes === null) return false;
  return facts.quota_bytes - facts.used_bytes < LOW_BYTES;
}
