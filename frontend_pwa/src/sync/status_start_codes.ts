/** PURE: what a screen is told of accounts that cannot sign in yet, and of the codes that let them. */
import type { Loaded } from './status';

export interface LockedAccount {
  id: string;
  username: string;
  name: string;
  badge_number: string;
  unit: string;
  /** Until when a code that was made holds; null without one. */
  code_until: string | null;
}

/** The codes are in this answer only; the server keeps hashes of them. */
export interface NewCodes {
  expires_at: string;
  codes: { username: string; name: string; badge_number: string; unit: string; code: string }[];
}

export interface StartCodesSource {
  list: () => Promise<Loaded<{ results: LockedAccount[] }>>;
  /** Sets the first password with a code; signing in comes after. */
  start: (username: string, code: string, password: string) => Promise<Loaded<{ username: string }>>;
  make: (officers: readonly string[]) => Promise<Loaded<NewCodes>>;
}
