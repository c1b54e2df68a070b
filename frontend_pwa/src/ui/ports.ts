/** PURE: what the screens ask of the rest of the app; main.ts gives it to them. */
import type { CoverageSource, ImportAnswer, SealAnswer, SignInAnswer, SignOutAnswer } from '../sync/status';
import type { StorageFacts } from '../data/phone';
import type { DevicesSource, QuarantineSource } from '../sync/status_lead';
import type { ImportsSource } from '../sync/status_imports';
import type { RecordersSource } from '../sync/status_recorders';
import type { StartCodesSource } from '../sync/status_start_codes';
import type { LockedPhone } from './lock.svelte';
import type { Office } from './office.svelte';

export interface AppPorts {
  /** Opens the phone of the officer who was last here, with or without network; null when nobody was. */
  reopen: () => Promise<Office | LockedPhone | null>;
  signIn: (username: string, password: string) => Promise<SignInAnswer>;
  /** Opens the office of the officer who has just signed in, or the lock before it. */
  open: (
    answer: Extract<SignInAnswer, { kind: 'signed_in' }>,
    before: Office | null,
  ) => Promise<Office | LockedPhone>;
  /** Closes the phone; null where nothing is left behind its lock. */
  lock: (office: Office) => Promise<LockedPhone | null>;
  /** Signs out and leaves what is unsent sealed on the phone. `no_key`: nothing can be sealed here. */
  signOutSealed: (office: Office) => Promise<'signed_out' | 'no_key'>;
  /** Refused (`unsent`) while anything is unsent, unless a file of it was saved a moment ago (`file_saved`). */
  signOut: (office: Office, file_saved?: boolean) => Promise<SignOutAnswer>;
  /** The unsent records and photos as an encrypted file. The screen asks for the passphrase twice. */
  sealUnsent: (office: Office, passphrase: string) => Promise<SealAnswer>;
  /** Reads such a file back into the phone of the same officer. */
  importSealed: (office: Office, file: Blob, passphrase: string) => Promise<ImportAnswer>;
  storageFacts: () => Promise<StorageFacts>;
  coverage: CoverageSource;
  devices: DevicesSource;
  quarantine: QuarantineSource;
  recorders: RecordersSource;
  imports: ImportsSource;
  startCodes: StartCodesSource;
  appVersion: string;
  /** Calls when a new version of the app lies ready; the call it gets puts the version to use. */
  onUpdateReady: (ready: (takeOver: () => void) => void) => void;
}
