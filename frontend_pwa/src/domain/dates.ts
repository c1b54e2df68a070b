/** PURE: days in the city's zone. `_on` is a calendar day "YYYY-MM-DD", `_at` an instant. */

const dayFormats = new Map<string, Intl.DateTimeFormat>();

/** The calendar day of an instant in a zone. en-CA is the locale that writes ISO days. */
export function dayOf(at_ms: number, zone: string): string {
  let format = dayFormats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
    dayFormats.set(zone, format);
  }
  return format.format(at_ms);
}

const DAY_MS = 86_400_000;
const clocks = new Map<string, Intl.DateTimeFormat>();

/** How far the clocks of a zone are ahead of UTC at an instant. */
function offset_ms(at_ms: number, zone: string): number {
  let clock = clocks.get(zone);
  if (!clock) {
    const date = { year: 'numeric', month: 'numeric', day: 'numeric' } as const;
    const time = { hour: 'numeric', minute: 'numeric', second: 'numeric', hourCycle: 'h23' } as const;
    clock = new Intl.DateTimeFormat('en-US', { timeZone: zone, ...date, ...time });
    clocks.set(zone, clock);
  }
  const shown = Object.fromEntries(
    clock.formatToParts(at_ms).map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at_ms / 1000) * 1000;
}

const NIGHT_FROM_HOUR = 20;
const NIGHT_UNTIL_HOUR = 6;

/** Day or night in a zone, as the figures have it (patrol/day_parts.py). */
export function partOf(at_ms: number, zone: string): 'day' | 'night' {
  const hour = new Date(at_ms + offset_ms(at_ms, zone)).getUTCHours();
  return hour >= NIGHT_FROM_HOUR || hour < NIGHT_UNTIL_HOUR ? 'night' : 'day';
}

/** Midnight at which a day begins in a zone. */
function startOf_ms(day_on: string, zone: string): number {
  const midnight_ms = Date.parse(`${day_on}T00:00:00Z`);
  // Twice: the first guess may lie on the other side of a change of the clocks.
  const guess_ms = midnight_ms - offset_ms(midnight_ms, zone);
  return midnight_ms - offset_ms(guess_ms, zone);
}

/** The instants of a calendar day in a zone. Asked once for a list: naming the day of each of 20,000 visits would be felt. */
export function duringDay(day_on: string, zone: string): (at: string) => boolean {
  const from_ms = startOf_ms(day_on, zone);
  const until_ms = startOf_ms(addDays(day_on, 1), zone);
  return (at) => {
    const at_ms = Date.parse(at);
    return at_ms >= from_ms && at_ms < until_ms;
  };
}

export function addDays(day_on: string, days: number): string {
  return new Date(Date.parse(`${day_on}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** Whole days from one calendar day to another: negative when the second lies before the first. */
export function daysBetween(from_on: string, to_on: string): number {
  return Math.round((Date.parse(`${to_on}T00:00:00Z`) - Date.parse(`${from_on}T00:00:00Z`)) / DAY_MS);
}

export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));
}
