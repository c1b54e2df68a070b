/** PURE: the rules of the lock: tries and delays, when it closes, when the server has to be asked, what a secret must be. */

/** passkey: the phone's own lock or a security key (WebAuthn PRF). pin: six digits and a share that the server gives. */
export type LockKind = 'passkey' | 'passphrase' | 'pin';
/** What the installation wants (`lock` of GET /api/v1/me). */
export interface LockPolicy {
  mode: 'required' | 'offered' | 'off';
  after_minutes: number;
  offline_hours: number;
}

export const DEFAULT_POLICY: LockPolicy = { mode: 'offered', after_minutes: 5, offline_hours: 24 };
export const MAX_TRIES = 10;
export const PIN_DIGITS = 6;
export const MIN_PASSPHRASE = 12;
/** A clock may be corrected by so much; one that goes back further was set. */
const CLOCK_SLACK_MS = 10 * 60_000;

/** Wrong tries since the last right one, as they stand on the disk. */
export interface Tries {
  wrong: number;
  last_at_ms: number;
}

export const NO_TRIES: Tries = { wrong: 0, last_at_ms: 0 };

/** Pauses after the third, fourth, … wrong try: a thumb that slips waits for nothing, a search by hand takes an hour. */
const PAUSES_MS = [5_000, 15_000, 30_000, 60_000, 300_000, 900_000, 1_800_000];

export function pauseAfter_ms(wrong: number): number {
  return wrong < 3 ? 0 : (PAUSES_MS[wrong - 3] ?? PAUSES_MS.at(-1) ?? 0);
}

/** How long the next try has to wait. A clock that was set back makes the pause begin anew, never shorter. */
export function waitLeft_ms(tries: Tries, now_ms: number): number {
  const pause = pauseAfter_ms(tries.wrong);
  const passed = now_ms - tries.last_at_ms;
  return passed < 0 ? pause : Math.max(0, pause - passed);
}

export function triesLeft(tries: Tries): number {
  return Math.max(0, MAX_TRIES - tries.wrong);
}

/** Reading what lies here ends so long after the server was last heard; also when the clock was set back before that. */
export function contactIsOver(contact_at_ms: number, now_ms: number, offline_ms: number): boolean {
  const passed = now_ms - contact_at_ms;
  return passed > offline_ms || passed < -CLOCK_SLACK_MS;
}

/** True when the app was out of sight for so long. A clock that was set back while it was hidden locks as well. */
export function locksAfter(hidden_at_ms: number, now_ms: number, after_ms: number): boolean {
  const passed = now_ms - hidden_at_ms;
  return passed >= after_ms || passed < -CLOCK_SLACK_MS;
}

export type SecretProblem = 'pin_digits' | 'pin_simple' | 'passphrase_short' | 'differs';

function isStaircase(digits: readonly number[]): boolean {
  const steps = new Set(digits.slice(1).map((digit, at) => digit - (digits[at] ?? 0)));
  return steps.size === 1 && [0, 1, -1].includes([...steps][0] ?? 0);
}

/** 000000, 123456, 121212, 123123, 112233: what somebody tries first. */
function isSimple(pin: string): boolean {
  const repeats = /^(.{1,3})\1+$/.test(pin) || /^(\d)\1(\d)\2(\d)\3$/.test(pin);
  return repeats || isStaircase([...pin].map(Number));
}

export function secretProblem(kind: LockKind, secret: string, again: string): SecretProblem | null {
  if (kind === 'pin' && !/^\d{6}$/.test(secret)) return 'pin_digits';
  if (kind === 'pin' && isSimple(secret)) return 'pin_simple';
  if (kind === 'passphrase' && [...secret.trim()].length < MIN_PASSPHRASE) return 'passphrase_short';
  return kind !== 'passkey' && secret !== again ? 'differs' : null;
}
