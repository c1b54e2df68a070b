/** PURE: one outing as it goes on: what happens to it, and for which times nothing was recorded and why. */
import { distance_m } from './distance';
import type { LegMode, PatrolKind } from './words';

/** One reading of the positioning, as it was given. */
export interface TrackFix {
  t_ms: number;
  lon: number;
  lat: number;
  accuracy_m: number;
  speed_mps: number | null;
  heading_deg: number | null;
}

/** Why nothing was recorded for a time. `closed`: the app was not running. `clock`: the phone's clock was set back. */
export type GapReason = 'hidden' | 'frozen' | 'closed' | 'denied' | 'no_fix' | 'paused' | 'clock';

export interface Gap {
  reason: GapReason;
  from_ms: number;
  /** null while it lasts. */
  to_ms: number | null;
}

export interface OutingLeg {
  id: string;
  mode: LegMode;
  started_at_ms: number;
}

export interface OutingState {
  id: string;
  kind: PatrolKind;
  officers: string[];
  plan: string | null;
  started_at_ms: number;
  legs: OutingLeg[];
  ended_at_ms: number | null;
  ended_how: 'officer' | 'timeout' | null;
  paused: boolean;
  hidden: boolean;
  denied: boolean;
  gaps: Gap[];
  /** The last moment at which the app is known to have been awake. */
  seen_at_ms: number;
  /** By how much the phone's clock was set back meanwhile: it must not make an outing longer. */
  back_ms: number;
  /** Since when it could have recorded; null while something keeps it from recording. */
  able_since_ms: number | null;
  last_usable_ms: number | null;
  /** The last fix that was kept: the next is kept when it is later or farther enough. */
  last_kept: TrackFix | null;
  /** From here the next metres are measured; null after a gap. */
  anchor: TrackFix | null;
  distance_m: number;
  fixes: number;
  /** What was made in it, written down at its end: receipts are forgotten after a week. */
  made: Made | null;
}

export interface Made {
  visits: number;
  disputes: number;
  observations: number;
}

export interface OutingChoice {
  kind: PatrolKind;
  mode: LegMode;
  officers: string[];
  plan: string | null;
}

export type OutingEvent = { at_ms: number } & (
  | { kind: 'tick' | 'hidden' | 'shown' | 'denied' | 'allowed' | 'paused' | 'resumed' | 'reopened' | 'ended' }
  | { kind: 'fix'; fix: TrackFix }
  | { kind: 'mode'; leg: string; mode: LegMode }
);

/** An outing is over after this time, also when nobody ended it. */
export const MAX_OUTING_MS = 12 * 3_600_000;
/** No usable fix for longer than this is a gap (2-records.md). */
export const GAP_MS = 60_000;
/** The server does not draw less exact readings (patrol/tracks.py); they are sent all the same. */
export const ACCURACY_MAX_M = 50;
/** A reading is kept when it is so much later, or so much farther, than the last one kept. */
export const THIN_MS = 5_000;
export const THIN_M = 10;
/** Clocks are corrected by a moment all the time; more than this was set back. */
const CLOCK_JITTER_MS = 2_000;
/** Faster than this nobody goes by this means (patrol/tracks.py). */
export const SPEED_MAX_MPS: Record<LegMode, number> = {
  ...{ foot: 8, bicycle: 15, ebike: 20, motorcycle: 45, car: 55 },
};

export function startOuting(id: string, leg: string, choice: OutingChoice, at_ms: number): OutingState {
  const { kind, officers, plan, mode } = choice;
  return {
    ...{ id, kind, officers: [...officers], plan, started_at_ms: at_ms, ended_at_ms: null, ended_how: null },
    ...{ legs: [{ id: leg, mode, started_at_ms: at_ms }], paused: false, hidden: false, denied: false },
    ...{
      gaps: [],
      seen_at_ms: at_ms,
      back_ms: 0,
      able_since_ms: at_ms,
      last_usable_ms: null,
      last_kept: null,
    },
    ...{ anchor: null, distance_m: 0, fixes: 0, made: null },
  };
}

export function currentLeg(outing: OutingState): OutingLeg {
  // an outing is never without a leg: it starts with one
  return outing.legs.at(-1) as OutingLeg;
}

