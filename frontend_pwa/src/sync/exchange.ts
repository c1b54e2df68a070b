/** SHELL: the single pieces of work of a round: enrol, push, offer, pull, compare. Each ends in an event. */
import { COMPARED_TYPES, type Digests } from '../data/digest';
import type { OutboxRow, OutcomeRow, Problem } from '../domain/mutations';
import { enrolDevice, isUnheard } from './enrolment';
import type { EnginePorts } from './engine_ports';
import { ask } from './http';
import { COMPARE_EVERY_MS } from './machine';
import type { Failure, SyncEffect, SyncEvent } from './machine_types';
import { pullBatch, type Hands } from './pull';
import type { SyncStatus } from './status';

export type Work = Exclude<SyncEffect, { type: 'timer' | 'abort' }>;

const OFFERED_AT_ONCE = 5_000;
const ANY = { records: 1, bytes: Infinity, attention: false };

export class Exchange {
  readonly #ports: EnginePorts;
  signing: SyncStatus['signing'] = 'not_yet';
  compared: SyncStatus['compared'] = null;
  sending: readonly OutboxRow[] = [];
  readonly #onSending: () => void;
  /** Records that were answered in this round and are still here: the next round takes them up. */
  readonly #later = new Set<string>();

  /** Whether this device is enrolled is not known here: it asked, heard nothing, and has no session to ask again. */
  #unheard = false;
  /** The machine knows already that an offer is due; one that is refused must not bring another round at once. */
  #offerKnown = false;

  constructor(ports: EnginePorts, onSending: () => void) {
    this.#ports = ports;
    this.#onSending = onSending;
  }

  newRound(): void {
    this.#later.clear();
  }

  perform(work: Work, hands: Hands): Promise<SyncEvent> {
    switch (work.type) {
      case 'enrol':
        return this.#enrol(work.anew, hands);
      case 'push':
        return this.#push(work, hands);
      case 'set_aside_first':
        return this.#setAsideFirst(work.problem);
      case 'offer':
        return this.#offer(hands);
      case 'pull':
        return this.#pull(work, hands);
      case 'compare':
        return this.#compare(work.forced, hands);
    }
  }

