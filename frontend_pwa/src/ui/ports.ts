/** PURE: what the screens ask of the rest of the app; main.ts gives it to them. */
import type { CoverageSource, SignInAnswer, SignOutAnswer } from '../sync/status';
import type { DevicesSource, QuarantineSource } from './lead_ports';
import type { Office } from './office.svelte';

export interface AppPorts {
  /** Opens the phone of the officer who was last here, with or without network; null when nobody was. */
  reopen: () => Promise<Office | null>;
  signIn: (username: string, password: string) => Promise<SignInAnswer>;
  /** Opens the office of the officer who has just signed in. */
  open: (answer: Extract<SignInAnswer, { kind: 'signed_in' }>) => Promise<Office>;
  signOut: (office: Office) => Promise<SignOutAnswer>;
  coverage: CoverageSource;
  devices: DevicesSource;
  quarantine: QuarantineSource;
  appVersion: string;
  /** Calls when a new version of the app lies ready; the call it gets puts the version to use. */
  onUpdateReady: (ready: (takeOver: () => void) => void) => void;
}
