/** PURE: what the rest of the app may know of the sync, and the doors through which it may ask. */
import type { CoverageAnswer, Figure, Level } from '../domain/coverage';
import type { HistoryAnswer } from '../domain/coverage_days';
import type { Me } from '../domain/records';
import type { Phase, Trouble } from './machine_types';

export type { StorageFacts } from '../data/phone';

export interface SyncStatus {
  phase: Phase;
  trouble: Trouble['kind'] | null;
  failures: number;
  last_success_ms: number | null;
  /** Records of the batch that is on its way. */
  sending: readonly string[];
  /** Why the server refuses (`trouble` is `refused`): `enrolment_code_needed`, `device_revoked`, … */
  refused_code: string | null;
  /** How often since the start the watchdog broke off work that made no progress. */
  stalls: number;
  /** `signed`: enrolled with a key. `unsigned`: no key can be made here (plain http). `not_yet`: not enrolled so far. */
  signing: 'signed' | 'unsigned' | 'not_yet';
  /** The last comparison with the server while nothing was on its way; null before the first. */
  compared: { equal: boolean; at_ms: number } | null;
}

export const quietStatus: SyncStatus = {
  ...{ phase: 'stopped', trouble: null, failures: 0, last_success_ms: null, sending: [] },
  ...{ refused_code: null, stalls: 0, signing: 'not_yet', compared: null },
};

/** What a screen may ask of the running sync of one officer. */
export interface SyncControl {
  wake: () => void;
  saved: () => void;
  stop: () => void;
  /** Compares phone and server now; the answer comes as `status.compared`. */
  compare: () => void;
  /** Enrols this device, with the lead's code where one is needed. */
  enrol: (code: string | null) => Promise<EnrolAnswer>;
  /** Gives this store a new device identity (after a revocation) that must be enrolled again; nothing unsent is lost. */
  becomeNewDevice: () => Promise<void>;
}

/** `refused` codes: enrolment_code_needed, enrolment_code_invalid, device_key_known, device_revoked, … */
export type EnrolAnswer =
  | { kind: 'enrolled' | 'unsigned' | 'no_network' | 'busy' | 'signed_out' }
  | { kind: 'refused'; code: string };

/** The file of unsent records. `no_crypto`: plain http has no AES-GCM. */
export type SealAnswer =
  | { kind: 'sealed'; file: Blob; name: string; records: number; attachments: number }
  | { kind: 'nothing_unsent' | 'no_crypto' };

export type ImportAnswer =
  /** `known` were here or sent already. */
  | { kind: 'imported'; records: number; attachments: number; known: number }
  | { kind: 'wrong_passphrase' | 'not_such_a_file' | 'another_officer' | 'no_crypto' };

export type SignInAnswer =
  | { kind: 'signed_in'; me: Me }
  | { kind: 'wrong' | 'no_network' | 'busy' | 'too_many' | 'more_needed' | 'refused' };

/** `unsent`: refused, because records or photos have not left the phone and no file of them was saved. */
export type SignOutAnswer = 'signed_out' | 'no_network' | 'busy' | 'unsent';

/** The server's part of a PIN (`given`), or why it is not told. */
export type ShareAnswer<Share> =
  | { kind: 'given'; share: Share }
  | { kind: 'no_network' | 'busy' | 'signed_out' }
  | { kind: 'refused'; code: string };

export interface RecordBehind {
  type: string;
  id: string;
  unit: string;
  occurred_at: string;
  title: string;
  detail: string;
}

export interface RecordsPage {
  results: RecordBehind[];
  next: string | null;
  rule: string;
}

export type Loaded<T> =
  | { kind: 'loaded'; value: T }
  | { kind: 'no_network' | 'busy' | 'signed_out' }
  | { kind: 'refused'; code: string };

/** Reading the figures of the server; they are not kept on the phone but for the last ones seen. */
export interface CoverageSource {
  places(level: Level, query: string): Promise<Loaded<CoverageAnswer>>;
  history(level: Level, code: string, query: string): Promise<Loaded<HistoryAnswer>>;
  records(level: Level, code: string, figure: Figure, query: string): Promise<Loaded<RecordsPage>>;
  more(next: string): Promise<Loaded<RecordsPage>>;
  fileAddress(level: Level, query: string, ending: 'csv' | 'parquet'): string;
}
