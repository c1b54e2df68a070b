/** PURE: the sides of a dispute: how a name and a number look masked, and what an officer may write of them. */
import type { PartyRole } from './words';

/** What an officer types of a party. It lives in the form alone until it is masked and sealed. */
export interface Contact {
  name: string;
  phone: string;
}

export const NAME_MAX = 80;
export const PHONE_MAX = 32;
export const PARTIES_MAX = 20;
/** Contract: PartyOfDispute. */
const NAME_MASKED_MAX = 40;
const MARKS_MAX = 8;

/** What a reader sees as one character: beyond the BMP, with its variation selector or combining marks. */
function characters(text: string): string[] {
  if (typeof Intl.Segmenter === 'undefined') return Array.from(text);
  return Array.from(
    new Intl.Segmenter('zh', { granularity: 'grapheme' }).segment(text),
    ({ segment }) => segment,
  );
}

const BETWEEN_NAMES = /^[\s·・•.'’-]$/u;

/** `张三丰` → `张**`, `John Smith` → `J*** *****`: the first character and the shape, never a whole name. */
export function maskedName(name: string): string {
  const [first, ...others] = characters(name.normalize('NFC').trim().replace(/\s+/g, ' '));
  if (first === undefined) return '';
  // A heap of marks on one letter would not fit, and is no name.
  if (Array.from(first).length > MARKS_MAX) return '*'.repeat(others.length + 1).slice(0, NAME_MASKED_MAX);
  const room = NAME_MASKED_MAX - Array.from(first).length;
  const hidden = others.map((one) => (BETWEEN_NAMES.test(one) ? one : '*')).slice(0, room);
  // A surname alone, or one letter and a dot: masked all the same, or the server would take it for a name.
  if (!hidden.includes('*')) return `${first}*`;
  return [first, ...hidden].join('');
}

/** The digits of a number as typed: full-width ones too, without +86 and what stands between them. */
function digitsOf(phone: string): string {
  const plain = phone.normalize('NFKC').replace(/[^\d+]/g, '');
  return plain.replace(/^(\+86|0086)/, '').replace(/\D/g, '');
}

const SHORTEST = 3;
const LONGEST = 20;
/** From this length on three digits before and four after are shown; below it too little would be hidden. */
const LONG = 10;
const MIDDLE = 7;

/** `13812348000` → `138****8000`; a short number shows less, a very short one nothing. */
export function maskedPhone(phone: string): string {
  const digits = digitsOf(phone);
  const [head, tail] = digits.length >= LONG ? [3, 4] : digits.length >= MIDDLE ? [1, 2] : [0, 0];
  const hidden = digits.length - head - tail;
  return digits.slice(0, head) + '*'.repeat(hidden) + digits.slice(digits.length - tail);
}

/** A number that can be dialled: digits and what people write between them. */
export function isPhone(phone: string): boolean {
  const plain = phone.normalize('NFKC').trim();
  const { length } = digitsOf(plain);
  return /^\+?[\d\s().\-–—]+$/.test(plain) && length >= SHORTEST && length <= LONGEST;
}

export type ContactGap = 'phone' | 'too_long';

export function contactGap({ name, phone }: Contact): ContactGap | null {
  if (name.length > NAME_MAX || phone.length > PHONE_MAX) return 'too_long';
  return phone.trim() !== '' && !isPhone(phone) ? 'phone' : null;
}

export function hasContact({ name, phone }: Contact): boolean {
  return name.trim() !== '' || phone.trim() !== '';
}

/** The role a next party most likely has: two sides, then others. */
export function nextRole(parties: readonly { role: PartyRole }[]): PartyRole {
  const roles = parties.map(({ role }) => role);
  if (!roles.includes('side_a')) return 'side_a';
  return roles.includes('side_b') ? 'other' : 'side_b';
}

/** How long a revealed contact stays on the screen. */
export const REVEALED_MS = 60_000;

export type RevealAnswer =
  | { kind: 'revealed'; contact: Contact }
  | { kind: 'no_network' | 'busy' | 'signed_out' }
  | { kind: 'refused'; code: string };

/** Asks the server for a party's contact; it writes down who asked and why. */
export type Reveal = (dispute: string, party: string, reason: string) => Promise<RevealAnswer>;
