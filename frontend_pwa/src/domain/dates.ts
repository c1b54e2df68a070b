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
