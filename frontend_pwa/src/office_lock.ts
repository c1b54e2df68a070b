/** SHELL: the lock of an open phone: its settings, the clock that closes it, sealed copies for what is saved. */
import { liveQuery } from 'dexie';
import { changeSecret, keyFacts, setUpLock, takeLockOff, tryOpen } from './data/lock';
import type { Material } from './data/lock_key';
import { fact, type OfficerStore } from './data/officer_store';
import { sealMissing, takeSeals } from './data/sealed_outbox';
import { DEFAULT_POLICY, locksAfter, type LockKind, type LockPolicy } from './domain/lock';
import { followVisibility } from './location/visibility';
import { hearServer, materialFor, prepared } from './office_secret';
import { now_ms } from './own_fetch';
import { LockControl, type LockPorts, type SetUpAnswer } from './ui/lock.svelte';
import type { Office } from './ui/office.svelte';

/** Records get their sealed copy so long after the last of them was saved, where saving could not make it. */
const SEAL_AFTER_MS = 2_000;

/** Locks when the page was out of sight for so long; a page that sleeps finds out when it wakes. */
function lockWhenHidden(after_ms: () => number, lock: () => void): () => void {
  let hidden_at_ms: number | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const unfollow = followVisibility({
    onHidden: () => {
      hidden_at_ms = now_ms();
      timer = setTimeout(lock, after_ms());
    },
    onShown: () => {
      clearTimeout(timer);
      if (hidden_at_ms !== null && locksAfter(hidden_at_ms, now_ms(), after_ms())) lock();
      hidden_at_ms = null;
    },
  });
  return () => {
    clearTimeout(timer);
    unfollow();
  };
}

/** Also what was saved before the lock, or in another way than `saveRecords`, gets its copy. */
function sealNewRecords(store: OfficerStore): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const seal = async (): Promise<void> => {
    if (!store.keyring.seals) await takeSeals(store);
    await sealMissing(store);
  };
  const watched = liveQuery(() => store.outbox.count()).subscribe(() => {
    clearTimeout(timer);
    timer = setTimeout(() => void seal().catch(() => undefined), SEAL_AFTER_MS);
  });
  return () => {
    clearTimeout(timer);
    watched.unsubscribe();
  };
}

/** What opens the lock that is set, as it is typed; the server is asked for its share where it was forgotten. */
async function materialNow(
  store: OfficerStore,
  officer: string,
  secret: string,
): Promise<Material | Exclude<SetUpAnswer, 'done' | 'wrong'>> {
  const key = await keyFacts(store);
  if (!key) return 'refused';
  const material = await materialFor(store, key, secret);
  if (material !== 'no_share') return material;
  const heard = await hearServer(store, officer, key);
  if (heard === 'share_changed') return 'refused';
  if (heard !== 'heard') return heard;
  const again = await materialFor(store, key, secret);
  return again === 'no_share' ? 'refused' : again;
}

/** The settings of the lock of one office, and what runs while it is on. */
class OfficeLock implements LockPorts {
  readonly #office: Office;
  readonly #lock: () => void;
  readonly #tabs: BroadcastChannel;
  #running: (() => void)[] = [];

  constructor(office: Office, lock: () => void) {
    this.#office = office;
    this.#lock = lock;
    this.#tabs = new BroadcastChannel(`${office.store.name}-lock`);
    // Another tab locked, or holds another key now: this one starts anew.
    this.#tabs.onmessage = () => location.reload();
  }

  get policy(): LockPolicy {
    return this.#office.me.lock ?? DEFAULT_POLICY;
  }

  /** Runs while there is a lock. */
  watch(): void {
    this.#quiet();
    this.#running = [
      lockWhenHidden(() => this.policy.after_minutes * 60_000, this.#lock),
      sealNewRecords(this.#office.store),
    ];
  }

  async setUp(kind: LockKind, secret: string): Promise<SetUpAnswer> {
    const { store, me } = this.#office;
    const made = await prepared(store, me.officer, kind, secret, this.policy);
    if (made.kind !== 'ready') return made.kind;
    await setUpLock(store, made.lock, now_ms());
    this.watch();
    this.tellTabs();
    return 'done';
  }

  async change(old: string, kind: LockKind, secret: string): Promise<SetUpAnswer> {
    const { store, me } = this.#office;
    const material = await this.#proof(old);
    if (typeof material === 'string') return material;
    const made = await prepared(store, me.officer, kind, secret, this.policy);
    if (made.kind !== 'ready') return made.kind;
    return (await changeSecret(store, material, made.lock, now_ms())) ? 'done' : 'wrong';
  }

  async takeOff(old: string): Promise<SetUpAnswer> {
    const material = await this.#proof(old);
    if (typeof material === 'string') return material;
    this.#quiet();
    await takeLockOff(this.#office.store);
    this.tellTabs();
    return 'done';
  }

  async dismiss(): Promise<void> {
    await this.#office.store.lock.put({ name: 'offer', dismissed: true });
  }

  tellTabs(): void {
    this.#tabs.postMessage('changed');
  }

  stop(): void {
    this.#quiet();
    this.#tabs.close();
  }

  /** It counts as a try: an open phone is no place to guess at either. */
  async #proof(old: string): Promise<Material | Exclude<SetUpAnswer, 'done'>> {
    const { store, me } = this.#office;
    const material = await materialNow(store, me.officer.id, old);
    if (typeof material === 'string') return material;
    const answer = await tryOpen(store, material, now_ms());
    // The tenth: the key is gone, and the closed phone ends what is left.
    if (answer.kind === 'spent') this.#lock();
    return answer.kind === 'opened' ? material : 'wrong';
  }

  #quiet(): void {
    for (const stop of this.#running) stop();
    this.#running = [];
  }
}

/** Seals everything that is unsent, with or without a lock; false where there is no key to seal to. */
export async function sealOutbox({ store, me }: Office): Promise<boolean> {
  const device = await fact(store, 'device');
  if (!me.sealing_key || !device || !globalThis.crypto?.subtle) return false;
  store.keyring.seals = { key: me.sealing_key, device };
  await sealMissing(store);
  return true;
}

/** Gives the open office its lock. */
export async function attachLock(office: Office): Promise<void> {
  const { store } = office;
  const key = await keyFacts(store);
  const lock: OfficeLock = new OfficeLock(office, () => control.close());
  const dismissed = (await store.lock.get('offer')) !== undefined;
  const control: LockControl = new LockControl(lock, key?.kind ?? null, lock.policy, dismissed);
  if (office.stopped) return;
  office.lock = control;
  if (!key) return;
  if (JSON.stringify(key.policy) !== JSON.stringify(lock.policy))
    await store.lock.update('key', { policy: lock.policy });
  lock.watch();
}
