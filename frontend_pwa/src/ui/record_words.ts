/** SHELL: one record of this phone in words: what it is, how it stands, the receipt it has. */
import {
  isHeld,
  type Mutation,
  type OutboxRow,
  type SentRow,
  type VisitCorrectMutation,
  type VisitMutation,
} from '../domain/mutations';
import { dayAndTime, t } from './language.svelte';
import type { Office } from './office.svelte';

const SUMMARY_SHOWN = 40;
const HASH_SHOWN = 8;

function doorWords(premises: string | null, office: Office): string {
  const door = premises === null ? undefined : office.doorById.get(premises);
  return door ? door.name || door.address : t('door.unknown');
}

function visitTitle({ kind, payload }: VisitMutation | VisitCorrectMutation, office: Office): string {
  const what = kind === 'visit.record' ? t('unsent.visit') : t('record_kind.visit.correct');
  const outcome = t(`outcome.${payload.outcome}`);
  return office.revoked
    ? `${what} · ${outcome}`
    : `${what} · ${doorWords(payload.premises, office)} · ${outcome}`;
}

/** One line a record. Whoever holds a revoked phone is told that something waits, and not at whose door. */
export function titleOf(mutation: Mutation, office: Office): string {
  switch (mutation.kind) {
    case 'attachment.declare':
      return t(`unsent.${mutation.payload.kind}`);
    case 'visit.record':
    case 'visit.correct':
      return visitTitle(mutation, office);
    case 'dispute.open': {
      const head = `${t('unsent.dispute')} · ${t(`category.${mutation.payload.category}`)}`;
      return office.revoked ? head : `${head} · ${mutation.payload.summary.slice(0, SUMMARY_SHOWN)}`;
    }
    case 'dispute.event':
      return `${t('record_kind.dispute.event')} · ${t(`event.${mutation.payload.event}`)}`;
    case 'premises.propose': {
      const { payload } = mutation;
      const head = t(payload.action === 'new' ? 'unsent.door' : 'unsent.door_state');
      if (office.revoked) return head;
      const what =
        payload.action === 'new'
          ? payload.name || payload.address
          : `${doorWords(payload.premises, office)} · ${t(`premises_state.${payload.state}`)}`;
      return `${head} · ${what}`;
    }
    default:
      return t(`record_kind.${mutation.kind}`);
  }
}

export type UnsentState =
  'attention' | 'by_lead' | 'sign_in' | 'turned_down' | 'sending' | 'held' | 'waiting';

/**
 * `by_lead`: on the server, a lead decides. `sign_in`: on the server, counts once its officer has signed in again.
 * `attention`: somebody else must do something first.
 */
export function stateOf(row: OutboxRow, office: Office): UnsentState {
  if (office.sendingIds.has(row.id)) return 'sending';
  if (row.state === 'attention') {
    if (row.answer?.problem?.code === 'discarded_by_lead') return 'turned_down';
    if (row.answer?.outcome !== 'quarantined') return 'attention';
    return row.answer.problem?.code === 'session_ended' ? 'sign_in' : 'by_lead';
  }
  return office.justSaved?.ids.includes(row.id) && isHeld(row, office.now()) ? 'held' : 'waiting';
}

/** What an officer shows when asked for it: unit and number, when it was received, the beginning of the content's hash. */
export function receiptWords(row: SentRow, office: Office): string {
  const { unit, n, received_at, sha256 } = row.receipt;
  const number = t('unsent.receipt_no', { unit, n: String(n ?? '') });
  return [number, dayAndTime(received_at, office.zone), sha256.slice(0, HASH_SHOWN)].join(' · ');
}