/** How long it has been going on, whatever was done to the clock. */
export function elapsed_ms(outing: OutingState, now_ms: number): number {
  return Math.max(0, (outing.ended_at_ms ?? now_ms) + outing.back_ms - outing.started_at_ms);
}

export function openGap(outing: OutingState): Gap | null {
  const last = outing.gaps.at(-1);
  return last?.to_ms === null ? last : null;
}

export function isRecording(outing: OutingState): boolean {
  return outing.ended_at_ms === null && !outing.paused && !outing.hidden;
}

/** Since when no usable fix has come; null while it could not have come. */
export function silentSince_ms(outing: OutingState): number | null {
  if (outing.able_since_ms === null) return null;
  return Math.max(outing.able_since_ms, outing.last_usable_ms ?? -Infinity);
}

/** The state after something happened. An outing that has ended stays as it is. */
export function step(outing: OutingState, event: OutingEvent): OutingState {
  if (outing.ended_at_ms !== null) return outing;
  const at_ms = isSetBack(outing, event.at_ms) ? event.at_ms : Math.max(event.at_ms, outing.seen_at_ms);
  const awake = slept(setBack(outing, at_ms), event.kind === 'reopened', at_ms);
  const limit_ms = outing.started_at_ms + MAX_OUTING_MS - awake.back_ms;
  if (at_ms >= limit_ms) return ended(awake, limit_ms, 'timeout');
  if (event.kind === 'ended') return ended({ ...awake, seen_at_ms: at_ms }, at_ms, 'officer');
  return settled({ ...happened(awake, event, at_ms), seen_at_ms: at_ms }, at_ms);
}

function isSetBack(outing: OutingState, at_ms: number): boolean {
  return at_ms < outing.seen_at_ms - CLOCK_JITTER_MS;
}

/** What lies before and after the change of the clock cannot be joined: a mark stands between. */
function setBack(outing: OutingState, at_ms: number): OutingState {
  if (!isSetBack(outing, at_ms)) return outing;
  const before = closedAt(outing.gaps, outing.seen_at_ms);
  return {
    ...outing,
    gaps: [...before, { reason: 'clock', from_ms: at_ms, to_ms: at_ms }],
    back_ms: outing.back_ms + outing.seen_at_ms - at_ms,
    able_since_ms: at_ms,
    ...{ seen_at_ms: at_ms, last_usable_ms: null, anchor: null },
  };
}

/** Longer without a sign of life than the clock's tick explains: the machine slept, or the app was not running. */
function slept(outing: OutingState, reopened: boolean, at_ms: number): OutingState {
  const awake = reopened ? { ...outing, hidden: false, denied: false } : outing;
  const unseen = openGap(outing) === null && (reopened || at_ms - outing.seen_at_ms > GAP_MS);
  if (!unseen) return awake;
  const gap: Gap = { reason: reopened ? 'closed' : 'frozen', from_ms: outing.seen_at_ms, to_ms: at_ms };
  return { ...awake, gaps: [...outing.gaps, gap], able_since_ms: at_ms, anchor: null };
}

function happened(outing: OutingState, event: OutingEvent, at_ms: number): OutingState {
  switch (event.kind) {
    case 'fix':
      return located(outing, event.fix);
    case 'hidden':
      return { ...outing, hidden: true };
    case 'shown':
      return { ...outing, hidden: false };
    case 'denied':
      return { ...outing, denied: true };
    case 'allowed':
      return { ...outing, denied: false };
    case 'paused':
      return { ...outing, paused: true };
    case 'resumed':
      return { ...outing, paused: false };
    case 'mode':
      if (currentLeg(outing).mode === event.mode) return outing;
      return { ...outing, legs: [...outing.legs, { id: event.leg, mode: event.mode, started_at_ms: at_ms }] };
    default:
      return outing;
  }
}

/** A fix counts only where the outing records: nothing is kept of a pause or of a hidden page. */
function located(outing: OutingState, fix: TrackFix): OutingState {
  if (!isRecording(outing) || fix.t_ms < outing.started_at_ms - outing.back_ms) return outing;
  const usable = fix.accuracy_m <= ACCURACY_MAX_M;
  const heard = {
    ...outing,
    denied: false,
    last_usable_ms: usable ? fix.t_ms : outing.last_usable_ms,
  };
  // the first after a gap is kept in any case: from there the track goes on
  const first = usable && outing.anchor === null && fix.t_ms !== outing.last_kept?.t_ms;
  if (!first && !isWorthKeeping(outing.last_kept, fix)) return heard;
  return { ...heard, ...(usable ? measured(outing, fix) : {}), last_kept: fix, fixes: outing.fixes + 1 };
}

