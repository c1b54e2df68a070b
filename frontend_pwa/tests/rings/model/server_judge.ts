/** PURE: what the model server decides about one mutation, after 3-sync.md and docs/sync-protocol.md. */
import type { Mutation, OutcomeRow } from '../../../src/domain/mutations';
import type { DisputeOpenPayload, VisitPayload } from '../../../src/domain/payloads';
import { put, type Held, type HeldMutation } from './server_state';
import { sha256OfPayload } from './seal';

export interface Sender {
  device: string;
  officer: string;
  /** The unit it writes for: the device's at enrolment, or the officer's for an unsigned push. */
  unit: string;
  /** Why nothing of it may be judged. */
  refusal: string | null;
  at: string;
  /** The handler that broke on some records works now. */
  mended: boolean;
}

/** Where a second delivery of the same may be judged otherwise. */
const REJUDGED = new Set(['session_ended', 'payload_hash_mismatch', 'premises_unknown', 'dispute_unknown']);
const ATTEMPTS = 5;

type Verdict = { outcome: OutcomeRow['outcome']; code: string | null; unit: string; n: number | null };

function problem(code: string): OutcomeRow['problem'] {
  return { type: 'about:blank', title: '', status: 422, detail: '', code };
}

function refused(code: string, unit: string): Verdict {
  return { outcome: 'quarantined', code, unit, n: null };
}

function judgeVisit(held: Held, mutation: Mutation, payload: VisitPayload, sender: Sender): Verdict {
  const door = held.records.get(payload.premises);
  if (!door) return refused('premises_unknown', sender.unit);
  if (door.unit !== sender.unit) return refused('out_of_scope', door.unit);
  const unknown = payload.disputes.some((dispute) => !held.records.has(dispute));
  if (unknown) return refused('dispute_unknown', sender.unit);
  const { record_id, recorded_at } = mutation;
  const visit = { id: record_id, version: 1, premises: payload.premises, occurred_at: recorded_at };
  const n = put(held, 'visit', sender.unit, { ...visit, note: payload.note }, mutation.id);
  const seen = { ...door.record, version: door.record.version + 1, last_visited_at: recorded_at };
  put(held, 'premises', door.unit, seen, null);
  return { outcome: 'applied', code: null, unit: sender.unit, n };
}

function judgeDispute(held: Held, mutation: Mutation, payload: DisputeOpenPayload, sender: Sender): Verdict {
  const { record_id, recorded_at } = mutation;
  const dispute = { id: record_id, version: 1, summary: payload.summary, opened_at: recorded_at };
  const n = put(held, 'dispute', sender.unit, dispute, mutation.id);
  const event = { id: `${record_id}-e`, version: 1, dispute: record_id, event: 'opened' };
  put(held, 'dispute_event', sender.unit, event, mutation.id);
  return { outcome: 'applied', code: null, unit: sender.unit, n };
}

function noteOf(mutation: Mutation): string {
  return 'note' in mutation.payload ? mutation.payload.note : '';
}

export function judge(held: Held, mutation: Mutation, sender: Sender, attempts: number): Verdict {
  if (sender.refusal !== null) return refused(sender.refusal, sender.unit);
  if (sha256OfPayload(mutation.payload) !== mutation.payload_sha256)
    return refused('payload_hash_mismatch', sender.unit);
  if (noteOf(mutation) === 'invalid') return refused('payload_invalid', sender.unit);
  if (noteOf(mutation) === 'breaks' && !sender.mended) {
    if (attempts >= ATTEMPTS) return refused('handler_failed', sender.unit);
    return { outcome: 'retry', code: 'handler_failed', unit: sender.unit, n: null };
  }
  const taken = held.records.get(mutation.record_id);
  if (taken) return { outcome: 'conflict', code: 'record_id_taken', unit: sender.unit, n: null };
  if (mutation.kind === 'visit.record') return judgeVisit(held, mutation, mutation.payload, sender);
  if (mutation.kind === 'dispute.open') return judgeDispute(held, mutation, mutation.payload, sender);
  return refused('unknown_kind', sender.unit);
}

function answerOf(mutation: Mutation, verdict: Verdict, at: string): OutcomeRow {
  const { outcome, code, unit, n } = verdict;
  const sha256 = mutation.payload_sha256;
  const receipt = outcome === 'applied' ? { unit, n, received_at: at, sha256 } : null;
  return { id: mutation.id, outcome, receipt, problem: code === null ? null : problem(code) };
}

function store(held: Held, mutation: Mutation, sender: Sender, before: HeldMutation | null): OutcomeRow {
  const attempts = (before?.attempts ?? 0) + 1;
  const verdict = judge(held, mutation, sender, attempts);
  const answer = answerOf(mutation, verdict, sender.at);
  held.mutations.set(mutation.id, {
    ...{ device: sender.device, officer: sender.officer, unit: verdict.unit, mutation, answer, attempts },
    ...{ outcome: answer.outcome, released: false, variants: before?.variants ?? [] },
  });
  return answer;
}

/** Nothing can be read through a device that may not act: not even what became of another one's record. */
function unreadable(mutation: Mutation, refusal: string): OutcomeRow {
  return { id: mutation.id, outcome: 'quarantined', receipt: null, problem: problem(refusal) };
}

/** One outcome for one mutation, whatever came before. */
export function receive(held: Held, mutation: Mutation, sender: Sender): OutcomeRow {
  const known = held.mutations.get(mutation.id);
  if (!known) return store(held, mutation, sender, null);
  const other = known.mutation.payload_sha256 !== mutation.payload_sha256;
  if (other) known.variants.push(mutation.payload_sha256);
  if (sender.refusal !== null && known.device !== sender.device) return unreadable(mutation, sender.refusal);
  if (other) {
    return {
      ...{ id: mutation.id, outcome: 'conflict', receipt: null },
      problem: problem('same_id_other_content'),
    };
  }
  if (known.outcome === 'applied') return { ...known.answer, outcome: 'duplicate' };
  const heals = known.outcome === 'quarantined' && REJUDGED.has(known.answer.problem?.code ?? '');
  const waits = known.outcome === 'retry' || (heals && sender.refusal === null);
  return waits ? store(held, mutation, sender, known) : known.answer;
}

/** A lead takes one quarantined record in: with the authority of the unit that answers for it. */
export function release(held: Held, known: HeldMutation, at: string, mended: boolean): boolean {
  const sender = {
    device: known.device,
    officer: known.officer,
    unit: known.unit,
    refusal: null,
    at,
    mended,
  };
  const verdict = judge(held, known.mutation, sender, 0);
  if (verdict.outcome !== 'applied') return false;
  known.answer = answerOf(known.mutation, verdict, at);
  known.outcome = 'applied';
  known.released = true;
  return true;
}
