/** SHELL: an outing in words: what the recorder does, how long, why something is missing. */
import { openGap, silentSince_ms, type Gap, type OutingState } from '../domain/outing';
import { clockTime, number, t } from './language.svelte';

/** A usable fix this young is "now". */
const FRESH_S = 20;

export interface RecorderWords {
  /** What is said aloud once, when it changes; the words themselves count seconds. */
  state: 'recording' | 'searching' | 'no_fix_for' | 'no_fix_since' | 'unavailable' | 'paused' | 'denied';
  tone: 'good' | 'amber' | 'red';
  text: string;
}

/** As the recorder is at this second, never better. */
export function recorderWords(
  outing: OutingState,
  unavailable: boolean,
  now_ms: number,
  zone: string,
): RecorderWords {
  if (outing.paused) return said('paused', 'amber');
  const gap = openGap(outing);
  if (gap?.reason === 'denied') return said('denied', 'red');
  if (gap) return said('no_fix_since', 'amber', { time: clockTime(gap.from_ms, zone) });
  const n = Math.max(0, Math.round((now_ms - (silentSince_ms(outing) ?? now_ms)) / 1000));
  const heard = (outing.last_usable_ms ?? -1) >= (outing.able_since_ms ?? 0);
  const m = Math.max(1, Math.round(outing.last_kept?.accuracy_m ?? 0));
  if (heard && n <= FRESH_S) return said('recording', 'good', { m });
  if (unavailable) return said('unavailable', 'amber');
  return said(heard ? 'no_fix_for' : 'searching', 'amber', { n });
}

function said(
  state: RecorderWords['state'],
  tone: RecorderWords['tone'],
  values: Record<string, string | number> = {},
): RecorderWords {
  return { state, tone, text: t(`outing.state.${state}`, values) };
}

const period = (gap: Gap, zone: string): string =>
  gap.to_ms === null
    ? t('outing.since', { time: clockTime(gap.from_ms, zone) })
    : t('outing.from_to', { from: clockTime(gap.from_ms, zone), to: clockTime(gap.to_ms, zone) });

export function gapWords(gap: Gap, zone: string): string {
  if (gap.reason === 'clock') return t('outing.gap.clock', { time: clockTime(gap.from_ms, zone) });
  return t(`outing.gap.${gap.reason}`, { time: period(gap, zone) });
}

/** "1 h 05 min"; under an hour minutes alone. */
export function duration(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  const h = Math.floor(minutes / 60);
  const m = minutes % 60;
  if (minutes === 0) return t('outing.under_a_minute');
  return h === 0 ? t('outing.minutes', { m }) : t('outing.hours_minutes', { h, m });
}

/** A running clock: 1:05:32. */
export function stopwatch(ms: number): string {
  const s = Math.floor(ms / 1000);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${String(Math.floor(s / 3600))}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
}

export function kilometres(metres: number): string {
  return t('outing.km', { km: number(metres / 1000, metres < 10_000 ? 2 : 1) });
}

/** Why the phone could not store something: a transaction that a full disk aborted carries the reason inside. */
export function storageReason(error: unknown): string {
  const { name, inner, message } = error as { name?: string; inner?: { name?: string }; message?: string };
  if (name === 'QuotaExceededError' || inner?.name === 'QuotaExceededError') return t('visit.phone_full');
  return message ?? String(error);
}