export function isWorthKeeping(last: TrackFix | null, fix: TrackFix): boolean {
  if (last === null || fix.t_ms < last.t_ms) return true;
  if (fix.t_ms === last.t_ms) return false;
  return fix.t_ms - last.t_ms >= THIN_MS || distance_m(last, fix) >= THIN_M;
}

/** Metres are counted from the last place that differs by more than the readings may err: standing still adds none. */
function measured(outing: OutingState, fix: TrackFix): Pick<OutingState, 'anchor' | 'distance_m'> {
  const { anchor } = outing;
  if (anchor === null || openGap(outing) !== null) return { anchor: fix, distance_m: outing.distance_m };
  const moved_m = distance_m(anchor, fix);
  if (!isReachable(anchor, fix, currentLeg(outing).mode)) return { anchor, distance_m: outing.distance_m };
  if (moved_m < Math.max(THIN_M, fix.accuracy_m / 2)) return { anchor, distance_m: outing.distance_m };
  return { anchor: fix, distance_m: outing.distance_m + moved_m };
}

/** False where one reading must have gone astray. */
export function isReachable(a: TrackFix, b: TrackFix, mode: LegMode): boolean {
  const allowed_m = (SPEED_MAX_MPS[mode] * (b.t_ms - a.t_ms)) / 1000 + a.accuracy_m + b.accuracy_m;
  return distance_m(a, b) <= allowed_m;
}

/** What keeps it from recording now; null when nothing does. */
function hindrance(outing: OutingState, at_ms: number): GapReason | null {
  if (outing.paused) return 'paused';
  if (outing.hidden) return 'hidden';
  if (outing.denied) return 'denied';
  const silent_ms = silentSince_ms({ ...outing, able_since_ms: outing.able_since_ms ?? at_ms });
  return silent_ms !== null && at_ms - silent_ms > GAP_MS ? 'no_fix' : null;
}

/** Opens and closes gaps, so that the last one is open exactly while nothing can be recorded. */
function settled(outing: OutingState, at_ms: number): OutingState {
  const open = openGap(outing);
  const reason = hindrance(outing, at_ms);
  if (reason === (open?.reason ?? null)) return outing;
  const gaps = closedAt(outing.gaps, at_ms);
  if (reason === null)
    return { ...outing, gaps, able_since_ms: open?.reason === 'no_fix' ? outing.able_since_ms : at_ms };
  const from_ms = reason === 'no_fix' ? (silentSince_ms(outing) ?? at_ms) : at_ms;
  const able_since_ms = reason === 'no_fix' ? (outing.able_since_ms ?? at_ms) : null;
  return { ...outing, gaps: [...gaps, { reason, from_ms, to_ms: null }], able_since_ms, anchor: null };
}

function closedAt(gaps: readonly Gap[], at_ms: number): Gap[] {
  return gaps.map((gap) => (gap.to_ms === null ? { ...gap, to_ms: Math.max(gap.from_ms, at_ms) } : gap));
}

/** Its last gap ends with it: nothing that is said of an outing lies after its end. */
function ended(outing: OutingState, at_ms: number, how: 'officer' | 'timeout'): OutingState {
  const closed = closedAt(outing.gaps, at_ms);
  const gaps = closed.map((gap, index) =>
    index < closed.length - 1
      ? gap
      : { ...gap, to_ms: Math.max(gap.from_ms, Math.min(gap.to_ms ?? at_ms, at_ms)) },
  );
  return {
    ...outing,
    ...{ gaps, ended_at_ms: at_ms, ended_how: how, paused: false, hidden: false, anchor: null },
    able_since_ms: null,
  };
}

/** Gaps without the pauses that the officer chose: what a summary calls gaps. */
export function unwantedGaps(outing: OutingState): Gap[] {
  return outing.gaps.filter((gap) => gap.reason !== 'paused');
}

export function gapsTotal_ms(gaps: readonly Gap[], now_ms: number): number {
  return gaps.reduce((sum, gap) => sum + Math.max(0, (gap.to_ms ?? now_ms) - gap.from_ms), 0);
}
