/** SHELL: one phone of the ring: its officer, its database, its tabs, and what people do with it. */
import Dexie from 'dexie';
import { becomeNewDevice, enrolAgain, missingRecords } from '../../../src/data/officer_store';
import { saveRecords, undoRecords } from '../../../src/data/save';
import type { VisitDraft } from '../../../src/domain/visit_draft';
import type { PhonePlan, RecordSort } from './history';
import { TabLocks } from './locks';
import { Network } from './network';
import { aRecord } from './records';
import { sha256OfPayload } from './seal';
import { makeOldStore } from './old_store';
import type { WriteFault } from './storage_faults';
import { Tab } from './tab';
import type { World } from './world';

export class Phone {
  readonly officer: string;
  readonly database: string;
  readonly locks = new TabLocks();
  readonly network: Network;
  session: string | null = null;
  tabs: Tab[] = [];
  off_ms: number;
  /** The browser threw the database, or the outbox, away: the model no longer promises what was only there. */
  evicted = false;
  /** It stands for another device than it was: the server counts two. */
  renewed = false;
  /** Its clock once showed a time so late that its receipts are older than seven days. */
  jumped = false;
  #device: string | null = null;
  readonly #sending = new Set<{ tab: Tab }>();

  constructor(
    readonly world: World,
    readonly index: number,
    readonly plan: PhonePlan,
  ) {
    this.officer = `officer-${String(index)}`;
    this.database = `${world.name}-${String(index)}`;
    this.off_ms = plan.skew_s * 1000;
    this.network = new Network(world.clock, world.dice, world.server, (line) => {
      this.note(line);
    });
  }

  now_ms(): number {
    return this.world.clock.now_ms + this.off_ms;
  }

  note(line: string): void {
    this.world.note(`p${String(this.index)} ${line}`);
  }

