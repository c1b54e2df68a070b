/** SHELL: one tab: the real engine over the real store, with the ring's clock, network and lock at its ports. */
import { openStore, type OfficerStore } from '../../../src/data/officer_store';
import { syncStorage } from '../../../src/data/sync_storage';
import { SyncEngine, type EnginePorts } from '../../../src/sync/engine';
import type { Fetch } from '../../../src/sync/http';
import type { Failure } from '../../../src/sync/machine_types';
import { whoAmI } from '../../../src/sync/session';
import { signedFetch } from '../../../src/sync/signing';
import { quietStatus, type SyncStatus } from '../../../src/sync/status';
import { storeNamed } from '../../data/stores';
import { observed } from './observer';
import type { Phone } from './phone';
import { modelSignature } from './seal';

const TRUST_SESSION_MS = 10 * 60_000;

export class Tab {
  alive = true;
  status: SyncStatus = quietStatus;
  store: OfficerStore;
  engine: SyncEngine | null = null;
  device = '';
  /** What the last save of this tab made, for an undo. */
  lastSaved: string[] = [];
  readonly phone: Phone;

  constructor(phone: Phone) {
    this.phone = phone;
    this.store = storeNamed(phone.database);
  }

  async start(): Promise<void> {
    const { phone } = this;
    await phone.world.parts.open?.(phone.database);
    this.device = await openStore(this.store, () => phone.world.ledger.newId(`dev${String(phone.index)}-`));
    phone.opened(this.device);
    this.engine = new SyncEngine(this.#ports());
    this.engine.wake();
  }

  /** The process ends at this instant: nothing it had not committed is kept, nothing it hears is used. */
  kill(): void {
    if (!this.alive) return;
    this.alive = false;
    this.phone.world.faults.abortAll(this.store.backendDB());
    this.phone.locks.forget(this);
    this.store.close();
  }

  #ports(): EnginePorts {
    const { phone } = this;
    const { world } = phone;
    const { parts, clock } = world;
    const storage = syncStorage(this.store);
    const ports: EnginePorts = {
      storage: observed(parts.storage?.(storage, this.store) ?? storage, this.store, world.ledger),
      fetch: this.#fetch(),
      public_key: phone.plan.signed ? this.#publicKey() : null,
      locks: parts.locks ?? phone.locks.of(this),
      now_ms: () => phone.now_ms(),
      random: () => world.dice.next(),
      after: (delay_ms, call) =>
        clock.after(delay_ms, () => {
          if (this.alive) call();
        }),
      app_version: '0.1.0',
      onStatus: (status) => {
        this.#say(status);
      },
      ...{ onPulled: () => undefined, onReplaced: () => undefined, onPushed: () => undefined },
      ownSession: this.#guard(),
    };
    return parts.ports?.(ports) ?? ports;
  }

  #say(status: SyncStatus): void {
    const word = (of: SyncStatus): string => `${of.phase} ${of.trouble ?? ''} ${of.refused_code ?? ''}`;
    if (word(status) !== word(this.status)) this.phone.note(word(status));
    this.status = status;
  }

  #publicKey(): string {
    return `key of ${this.device}`;
  }

  /** What a dead tab asks is never sent, and what it asked before is never heard. */
  #living(fetch: Fetch): Fetch {
    return (input, init) =>
      new Promise((resolve, reject) => {
        if (!this.alive) return;
        fetch(input, init).then(
          (response) => {
            if (this.alive) resolve(response);
          },
          (error: unknown) => {
            if (this.alive) reject(error as Error);
          },
        );
      });
  }

  #named(): Fetch {
    const { phone } = this;
    const { parts } = phone.world;
    const bare = this.#living(phone.network.fetchOf(() => phone.session));
    const named: Fetch = (input, init) => {
      const headers = new Headers(init?.headers);
      headers.set('x-officer', phone.officer);
      return phone.counted(this, input, init?.signal ?? null, () => bare(input, { ...init, headers }));
    };
    return parts.fetch?.(named, this.store) ?? named;
  }

  #fetch(): Fetch {
    const { phone } = this;
    const named = this.#named();
    const signed = !phone.plan.signed
      ? named
      : signedFetch(named, {
          keyid: () => this.device,
          sign: (bytes) => Promise.resolve(modelSignature(this.#publicKey(), bytes)),
          now_ms: () => phone.now_ms(),
          randomBytes: (count) => Uint8Array.from({ length: count }, () => phone.world.dice.between(0, 255)),
        });
    return phone.world.parts.ask?.(signed, this.store) ?? signed;
  }

  /** As in the composition root: whose session it is, asked again after ten minutes. */
  #guard(): () => Promise<Failure | null> {
    const { phone } = this;
    const fetch = this.#living(phone.network.fetchOf(() => phone.session));
    let checked_ms = -Infinity;
    return async () => {
      const trusted = Math.abs(phone.now_ms() - checked_ms) < TRUST_SESSION_MS;
      if (trusted && this.status.trouble !== 'signed_out') return null;
      const who = await whoAmI(fetch);
      if (who.kind === 'refused') return { kind: 'refused', code: 'not_allowed' };
      if (who.kind === 'busy') return { kind: 'busy', retry_after_s: null };
      if (who.kind !== 'signed_in') return { kind: who.kind };
      if (who.me.officer.id !== phone.officer) return { kind: 'signed_out' };
      checked_ms = phone.now_ms();
      return null;
    };
  }
}
