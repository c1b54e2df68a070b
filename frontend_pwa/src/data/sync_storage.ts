/** SHELL: everything the sync engine asks of the phone's database, in one place that a test can stand in for. */
import type { BatchLimits, OutcomeRow, Problem } from '../domain/mutations';
import { snapshotDigests, type Digests } from './digest';
import { fact, setFact, type Facts, type OfficerStore } from './officer_store';
import {
  applyAnswers,
  dropOldReceipts,
  offerItems,
  outboxView,
  sendAgain,
  setAside,
  type OutboxView,
} from './outbox';
import { applyPulled, pullCursor, replaceSnapshot, type Applied, type PulledBatch } from './snapshot';

export interface SyncStorage {
  view(now_ms: number, limits: BatchLimits, later: ReadonlySet<string>): Promise<OutboxView>;
  applyAnswers(answers: readonly OutcomeRow[], now_ms: number): Promise<void>;
  setAside(id: string, problem: Problem): Promise<void>;
  dropOldReceipts(now_ms: number): Promise<void>;
  cursor(): Promise<string | null>;
  applyPulled(batch: PulledBatch, from: string | null, now_ms: number): Promise<Applied>;
  replaceSnapshot(): Promise<void>;
  offerDue(): Promise<boolean>;
  offerItems(): Promise<[id: string, sha256: string][]>;
  /** What the server has lost waits again. */
  sendAgain(missing: readonly string[]): Promise<void>;
  setOfferDue(due: boolean): Promise<void>;
  device(): Promise<string>;
  enrolment(): Promise<Facts['enrolment'] | null>;
  setEnrolment(enrolment: Facts['enrolment']): Promise<void>;
  digests(): Promise<Digests>;
  compared(): Promise<Facts['compared'] | null>;
  setCompared(compared: Facts['compared']): Promise<void>;
}

export function syncStorage(store: OfficerStore): SyncStorage {
  return {
    view: (now_ms, limits, later) => outboxView(store, now_ms, limits, later),
    applyAnswers: (answers, now_ms) => applyAnswers(store, answers, now_ms),
    setAside: (id, problem) => setAside(store, id, problem),
    dropOldReceipts: (now_ms) => dropOldReceipts(store, now_ms),
    cursor: () => pullCursor(store),
    applyPulled: (batch, from, now_ms) => applyPulled(store, batch, from, now_ms),
    replaceSnapshot: () => replaceSnapshot(store),
    offerDue: async () => (await fact(store, 'offer_due')) ?? false,
    offerItems: () => offerItems(store),
    sendAgain: (missing) => sendAgain(store, missing),
    setOfferDue: (due) => setFact(store, 'offer_due', due),
    device: async () => (await fact(store, 'device')) ?? '',
    enrolment: async () => (await fact(store, 'enrolment')) ?? null,
    setEnrolment: (enrolment) => setFact(store, 'enrolment', enrolment),
    digests: () => snapshotDigests(store),
    compared: async () => (await fact(store, 'compared')) ?? null,
    setCompared: (compared) => setFact(store, 'compared', compared),
  };
}
