/** PURE: what screens see of the lock: a closed phone that asks for its secret, and the settings of an open one. */
import type { LockKind, LockPolicy, Tries } from '../domain/lock';
import type { Office } from './office.svelte';

/** What became of a try. */
export type UnlockAnswer =
  | { kind: 'opened'; office: Office }
  | { kind: 'wrong' | 'wait'; tries: Tries }
  /** The tenth: the key is gone, the database deleted, what was sealed is kept. */
  | { kind: 'erased' }
  | { kind: 'contact_needed' | 'cancelled' | 'unsupported' };

export type ContactAnswer = 'heard' | 'no_network' | 'busy' | 'signed_out' | 'share_changed' | 'refused';

export interface LockedFacts {
  tries: Tries;
  /** The server has to be asked before the secret opens anything. */
  contact_needed: boolean;
  /** Sealed records that wait to be sent, and photos, which wait until the lock opens. */
  unsent: number;
  photos: number;
}

export interface LockedPorts {
  kind: LockKind;
  look: () => Promise<LockedFacts>;
  /** A PIN or passphrase; nothing for a passkey. */
  open: (secret: string) => Promise<UnlockAnswer>;
  contact: () => Promise<ContactAnswer>;
  /** The secret is forgotten: deletes the database, keeps what is sealed. */
  erase: () => Promise<void>;
  /** Somebody signs in instead: whatever runs behind the lock ends. */
  drop: () => void;
}

/** A closed phone. `App` shows it before anything else; nothing of its officer is known here. */
export class LockedPhone {
  readonly ports: LockedPorts;

  constructor(ports: LockedPorts) {
    this.ports = ports;
  }
}

export type SetUpAnswer =
  'done' | 'wrong' | 'no_network' | 'busy' | 'signed_out' | 'refused' | 'unsupported' | 'cancelled';

/** What an open phone proves itself with before its lock is changed. */
export interface LockPorts {
  setUp: (kind: LockKind, secret: string) => Promise<SetUpAnswer>;
  change: (old: string, kind: LockKind, secret: string) => Promise<SetUpAnswer>;
  takeOff: (old: string) => Promise<SetUpAnswer>;
  /** Says for good that this officer does not want the offer any more. */
  dismiss: () => Promise<void>;
  /** The other tabs close too. */
  tellTabs: () => void;
  stop: () => void;
}

/** The lock of the phone that is open. */
export class LockControl {
  readonly #ports: LockPorts;
  /** How it is locked; null: it is not. */
  kind = $state<LockKind | null>(null);
  policy = $state.raw<LockPolicy>() as LockPolicy;
  /** The officer said "not now" to the offer. */
  dismissed = $state(false);
  /** App closes the phone; set by App. */
  onLock: () => void = () => undefined;

  constructor(ports: LockPorts, kind: LockKind | null, policy: LockPolicy, dismissed: boolean) {
    this.#ports = ports;
    this.kind = kind;
    this.policy = policy;
    this.dismissed = dismissed;
  }

  /** The installation wants a lock and there is none: nothing else is shown before. */
  get required(): boolean {
    return this.kind === null && this.policy.mode === 'required';
  }

  get offered(): boolean {
    return this.kind === null && this.policy.mode === 'offered' && !this.dismissed;
  }

  async setUp(kind: LockKind, secret: string): Promise<SetUpAnswer> {
    return this.#took(await this.#ports.setUp(kind, secret), kind);
  }

  async change(old: string, kind: LockKind, secret: string): Promise<SetUpAnswer> {
    return this.#took(await this.#ports.change(old, kind, secret), kind);
  }

  async takeOff(old: string): Promise<SetUpAnswer> {
    return this.#took(await this.#ports.takeOff(old), null);
  }

  async dismiss(): Promise<void> {
    this.dismissed = true;
    await this.#ports.dismiss();
  }

  /** Closes this tab's phone: another tab of the officer may be in use. */
  close(): void {
    if (this.kind !== null) this.onLock();
  }

  lockNow(): void {
    if (this.kind !== null) this.#ports.tellTabs();
    this.close();
  }

  stop(): void {
    this.#ports.stop();
  }

  #took(answer: SetUpAnswer, kind: LockKind | null): SetUpAnswer {
    if (answer === 'done') this.kind = kind;
    return answer;
  }
}