  failed(failure: Failure): SyncEvent {
    return { type: 'failed', failure, random: this.#ports.random(), now_ms: this.#ports.now_ms() };
  }

  async #enrol(anew: boolean, hands: Hands): Promise<SyncEvent> {
    const { storage, public_key } = this.#ports;
    if (public_key === null) {
      this.signing = 'unsigned';
      return { type: 'enrolled', settled: true };
    }
    const known = await storage.enrolment();
    if (known && !isUnheard(known)) this.signing = 'signed';
    if (known && !known.due && !anew) return { type: 'enrolled', settled: true };
    const refusal = await this.#ports.ownSession();
    const answer = refusal ?? (await enrolDevice({ ...this.#ports, fetch: hands.fetch }, null, hands.signal));
    if (answer.kind === 'enrolled') this.signing = 'signed';
    if (answer.kind === 'enrolled') return { type: 'enrolled', settled: true };
    // Known to the server before: it takes what is sent, whatever it thinks of the session or the device. Perhaps known,
    // where the answer was lost: without a session only a signed push can tell.
    this.#unheard = known !== null && isUnheard(known) && answer.kind === 'signed_out';
    if (this.#unheard) this.signing = 'signed';
    if (this.#unheard || (known && !isUnheard(known))) return { type: 'enrolled', settled: false };
    return this.failed(answer.kind === 'busy' ? { kind: 'busy', retry_after_s: null } : (answer as Failure));
  }

  async #push(work: Extract<Work, { type: 'push' }>, hands: Hands): Promise<SyncEvent> {
    const { storage, now_ms, app_version } = this.#ports;
    const { limit, bytes, attention } = work;
    const view = await storage.view(now_ms(), { records: limit, bytes, attention }, this.#later);
    if (view.ready.length === 0) return { type: 'nothing_to_push', now_ms: now_ms() };
    // The signature says whose these are; without one the session does.
    const refusal = this.signing === 'signed' ? null : await this.#ports.ownSession();
    if (refusal) return this.failed(refusal);
    this.sending = view.ready;
    this.#onSending();
    const { device, made_total } = view;
    const facts = { device, app_version, made_total, sent_at: new Date(now_ms()).toISOString() };
    const body = JSON.stringify({ ...facts, mutations: view.ready.map((row) => row.mutation) });
    // Only a record that cannot be made smaller gets more patience.
    hands.progress(view.ready.length === 1 ? body.length : 0);
    const answer = await ask(hands.fetch, '/api/v1/sync/push', {
      method: 'POST',
      body,
      signal: hands.signal,
    });
    if (!answer.ok) return this.failed(this.#unheard ? notKnown(answer.failure) : answer.failure);
    const { outcomes, server_time } = answer.body as { outcomes?: OutcomeRow[]; server_time?: string };
    // JSON, but not ours: a portal that answers everything with {}.
    if (!Array.isArray(outcomes)) return this.failed({ kind: 'no_network' });
    // Receipts are kept for seven days of the server: a phone's clock may jump by years, and all would be gone.
    await this.#take(view.ready, outcomes, Date.parse(server_time ?? '') || now_ms());
    return { type: 'pushed', whole: true };
  }

  async #take(batch: readonly OutboxRow[], outcomes: readonly OutcomeRow[], at_ms: number): Promise<void> {
    await this.#ports.storage.applyAnswers(outcomes, at_ms);
    await this.#ports.storage.dropOldReceipts(at_ms);
    for (const row of batch) this.#later.add(row.id);
    this.#ports.onPushed();
  }

  async #setAsideFirst(problem: Problem): Promise<SyncEvent> {
    const { storage, now_ms } = this.#ports;
    const waiting = await storage.view(now_ms(), ANY, this.#later);
    const first =
      waiting.ready[0] ?? (await storage.view(now_ms(), { ...ANY, attention: true }, this.#later)).ready[0];
    if (first) {
      await storage.setAside(first.id, problem);
      this.#later.add(first.id);
    }
    return { type: 'pushed', whole: false };
  }

  async #offer(hands: Hands): Promise<SyncEvent> {
    const { storage } = this.#ports;
    if (!(await storage.offerDue())) return { type: 'offered', missing: 0 };
    const items = await storage.offerItems();
    let missed = 0;
    for (let at = 0; at < items.length; at += OFFERED_AT_ONCE) {
      const body = JSON.stringify({ items: items.slice(at, at + OFFERED_AT_ONCE) });
      hands.progress(body.length);
      const answer = await ask(hands.fetch, '/api/v1/sync/offer', {
        method: 'POST',
        body,
        signal: hands.signal,
      });
      if (!answer.ok) return this.failed(passing(answer.failure));
      const missing = (answer.body as { missing?: string[] }).missing;
      if (!Array.isArray(missing)) return this.failed({ kind: 'no_network' });
      await storage.sendAgain(missing);
      for (const id of missing) this.#later.delete(id);
      missed += missing.length;
    }
    await storage.setOfferDue(false);
    this.#offerKnown = false;
    return { type: 'offered', missing: missed };
  }

  async #pull(work: Extract<Work, { type: 'pull' }>, hands: Hands): Promise<SyncEvent> {
    const { storage, now_ms } = this.#ports;
    const refusal = await this.#ports.ownSession();
    if (refusal) return this.failed(refusal);
    if (work.anew) await storage.replaceSnapshot();
    const pulled = await pullBatch(storage, hands, work.page_rows, now_ms);
    if (pulled.batch?.reset === true || pulled.swept) this.#ports.onReplaced();
    else if (pulled.batch) this.#ports.onPulled(pulled.batch.changes);
    if (pulled.failure) return this.failed(pulled.failure);
    const { next_release_ms } = await storage.view(now_ms(), ANY, this.#later);
    // Another tab was faster: the next page is asked from where it stands now.
    const has_more = pulled.batch ? pulled.batch.has_more : true;
    const new_epoch = await this.#offerIsNews();
    return { type: 'pulled', has_more, new_epoch, now_ms: now_ms(), next_release_ms };
  }

  /** Asked of storage: the pull that met the new epoch may have broken off after it, or have been another tab's. */
  async #offerIsNews(): Promise<boolean> {
    const due = await this.#ports.storage.offerDue();
    const is_news = due && !this.#offerKnown;
    this.#offerKnown = due;
    return is_news;
  }

  async #compare(forced: boolean, hands: Hands): Promise<SyncEvent> {
    const { storage, now_ms } = this.#ports;
    const last = await storage.compared();
    const young = last?.equal === true && Math.abs(now_ms() - last.at_ms) < COMPARE_EVERY_MS;
    if (young) this.compared = last;
    if (young && !forced) return { type: 'compared', equal: true, at_ms: last.at_ms };
    const cursor = await storage.cursor();
    const query = new URLSearchParams({ cursor: cursor ?? '' }).toString();
    const answer = await ask(hands.fetch, `/api/v1/sync/digest?${query}`, {
      cache: 'no-store',
      signal: hands.signal,
    });
    if (!answer.ok) return this.failed(passing(answer.failure));
    const theirs = answer.body as { cursor_is_current?: boolean; types?: Partial<Digests> };
    const at_ms = now_ms();
    if (theirs.cursor_is_current !== true || !theirs.types) return { type: 'compared', equal: null, at_ms };
    hands.progress();
    const equal = same(await storage.digests(), theirs.types);
    // A server restored in place may not know it: what it lost of ours is found by offering all of it.
    if (!equal) await storage.setOfferDue(true);
    this.compared = { equal, at_ms };
    await storage.setCompared(this.compared);
    return { type: 'compared', equal, at_ms };
  }
}

/** A device that the server does not know either waits for its officer to sign in. */
function notKnown(failure: Failure): Failure {
  return failure.kind === 'refused' && failure.code === 'signature_invalid'
    ? { kind: 'signed_out' }
    : failure;
}

function same(ours: Digests, theirs: Partial<Digests>): boolean {
  return COMPARED_TYPES.every((type) => {
    const their = theirs[type] ?? null;
    return their !== null && their.count === ours[type].count && their.sha256 === ours[type].sha256;
  });
}

/** A question that the server does not understand is not a batch to be halved. */
function passing(failure: Failure): Failure {
  return failure.kind === 'indigestible' ? { kind: 'refused', code: failure.problem.code } : failure;
}
