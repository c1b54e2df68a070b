/** PURE: what the rest of the app may know of the sync, and the doors through which it may ask. */
import type { CoverageAnswer, Figure } from '../domain/coverage';
import type { Me } from '../domain/records';
import type { Phase, Trouble } from './machine';

export interface SyncStatus {
  phase: Phase;
  trouble: Trouble['kind'] | null;
  failures: number;
  last_success_ms: number | null;
  /** Records of the batch that is on its way. */
  sending: readonly string[];
}

export const quietStatus: SyncStatus = {
  ...{ phase: 'stopped', trouble: null, failures: 0, last_success_ms: null, sending: [] },
};

export type SignInAnswer =
  | { kind: 'signed_in'; me: Me }
  | { kind: 'wrong' | 'no_network' | 'busy' | 'too_many' | 'more_needed' | 'refused' };

export type SignOutAnswer = 'signed_out' | 'no_network' | 'busy';

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
  townships(query: string): Promise<Loaded<CoverageAnswer>>;
  records(code: string, figure: Figure, query: string): Promise<Loaded<RecordsPage>>;
  more(next: string): Promise<Loaded<RecordsPage>>;
  csvAddress(query: string): string;
}
