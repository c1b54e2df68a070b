/** SHELL: the help page of each screen, in both languages; fetched with the help screen, not before. */
import type { Language } from './language.svelte';
import { pages as en } from './languages/en/help_pages';
import { pages as zh, type HelpPage } from './languages/zh/help_pages';
import type { Screen } from './parts/shown_screen';

export type { HelpPage };
export type HelpPages = Record<Screen, HelpPage>;
const PAGES: Record<Language, HelpPages> = { zh, en };

/** In the order of a day's work, not of the alphabet. */
export const HELP_ORDER = Object.keys(zh) as Screen[];

/** Null for a word that is no screen: then the list of all pages is shown. */
export function helpPage(language: Language, screen: string): HelpPage | null {
  return screen in zh ? PAGES[language][screen as Screen] : null;
}
