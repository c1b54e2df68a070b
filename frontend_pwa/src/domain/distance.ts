/** PURE: metres between two positions, and which position to trust. */

export interface Position {
  lon: number;
  lat: number;
}

export interface Fix extends Position {
  accuracy_m: number;
  at_ms: number;
}

const EARTH_RADIUS_M = 6_371_008.8;

/** Great-circle distance (haversine), good to 0.5 %, which is far below a phone's accuracy. */
export function distance_m(a: Position, b: Position): number {
  const rad = Math.PI / 180;
  const dLat = (b.lat - a.lat) * rad;
  const dLon = (b.lon - a.lon) * rad;
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(a.lat * rad) * Math.cos(b.lat * rad) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** A fix older than this says where the officer was, not where the door is. */
export const FIX_USABLE_S = 300;
/** Walking pace: each second of age is worth this many metres of accuracy. */
const DRIFT_M_PER_S = 1.4;

/** The fix to keep: the newer one, unless the older is still better after allowing for a walk since then. */
export function betterFix(kept: Fix | null, fresh: Fix): Fix {
  if (!kept || fresh.at_ms < kept.at_ms) return kept ?? fresh;
  const walked_m = ((fresh.at_ms - kept.at_ms) / 1000) * DRIFT_M_PER_S;
  return kept.accuracy_m + walked_m < fresh.accuracy_m ? kept : fresh;
}

export function usableFix(fix: Fix | null, now_ms: number): Fix | null {
  return fix && (now_ms - fix.at_ms) / 1000 <= FIX_USABLE_S ? fix : null;
}
