/** PURE: the fixes of an outing in blocks, and the line they make: whole between gaps, broken at them. */
import type { Position } from './distance';
import {
  ACCURACY_MAX_M,
  GAP_MS,
  isReachable,
  type Gap,
  type OutingLeg,
  type OutingState,
  type TrackFix,
} from './outing';
import type { LegMode } from './words';

/** Fixes that leave together. An open block still takes fixes; a closed one has been put into the outbox. */
export interface FixBlock {
  id: string;
  outing: string;
  leg: string;
  /** How many fixes of the outing lie before it: blocks are ordered by this, whatever the clock did. */
  first: number;
  closed: boolean;
  t_ms: number[];
  lon: number[];
  lat: number[];
  accuracy_m: number[];
  speed_mps: (number | null)[];
  heading_deg: (number | null)[];
}

export const BLOCK_FIXES = 300;
export const BLOCK_MS = 120_000;
/** What the server takes (patrol/payloads.py); what lies outside says nothing. */
const SPEED_MOST_MPS = 200;
const ACCURACY_MOST_M = 100_000;

export function emptyBlock(id: string, outing: string, leg: string, first: number): FixBlock {
  return {
    ...{ id, outing, leg, first, closed: false },
    ...{ t_ms: [], lon: [], lat: [], accuracy_m: [], speed_mps: [], heading_deg: [] },
  };
}

export function withFix(block: FixBlock, fix: TrackFix): FixBlock {
  return {
    ...block,
    t_ms: [...block.t_ms, fix.t_ms],
    lon: [...block.lon, fix.lon],
    lat: [...block.lat, fix.lat],
    accuracy_m: [...block.accuracy_m, fix.accuracy_m],
    speed_mps: [...block.speed_mps, fix.speed_mps],
    heading_deg: [...block.heading_deg, fix.heading_deg],
  };
}

/** True when a block should leave: it is full or old, its leg is over, or nothing more can come for now. */
export function isDue(block: FixBlock, outing: OutingState, at_ms: number): boolean {
  const first_ms = block.t_ms[0];
  if (first_ms === undefined) return false;
  if (outing.ended_at_ms !== null || outing.paused || outing.hidden) return true;
  if (outing.legs.at(-1)?.id !== block.leg || block.t_ms.length >= BLOCK_FIXES) return true;
  return at_ms - first_ms >= BLOCK_MS;
}

const within = (value: number | null, most: number): number | null =>
  value !== null && Number.isFinite(value) && value >= 0 && value <= most ? value : null;

/** A reading as it may be sent: whole milliseconds, and null for what the phone does not know. */
export function tidyFix(fix: TrackFix): TrackFix {
  const accuracy_m = within(fix.accuracy_m, ACCURACY_MOST_M) ?? ACCURACY_MOST_M;
  return {
    ...{ t_ms: Math.round(fix.t_ms), lon: fix.lon, lat: fix.lat, accuracy_m },
    speed_mps: within(fix.speed_mps, SPEED_MOST_MPS),
    heading_deg: within(fix.heading_deg, 360),
  };
}

export function fixesOf(block: FixBlock): TrackFix[] {
  return block.t_ms.map((t_ms, at) => ({
    t_ms,
    lon: block.lon[at] ?? 0,
    lat: block.lat[at] ?? 0,
    accuracy_m: block.accuracy_m[at] ?? ACCURACY_MOST_M,
    speed_mps: block.speed_mps[at] ?? null,
    heading_deg: block.heading_deg[at] ?? null,
  }));
}

interface OnLeg {
  fix: TrackFix;
  mode: LegMode;
}

/** The usable fixes in the order they were recorded, each with the means of transport of its leg. */
function walked(blocks: readonly FixBlock[], legs: readonly OutingLeg[]): OnLeg[] {
  const mode = new Map(legs.map((leg) => [leg.id, leg.mode]));
  return [...blocks]
    .sort((a, b) => a.first - b.first)
    .flatMap((block) => fixesOf(block).map((fix) => ({ fix, mode: mode.get(block.leg) ?? 'foot' })))
    .filter(({ fix }) => fix.accuracy_m <= ACCURACY_MAX_M);
}

function isBroken(a: OnLeg, b: OnLeg, gaps: readonly Gap[]): boolean {
  const [from_ms, to_ms] = [a.fix.t_ms, b.fix.t_ms];
  if (to_ms <= from_ms || to_ms - from_ms > GAP_MS || !isReachable(a.fix, b.fix, b.mode)) return true;
  return gaps.some((gap) => gap.from_ms < to_ms && (gap.to_ms ?? Infinity) > from_ms);
}

/** The track in pieces; between two pieces it is not known where the officer went. */
export function trackPieces(
  blocks: readonly FixBlock[],
  outing: Pick<OutingState, 'legs' | 'gaps'>,
): TrackFix[][] {
  const pieces: OnLeg[][] = [];
  for (const next of walked(blocks, outing.legs)) {
    const piece = pieces.at(-1);
    const last = piece?.at(-1);
    if (piece && last && !isBroken(last, next, outing.gaps)) piece.push(next);
    else pieces.push([next]);
  }
  return pieces.map((piece) => piece.map(({ fix }) => fix));
}

const placeOf = ({ lon, lat }: TrackFix): Position => ({ lon, lat });

export function lines(pieces: readonly TrackFix[][]): Position[][] {
  return pieces.map((piece) => piece.map(placeOf));
}

/** The two ends of each break: a map draws them apart from the track. */
export function breaks(pieces: readonly TrackFix[][]): [Position, Position][] {
  return pieces.slice(1).flatMap((piece, index) => {
    const before = pieces[index]?.at(-1);
    const after = piece[0];
    return before && after ? [[placeOf(before), placeOf(after)] as [Position, Position]] : [];
  });
}

/** West, south, east, north of a track that is not empty. */
export function trackBounds(track: readonly (readonly Position[])[]): [number, number, number, number] {
  const lons = track.flat().map(({ lon }) => lon);
  const lats = track.flat().map(({ lat }) => lat);
  const least = (values: number[]): number => values.reduce((a, b) => Math.min(a, b));
  const most = (values: number[]): number => values.reduce((a, b) => Math.max(a, b));
  return [least(lons), least(lats), most(lons), most(lats)];
}
