/** PURE: what one event of an outing changes: its state, its open block of fixes, and the records that leave. */
import type { NewMutation } from './mutations';
import { currentLeg, step, type OutingEvent, type OutingState } from './outing';
import { endRecord, fixesRecord, legRecord } from './outing_records';
import { emptyBlock, isDue, tidyFix, withFix, type FixBlock } from './tracks';

export interface Advance {
  outing: OutingState;
  /** The block that takes the next fix; null when there is none yet. */
  open: FixBlock | null;
  /** Blocks to write down: the open one and those that left. */
  blocks: FixBlock[];
  leaving: NewMutation[];
}

export function advance(
  before: OutingState,
  open: FixBlock | null,
  event: OutingEvent,
  newId: () => string,
): Advance {
  const outing = step(before, event);
  const made: Advance = { outing, open, blocks: [], leaving: [] };
  const leg = currentLeg(outing);
  if (outing.legs.length > before.legs.length) made.leaving.push(legRecord(outing.id, leg, newId));
  // The order within a block must be that of the walk: a block from before a crash or a change of the clock is over.
  if (event.kind === 'reopened' || outing.back_ms !== before.back_ms) close(made, event.at_ms, newId);
  closeWhenDue(made, event.at_ms, newId);
  if (outing.last_kept !== before.last_kept && outing.last_kept !== null) {
    made.open ??= emptyBlock(newId(), outing.id, leg.id, before.fixes);
    made.open = withFix(made.open, tidyFix(outing.last_kept));
    closeWhenDue(made, event.at_ms, newId);
    if (made.open) made.blocks.push(made.open);
  }
  if (outing.ended_at_ms !== null && before.ended_at_ms === null) made.leaving.push(endRecord(outing, newId));
  return made;
}

function closeWhenDue(made: Advance, at_ms: number, newId: () => string): void {
  if (made.open && isDue(made.open, made.outing, at_ms)) close(made, at_ms, newId);
}

function close(made: Advance, at_ms: number, newId: () => string): void {
  if (made.open === null) return;
  made.blocks.push({ ...made.open, closed: true });
  made.leaving.push(fixesRecord(made.open, Math.min(at_ms, made.outing.ended_at_ms ?? at_ms), newId));
  made.open = null;
}

/** True when the change must be written before it is shown; that the app is still awake is written less often. */
export function isWorthWriting(before: OutingState, after: Advance): boolean {
  const { outing } = after;
  const states = ['paused', 'hidden', 'denied', 'ended_at_ms', 'back_ms', 'distance_m'] as const;
  if (after.blocks.length + after.leaving.length > 0 || outing.gaps !== before.gaps) return true;
  return outing.legs !== before.legs || states.some((name) => outing[name] !== before[name]);
}
