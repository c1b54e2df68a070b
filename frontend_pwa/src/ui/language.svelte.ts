/** SHELL: the language of the screen: texts from the catalogues, numbers and dates from Intl. */
import type { TextKey } from './languages/zh';

export type Language = 'zh' | 'en';
type Texts = Partial<Record<TextKey, string>>;
interface Catalogue {
  first: () => Promise<Texts>;
  later: () => Promise<Texts>;
}
/** Only the language that is spoken is fetched, and of that what Today needs before the rest. */
const CATALOGUES: Record<Language, Catalogue> = {
  zh: {
    first: async () => (await import('./languages/zh')).zh,
    later: async () => (await import('./languages/zh/later')).later,
  },
  en: {
    first: async () => (await import('./languages/en')).en,
    later: async () => (await import('./languages/en/later')).later,
  },
};
const LOCALES: Record<Language, string> = { zh: 'zh-CN', en: 'en-GB' };

class CurrentLanguage {
  value = $state<Language>('zh');
  texts = $state.raw<Texts>({});
}
const current = new CurrentLanguage();
let wanted: Language = 'zh';
/** The texts of all screens are wanted, not only those of Today. */
let all = false;

export const language = (): Language => current.value;
export const locale = (): string => LOCALES[current.value];

/** Takes the texts of a language. Of two choices made in a row the last one counts: false for the other. */
export async function speak(chosen: Language): Promise<boolean> {
  wanted = chosen;
  const texts = await CATALOGUES[chosen].first();
  if (wanted !== chosen) return false;
  // What stands on the screen does not fall back to keys while the rest comes.
  const rest = all ? await CATALOGUES[chosen].later() : {};
  current.value = chosen;
  current.texts = { ...texts, ...rest };
  return true;
}

/** Resolves when the texts of every screen are there; screens other than Today wait for it. */
export async function allTexts(): Promise<void> {
  const chosen = wanted;
  const texts = await CATALOGUES[chosen].later();
  all = true;
  if (chosen === wanted) current.texts = { ...current.texts, ...texts };
}

/** Resolves when the page speaks it. */
export async function setLanguage(chosen: Language): Promise<void> {
  if (!(await speak(chosen))) return;
  document.documentElement.lang = chosen === 'zh' ? 'zh-Hans' : 'en';
  document.title = t('app.title');
}

/** `one|other` texts choose by {n}; Chinese has one form. */
function pluralForm(text: string, n: unknown): string {
  const [one = '', other] = text.split('|');
  if (other === undefined) return one;
  return new Intl.PluralRules(locale()).select(Number(n)) === 'one' ? one : other;
}

export function t(key: TextKey, values: Record<string, string | number> = {}): string {
  // A word of a newer server or app has no text here yet: it shows itself, and the screen stands.
  const text = pluralForm(current.texts[key] ?? key, values['n']);
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name] ?? '';
    return typeof value === 'number' ? number(value) : value;
  });
}

/** A text by a key that came from elsewhere; null when there is none, so that the caller shows the word itself. */
export function textOf(key: string, values: Record<string, string | number> = {}): string | null {
  return key in current.texts ? t(key as TextKey, values) : null;
}

export function number(value: number, digits = 0): string {
  return value.toLocaleString(locale(), { maximumFractionDigits: digits });
}

export function percent(share: number): string {
  return share.toLocaleString(locale(), {
    style: 'percent',
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  });
}

const MB = 1_000_000;

export function byteSize(bytes: number): string {
  return bytes >= 1000 * MB ? `${number(bytes / (1000 * MB), 1)} GB` : `${number(bytes / MB, 1)} MB`;
}

export function distance(metres: number): string {
  return metres < 950
    ? `${number(Math.max(5, Math.round(metres / 5) * 5))} m`
    : `${(metres / 1000).toLocaleString(locale(), { maximumFractionDigits: metres < 9500 ? 1 : 0 })} km`;
}

export function clockTime(at: string | number, zone: string): string {
  const options = { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  return new Intl.DateTimeFormat(locale(), options).format(new Date(at));
}

export function dayAndTime(at: string | number, zone: string): string {
  const day = { timeZone: zone, month: 'short', day: 'numeric' } as const;
  return `${new Intl.DateTimeFormat(locale(), day).format(new Date(at))} ${clockTime(at, zone)}`;
}

/** A calendar day: no zone may shift it. */
export function dayName(day_on: string, weekday = false): string {
  const options: Intl.DateTimeFormatOptions = { timeZone: 'UTC', month: 'short', day: 'numeric' };
  if (weekday) options.weekday = 'long';
  return new Intl.DateTimeFormat(locale(), options).format(new Date(`${day_on}T00:00:00Z`));
}

/** A day with its year, for periods and reports. */
export function fullDay(day_on: string): string {
  const options = { timeZone: 'UTC', year: 'numeric', month: 'short', day: 'numeric' } as const;
  return new Intl.DateTimeFormat(locale(), options).format(new Date(`${day_on}T00:00:00Z`));
}

const AGO: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** How long ago something was: "3 days ago"; anything under a minute is now. */
export function ago(at: string | number, now_ms: number): string {
  const past_ms = Math.max(0, now_ms - new Date(at).getTime());
  const words = new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' });
  const [unit, size_ms] = AGO.find(([, size]) => past_ms >= size) ?? ['second', Infinity];
  return words.format(-Math.floor(past_ms / size_ms) || 0, unit);
}
