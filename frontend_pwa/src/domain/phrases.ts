/** PURE: quick phrases: words an officer writes often, put into a text by one tap. */

export const PHRASES_MAX = 30;
export const PHRASE_LENGTH_MAX = 60;

/** Own list of the officer, else the list of the catalogue (one phrase a line). */
export function phrasesShown(own: readonly string[] | undefined, catalogue: string): string[] {
  return own ? [...own] : catalogue.split('\n').filter(Boolean);
}

/** The text with the phrase behind it: after a full stop or a line a new one begins, else a comma joins them. */
export function withPhrase(text: string, phrase: string, comma: string): string {
  const before = text.trimEnd();
  if (before === '') return phrase;
  const joined = /\p{P}$/u.test(before) || text.endsWith('\n') ? text : `${before}${comma}`;
  return `${joined}${phrase}`;
}

/** The list with one more at its front; nothing changes when it is there, empty or too much. */
export function withOwnPhrase(list: readonly string[], typed: string): string[] {
  const phrase = typed.trim().replace(/\s+/g, ' ').slice(0, PHRASE_LENGTH_MAX);
  if (phrase === '' || list.includes(phrase) || list.length >= PHRASES_MAX) return [...list];
  return [phrase, ...list];
}

export function withoutPhrase(list: readonly string[], phrase: string): string[] {
  return list.filter((other) => other !== phrase);
}
