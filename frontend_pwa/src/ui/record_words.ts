/** SHELL: one record of this phone in words: what it is, how it stands, the receipt it has. */
import { isHeld, type Mutation, type OutboxRow, type SentRow } from '../domain/mutations';
import { dayAndTime, t } from './language.svelte';
import type { Office } from './office.svelte';

const SUMMARY_SHOWN = 40;
const HASH_SHOWN = 8;

export function titleOf(mutation: Mutation, office: Office): string {
  if (mutation.kind === 'attachment.declare') return t(`unsent.${mutation.payload.kind}`);
  if (office.revoked) return withoutContent(mutation);
  const premises = mutation.payload.premises;
  const door = premises ? office.doorById.get(premises) : undefined;
  const where = door ? door.name || door.address : t('door.unknown');
  if (mutation.kind === 'visit.record') {
    return `${t('unsent.visit')} · ${where} · ${t(`outcome.${mutation.payload.outcome}`)}`;
  }
  const summary = mutation.payload.summary.slice(0, SUMMARY_SHOWN);
  return `${t('unsent.dispute')} · ${t(`category.${mutation.payload.category}`)} · ${summary}`;
}

/** Whoever holds a revoked phone is told that something waits, and not at whose door. */
function withoutContent(mutation: Exclude<Mutation, { kind: 'attachment.declare' }>): string {
  return mutation.kind === 'visit.record'
    ? `${t('unsent.visit')} · ${t(`outcome.${mutation.payload.outcome}`)}`
    : `${t('unsent.dispute')} · ${t(`category.${mutation.payload.category}`)}`;
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