  opened(device: string): void {
    if (this.#device !== null && this.#device !== device) this.renewed = true;
    this.#device = device;
  }

  /** Whether the officer may read at this moment: then phone and server can be compared. */
  reads(): boolean {
    const { server } = this.world;
    const session = this.session === null ? undefined : server.sessions.get(this.session);
    const revoked = server.held.devices.get(this.#device ?? '')?.revoked === true;
    return session?.live === true && server.accounts.get(this.officer)?.active === true && !revoked;
  }

  /** A device that the server has never met, of an officer who may not sign in any more, has nobody to vouch for it. */
  canSend(): boolean {
    const { server } = this.world;
    const known = server.held.devices.has(this.#device ?? '');
    return known || server.accounts.get(this.officer)?.active === true;
  }

  mustSignIn(): boolean {
    return !this.reads() && this.world.server.accounts.get(this.officer)?.active === true;
  }

  get living(): Tab[] {
    return this.tabs.filter((tab) => tab.alive);
  }

  async begin(): Promise<void> {
    if (this.plan.old_records > 0) await makeOldStore(this);
    this.signInAtServer();
    for (let n = 0; n < this.plan.tabs; n += 1) await this.openTab();
  }

  signInAtServer(): void {
    this.session = this.world.ledger.newId('session-');
    this.world.server.sessions.set(this.session, { officer: this.officer, live: true, device: null });
  }

  async openTab(): Promise<void> {
    if (this.living.length >= 2) return;
    const tab = new Tab(this);
    this.tabs.push(tab);
    await tab.start();
  }

  killAll(): void {
    for (const tab of this.living) tab.kill();
  }

  /** The officer signs in again: a new session, and the app put together anew. */
  async signIn(): Promise<void> {
    if (this.world.server.accounts.get(this.officer)?.active !== true) return;
    const count = Math.max(1, this.living.length);
    this.killAll();
    this.signInAtServer();
    const revoked = this.world.server.held.devices.get(this.#device ?? '')?.revoked === true;
    for (let n = 0; n < count; n += 1) {
      const tab = new Tab(this);
      await tab.store.open();
      await enrolAgain(tab.store);
      if (revoked && n === 0)
        await becomeNewDevice(tab.store, () => this.world.ledger.newId(`dev${String(this.index)}-`));
      this.tabs.push(tab);
      await tab.start();
    }
  }

  /** Not awaited by the ring: the phone may die in the middle. "Saved" is what the app said while it lived. */
  async save(sort: RecordSort, count: number): Promise<void> {
    const [tab] = this.living;
    if (!tab) return;
    const { world } = this;
    const unit = world.server.accounts.get(this.officer)?.unit ?? 's1';
    const made = Array.from({ length: count }, () => {
      const id = world.ledger.newId(`m${String(this.index)}-`);
      const recorded_at = new Date(this.now_ms()).toISOString();
      return aRecord({ sort, id, unit, door: world.dice.between(0, 5), recorded_at });
    });
    const save = world.parts.save ?? saveRecords;
    try {
      const ids = await save(tab.store, made, 'door', this.now_ms());
      if (!tab.alive) return;
      tab.lastSaved = ids;
    } catch {
      this.note('not saved');
      return;
    }
    this.note(`saved ${made.map(({ id }) => id).join(' ')}`);
    for (const { id, payload } of made)
      world.ledger.saved.set(id, { id, sha256: sha256OfPayload(payload), phone: this.index });
    tab.engine?.saved();
  }

  async undo(): Promise<void> {
    const [tab] = this.living;
    if (!tab || tab.lastSaved.length === 0) return;
    const ids = tab.lastSaved;
    const draft = { premises: 'door' } as VisitDraft;
    const known = ids.flatMap((id) => this.world.ledger.saved.get(id) ?? []);
    // While it is under way nothing is promised either way.
    this.world.ledger.release(ids);
    const undone = await undoRecords(
      tab.store,
      ids,
      { premises: draft.premises, draft },
      this.now_ms(),
    ).catch(() => null);
    if (undone === false) for (const said of known) this.world.ledger.saved.set(said.id, said);
    this.note(`undo ${String(undone)}`);
  }

  arm(tab: Tab | undefined, fault: WriteFault, writes: number): void {
    if (!tab) return;
    const onKilled = (): void => {
      this.note(`${fault} write`);
      tab.kill();
    };
    const turns = this.world.dice.between(1, 6);
    this.world.faults.arm(tab.store.backendDB(), { fault, writes, turns, onKilled });
  }

  /** The browser needs room. The app must say so at its next start, and the model promises nothing of what was here. */
  async evict(what: 'database' | 'outbox'): Promise<void> {
    this.killAll();
    this.evicted = true;
    if (what === 'database') await Dexie.delete(this.database);
    const tab = new Tab(this);
    if (what === 'outbox') await this.#evictOutbox(tab);
    this.world.ledger.release(this.world.ledger.savedOn(this.index).map(({ id }) => id));
    this.tabs.push(tab);
    await tab.start();
  }

  async #evictOutbox(tab: Tab): Promise<void> {
    await tab.store.open();
    const before = await missingRecords(tab.store);
    const lost = await tab.store.outbox.count();
    await tab.store.outbox.clear();
    if ((await missingRecords(tab.store)) !== before + lost)
      this.world.ledger.sayBroken('a phone that lost its outbox counts what is missing');
  }

  /** One sender at a time: between the first byte of a push and its answer no other push of this phone begins. */
  async counted<T>(tab: Tab, path: string, signal: AbortSignal | null, call: () => Promise<T>): Promise<T> {
    if (!path.endsWith('/sync/push')) return call();
    const sending = { tab };
    for (const other of this.#sending) if (!other.tab.alive) this.#sending.delete(other);
    if (this.#sending.size > 0) this.world.ledger.sayBroken('one sender at a time on a phone');
    this.#sending.add(sending);
    const over = (): void => void this.#sending.delete(sending);
    signal?.addEventListener('abort', over);
    return call().finally(over);
  }
}
