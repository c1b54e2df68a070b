/**
 * PURE: the pinyin initial of a Chinese character, from the collation that every browser carries.
 *
 * Sorted by pinyin, the first character of each letter is a fixed landmark; a character belongs to the last
 * landmark that does not sort after it. A dictionary library (pinyin-pro) does the same at 120 kB gzip.
 */

/** First character in pinyin order of each letter that starts a syllable (no syllable starts with I, U or V). */
const LANDMARKS: readonly [string, string][] = [
  ['a', '\u963f'],
  ['b', '\u516b'],
  ['c', '\u5693'],
  ['d', '\u5491'],
  ['e', '\u59b8'],
  ['f', '\u53d1'],
  ['g', '\u65ee'],
  ['h', '\u54c8'],
  ['j', '\u4e0c'],
  ['k', '\u5494'],
  ['l', '\u5783'],
  ['m', '\u5988'],
  ['n', '\u62ff'],
  ['o', '\u5662'],
  ['p', '\u5991'],
  ['q', '\u4e03'],
  ['r', '\u5465'],
  ['s', '\u4ee8'],
  ['t', '\u4ed6'],
  ['w', '\u7a75'],
  ['x', '\u5915'],
  ['y', '\u4e2b'],
  ['z', '\u5e00'],
];

const collator = new Intl.Collator('zh-Hans-CN-u-co-pinyin');
/** By code unit: 0 where it has not been looked up yet. 50,000 addresses are a million characters, a thousand different. */
const known = new Uint16Array(0x10000);
const knownBeyond = new Map<string, string>();

function initialOf(character: string): string {
  if (!/\p{Script=Han}/u.test(character)) return character;
  let initial = 'a';
  for (const [letter, landmark] of LANDMARKS) {
    if (collator.compare(landmark, character) > 0) break;
    initial = letter;
  }
  return initial;
}

/** Outside the basic plane a character is two code units. */
function initialBeyond(character: string): string {
  const initial = knownBeyond.get(character) ?? initialOf(character);
  knownBeyond.set(character, initial);
  return initial;
}

function initialUnit(unit: number): number {
  let initial = known[unit] ?? 0;
  if (initial === 0) {
    initial = initialOf(String.fromCharCode(unit)).charCodeAt(0);
    known[unit] = initial;
  }
  return initial;
}

const BEYOND = /[\ud800-\udbff]/;
/** One string made of numbers at once: grown letter by letter it would be a tree that the first search has to flatten. */
const units = new Uint16Array(512);

/** "宜春路8号" → "ycl8h": Han characters become initials, everything else stays as it is. */
export function pinyinInitials(text: string): string {
  if (text.length > units.length || BEYOND.test(text)) return [...text].map(initialOfAny).join('');
  for (let at = 0; at < text.length; at += 1) units[at] = initialUnit(text.charCodeAt(at));
  return String.fromCharCode.apply(null, units.subarray(0, text.length) as unknown as number[]);
}

function initialOfAny(character: string): string {
  return character.length > 1
    ? initialBeyond(character)
    : String.fromCharCode(initialUnit(character.charCodeAt(0)));
}
