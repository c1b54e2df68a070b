/** PURE: what a phone sends (contract: POST /api/v1/sync/push) and what comes back for each of them. */
import type {
  AttachmentPayload,
  DisputeEventPayload,
  DisputeOpenPayload,
  DisputePartyPayload,
  OutreachPayload,
  PatrolEndPayload,
  PatrolFixesPayload,
  PatrolLegPayload,
  PatrolObservePayload,
  PatrolStartPayload,
  PremisesProposePayload,
  VisitCorrectPayload,
  VisitPayload,
} from './payloads';

interface MutationOf<Kind extends string, Payload> {
  id: string;
  seq: number;
  kind: Kind;
  record_id: string;
  recorded_at: string;
  payload: Payload;
  payload_sha256: string;
}

export type VisitMutation = MutationOf<'visit.record', VisitPayload>;
export type VisitCorrectMutation = MutationOf<'visit.correct', VisitCorrectPayload>;
export type DisputeOpenMutation = MutationOf<'dispute.open', DisputeOpenPayload>;
export type DisputeEventMutation = MutationOf<'dispute.event', DisputeEventPayload>;
export type DisputePartyMutation = MutationOf<'dispute.party', DisputePartyPayload>;
export type AttachmentMutation = MutationOf<'attachment.declare', AttachmentPayload>;
export type PremisesProposeMutation = MutationOf<'premises.propose', PremisesProposePayload>;
export type PatrolMutation =
  | MutationOf<'patrol.start', PatrolStartPayload>
  | MutationOf<'patrol.leg', PatrolLegPayload>
  | MutationOf<'patrol.fixes', PatrolFixesPayload>
  | MutationOf<'patrol.observe', PatrolObservePayload>
  | MutationOf<'patrol.end', PatrolEndPayload>;
export type OutreachMutation = MutationOf<'outreach.record', OutreachPayload>;
export type Mutation =
  | VisitMutation
  | VisitCorrectMutation
  | DisputeOpenMutation
  | DisputeEventMutation
  | DisputePartyMutation
  | AttachmentMutation
  | PremisesProposeMutation
  | PatrolMutation
  | OutreachMutation;

/** A mutation before the phone has numbered and sealed it. */
export type Unnumbered<M> = M extends Mutation ? Omit<M, 'seq' | 'payload_sha256'> : never;
export type NewMutation = Unnumbered<Mutation>;

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  errors?: { field: string; code: string; message: string }[];
}

export interface Receipt {
  unit: string;
  n: number | null;
  received_at: string;
  sha256: string;
}

export type PushOutcome = 'applied' | 'duplicate' | 'conflict' | 'quarantined' | 'retry';

export interface OutcomeRow {
  id: string;
  outcome: PushOutcome;
  receipt: Receipt | null;
  problem: Problem | null;
}

/** A record on the phone that no receipt has been seen for. */
export interface OutboxRow {
  id: string;
  seq: number;
  mutation: Mutation;
  saved_at_ms: number;
  held_until_ms: number;
  /** waiting: goes with the next batch. attention: the server answered, and a person must look. */
  state: 'waiting' | 'attention';
  answer: OutcomeRow | null;
  /** The mutation sealed to the server, where a lock is on: it can go though nobody on the phone can read it. */
  sealed_copy?: string;
}

/** A record the server has taken; kept seven more days, so that a restored server can ask for it again. */
export interface SentRow {
  id: string;
  mutation: Mutation;
  outcome: 'applied' | 'duplicate';
  receipt: Receipt;
  sent_at_ms: number;
}

export const UNDO_MS = 5_000;
export const KEEP_SENT_MS = 7 * 86_400_000;

/** True while a record may still be undone. A clock set back must not hold a record for hours. */
export function isHeld(row: Pick<OutboxRow, 'held_until_ms'>, now_ms: number): boolean {
  const left_ms = row.held_until_ms - now_ms;
  return left_ms > 0 && left_ms <= UNDO_MS;
}

/** How much may go at once. */
export interface BatchLimits {
  records: number;
  bytes: number;
  /** Records that a person must look at go along, behind the waiting ones: a lead may have released them. */
  attention: boolean;
}

/** What a mutation takes in a request, near enough: JSON in UTF-8, Chinese at three bytes. */
export function roughBytes(mutation: Mutation): number {
  const text = JSON.stringify(mutation);
  let wide = 0;
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 0x7f) wide += 2;
  return text.length + wide;
}

/** The next batch, oldest first. It always holds at least one record, however large that is. */
export function readyToSend(rows: readonly OutboxRow[], now_ms: number, limits: BatchLimits): OutboxRow[] {
  const last = (row: OutboxRow): number => (row.state === 'attention' ? 1 : 0);
  const ready = rows
    .filter((row) => (row.state === 'waiting' ? !isHeld(row, now_ms) : limits.attention))
    .sort((a, b) => last(a) - last(b) || a.seq - b.seq)
    .slice(0, limits.records);
  let bytes = 0;
  const over = ready.findIndex(
    (row, index) => (bytes += roughBytes(row.mutation)) > limits.bytes && index > 0,
  );
  return over === -1 ? ready : ready.slice(0, over);
}

/** Milliseconds until the next held record may go; null when none is held. */
export function nextRelease_ms(rows: readonly OutboxRow[], now_ms: number): number | null {
  const held = rows.filter((row) => row.state === 'waiting' && isHeld(row, now_ms));
  return held.length === 0 ? null : Math.min(...held.map((row) => row.held_until_ms)) - now_ms;
}

/** The receipt is for other content than is here: the record stays, and a person must look. */
function altered(row: OutboxRow, answer: OutcomeRow): OutboxRow {
  const problem = { type: 'about:blank', title: '', status: 200, detail: '', code: 'receipt_differs' };
  return { ...row, state: 'attention', answer: { ...answer, outcome: 'conflict', problem } };
}

/** A record as it enters the outbox under its number; `held_until_ms` is the end of its undo time. */
export function waitingRow(
  mutation: Mutation,
  seq: number,
  saved_at_ms: number,
  held_until_ms: number,
): OutboxRow {
  const numbered = { ...mutation, seq };
  return {
    id: mutation.id,
    seq,
    mutation: numbered,
    saved_at_ms,
    held_until_ms,
    state: 'waiting',
    answer: null,
  };
}

/** The server holds this very content, whatever a lead makes of it: nothing is lost when the phone is. */
export function isHeldByServer(row: OutboxRow): boolean {
  return row.answer?.receipt?.sha256 === row.mutation.payload_sha256;
}

/** What the per-record answer means for one record on the phone. */
export function afterAnswer(row: OutboxRow, answer: OutcomeRow, now_ms: number): OutboxRow | SentRow {
  if ((answer.outcome === 'applied' || answer.outcome === 'duplicate') && answer.receipt) {
    if (answer.receipt.sha256 !== row.mutation.payload_sha256) return altered(row, answer);
    return {
      id: row.id,
      mutation: row.mutation,
      outcome: answer.outcome,
      receipt: answer.receipt,
      sent_at_ms: now_ms,
    };
  }
  if (answer.outcome === 'conflict' || answer.outcome === 'quarantined') {
    return { ...row, state: 'attention', answer };
  }
  return row;
}

export function isSent(row: OutboxRow | SentRow): row is SentRow {
  return 'sent_at_ms' in row;
}
