/** PURE: the words of the sync machine: what it knows, what it hears, what it wants done. */
import type { Problem } from '../domain/mutations';
import type { Sizes } from './sizes';

export type Failure =
  /** No answer, or an answer that is not ours (a captive portal's page). `slow`: we gave up waiting ourselves. */
  | { kind: 'no_network'; slow?: true }
  /** 5xx, 429, or `retry` for a record. */
  | { kind: 'busy'; retry_after_s: number | null }
  | { kind: 'signed_out' }
  /** 403, or a body that the server cannot read. Time does not mend it, but it costs nothing to look again. */
  | { kind: 'refused'; code: string }
  /** 400 or 413 for a whole batch: one record in it spoils it, or it is too big. Halving finds out. */
  | { kind: 'indigestible'; problem: Problem };

export type Trouble = Exclude<Failure, { kind: 'indigestible' }>;
export type Stage = 'enrolling' | 'pushing' | 'offering' | 'pulling' | 'comparing';
export type Phase = 'stopped' | 'resting' | Stage;

export interface SyncState {
  phase: Phase;
  /** Something asked for a round while one was running. */
  again: boolean;
  /** Failures in a row. */
  failures: number;
  trouble: Trouble | null;
  sizes: Sizes;
  last_success_ms: number | null;
  /** When the next held record may go, as the last pull saw it. */
  next_release_ms: number | null;
  /** How often the watchdog broke off work that made no progress. */
  stalls: number;
  /** Enrolments that the server's answers asked for since the last success. */
  enrol_tries: number;
  /** A person asked for the comparison: it is made although the last one is young. */
  forced: boolean;
  /** Comparisons in a row that found a difference. */
  unequal: number;
  /** What the next round has to do besides; at the start all of it, and storage knows what was done already. */
  due: { enrol: boolean; offer: boolean; attention: boolean; compare: boolean };
  attention_at_ms: number | null;
  compared_at_ms: number | null;
}

export type SyncEvent =
  | { type: 'wake' }
  /** The browser says that the network is back. */
  | { type: 'online'; random: number }
  /** A record was saved; it may leave after its undo time. */
  | { type: 'saved'; release_ms: number }
  /** A person or the server asks for something out of turn. */
  | { type: 'ask'; compare?: true; enrol?: true }
  /** `settled` is false where the device could not enrol anew now, and may send as it is. */
  | { type: 'enrolled'; settled: boolean }
  /** A batch was answered record by record; `whole` when it came through the network as it was. */
  | { type: 'pushed'; whole: boolean }
  | { type: 'nothing_to_push'; now_ms: number }
  | { type: 'offered'; missing: number }
  | {
      type: 'pulled';
      has_more: boolean;
      new_epoch: boolean;
      now_ms: number;
      next_release_ms: number | null;
    }
  /** `equal` is null when the server has moved on, so that nothing could be compared. */
  | { type: 'compared'; equal: boolean | null; at_ms: number }
  | { type: 'failed'; failure: Failure; random: number; now_ms: number }
  /** The work in hand made no progress for the watchdog's time. */
  | { type: 'stalled'; random: number }
  | { type: 'stop' };

export type SyncEffect =
  /** `anew`: although this device believes to be enrolled, the server does not know it. */
  | { type: 'enrol'; anew: boolean }
  /** `attention`: records a person must look at go along at the end: a lead may have released them. */
  | { type: 'push'; limit: number; bytes: number; attention: boolean }
  | { type: 'offer' }
  /** `anew`: phone and server differ; the feed is read again from its start into place. */
  | { type: 'pull'; page_rows: number; anew: boolean }
  | { type: 'compare'; forced: boolean }
  /** The batch was one record, and even that is refused: a person must look, and the others go on. */
  | { type: 'set_aside_first'; problem: Problem }
  /** Break off what is under way. */
  | { type: 'abort' }
  /** Wake up after this time. A new timer replaces the old one. */
  | { type: 'timer'; delay_ms: number };

export interface Step {
  state: SyncState;
  effects: SyncEffect[];
}
