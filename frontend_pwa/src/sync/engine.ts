/** SHELL: carries out what the machine decides: one sender at a time, network and database at its two hands. */
import { applyAnswers, dropOldReceipts, outboxView, setAside } from '../data/outbox';
import type { OfficerStore } from '../data/officer_store';
import { UNDO_MS, type OutboxRow, type OutcomeRow, type Problem } from '../domain/mutations';
import type { Change } from '../domain/records';
import { ask, type Fetch } from './http';
import { initialState, step, type Failure, type SyncEffect, type SyncEvent, type SyncState } from './machine';
import { pullBatch } from './pull';
import type { SyncStatus } from './status';

export interface Locks {
  /** Runs the work while no other tab of this officer sends. */
  exclusively(work: () => Promise<void>): Promise<void>;
}

export interface EnginePorts {
  store: OfficerStore;
  fetch: Fetch;
  locks: Locks;
  now_ms: () => number;
  random: () => number;
  /** Calls back after the delay; returns how to cancel. */
  after: (delay_ms: number, call: () => void) => () => void;
  app_version: string;
  onStatus: (status: SyncStatus) => void;
  onPulled: (changes: readonly Change[], reset: boolean) => void;
  onPushed: () => void;
  /** False when the session belongs to another officer than this store: then nothing may be exchanged. */
  ownSession: () => Promise<Failure | null>;
}

type Work = Exclude<SyncEffect, { type: 'timer' }>;

export class SyncEngine {
  readonly #ports: EnginePorts;
  #state: SyncState = initialState;
  #work: Work | null = null;
  #running = false;
  #cancelTimer: () => void = () => undefined;
  #sending: OutboxRow[] = [];
  /** Records the server could not take in this round. */
  #later = new Set<string>();

  constructor(ports: EnginePorts) {
    this.#ports = ports;
  }

  wake(): void {
    this.#dispatch({ type: 'wake' });
  }

  saved(): void {
    this.#dispatch({ type: 'saved', release_ms: UNDO_MS + 20 });
  }

  stop(): void {
    this.#cancelTimer();
    this.#work = null;
    this.#dispatch({ type: 'stop' });
  }

  #dispatch(event: SyncEvent): void {
    const { state, effects } = step(this.#state, event);
    this.#state = state;
    for (const effect of effects) {
      if (effect.type === 'timer') this.#setTimer(effect.delay_ms);
      else this.#work = effect;
    }
    this.#publish();
    if (this.#work && !this.#running) void this.#round();
  }

  #setTimer(delay_ms: number): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#ports.after(delay_ms, () => {
      this.wake();
    });
  }

  #publish(): void {
    const { phase, trouble, failures, last_success_ms } = this.#state;
    const sending = this.#sending.map((row) => row.id);
    this.#ports.onStatus({ phase, trouble: trouble?.kind ?? null, failures, last_success_ms, sending });
  }

  async #round(): Promise<void> {
    this.#running = true;
    this.#cancelTimer();
    this.#later.clear();
    try {
      await this.#ports.locks.exclusively(async () => {
        while (this.#work) {
          const work = this.#work;
          this.#work = null;
          const event = await this.#perform(work);
          if (this.#state.phase !== 'stopped') this.#dispatch(event);
        }
      });
    } catch {
      // the lock was refused or taken away: what was to be done is done by the next round
      this.#work = null;
      this.#dispatch(this.#failed({ kind: 'busy', retry_after_s: null }));
    } finally {
      this.#running = false;
      if (this.#work) void this.#round();
    }
  }

  /** Nothing that goes wrong in here may stop the loop: a surprise is a failure like any other. */
  async #perform(work: Work): Promise<SyncEvent> {
    try {
      if (work.type === 'set_aside_first') return await this.#setAsideFirst(work.problem);
      return work.type === 'push' ? await this.#push(work.limit) : await this.#pull();
    } catch {
      return this.#failed({ kind: 'busy', retry_after_s: null });
    } finally {
      this.#sending = [];
    }
  }

  #failed(failure: Failure): SyncEvent {
    return { type: 'failed', failure, random: this.#ports.random() };
  }

  async #push(limit: number): Promise<SyncEvent> {
    const { store, now_ms, app_version, fetch } = this.#ports;
    const view = await outboxView(store, now_ms(), limit, this.#later);
    if (view.ready.length === 0) return { type: 'nothing_to_push' };
    const refusal = await this.#ports.ownSession();
    if (refusal) return this.#failed(refusal);
    this.#sending = view.ready;
    this.#publish();
    const mutations = view.ready.map((row) => row.mutation);
    const facts = { device: view.device, app_version, made_total: view.made_total, sent_at: isoOf(now_ms()) };
    const answer = await ask(fetch, '/api/v1/sync/push', {
      method: 'POST',
      body: JSON.stringify({ ...facts, mutations }),
    });
    if (!answer.ok) return this.#failed(answer.failure);
    const outcomes = (answer.body as { outcomes?: OutcomeRow[] }).outcomes;
    // JSON, but not ours: a portal that answers everything with {}.
    if (!Array.isArray(outcomes)) return this.#failed({ kind: 'no_network' });
    await this.#take(view.ready, outcomes);
    return { type: 'pushed' };
  }

  async #take(batch: readonly OutboxRow[], outcomes: readonly OutcomeRow[]): Promise<void> {
    const now_ms = this.#ports.now_ms();
    await applyAnswers(this.#ports.store, outcomes, now_ms);
    await dropOldReceipts(this.#ports.store, now_ms);
    for (const row of batch) this.#later.add(row.id);
    this.#ports.onPushed();
  }

  async #setAsideFirst(problem: Problem): Promise<SyncEvent> {
    const { store, now_ms } = this.#ports;
    const first = (await outboxView(store, now_ms(), 1, this.#later)).ready[0];
    if (first) await setAside(store, first.id, problem);
    return { type: 'pushed' };
  }

  async #pull(): Promise<SyncEvent> {
    const { store, now_ms } = this.#ports;
    const refusal = await this.#ports.ownSession();
    if (refusal) return this.#failed(refusal);
    const pulled = await pullBatch(store, this.#ports.fetch, now_ms);
    if (pulled.batch) this.#ports.onPulled(pulled.batch.changes, pulled.batch.reset);
    if (pulled.failure) return this.#failed(pulled.failure);
    const { next_release_ms } = await outboxView(store, now_ms(), 1, this.#later);
    return { type: 'pulled', has_more: pulled.batch?.has_more ?? false, now_ms: now_ms(), next_release_ms };
  }
}

function isoOf(at_ms: number): string {
  return new Date(at_ms).toISOString();
}
