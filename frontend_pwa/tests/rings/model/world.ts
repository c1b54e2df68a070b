/** SHELL: one history from its first step to the comparison at its end. */
import Dexie from 'dexie';
import { VirtualClock } from './clock';
import { Dice } from './dice';
import { compare, compareReleased, isUpToDate, unsent } from './comparison';
import type { History, Step } from './history';
import { Ledger } from './ledger';
import type { Parts } from './parts';
import { Phone } from './phone';
import { ModelServer } from './server';
import { UNITS } from './server_state';
import { StorageFaults } from './storage_faults';

/** The promise: with the network back every outbox is empty after this time, without a reload and without a tap. */
export const DRAINED_WITHIN_MS = 60_000;
/** Then every phone has asked for news twice. */
const NEWS_MS = 70_000;
/** Records that wait for a person are asked about every ten minutes. */
const RELEASE_HEARD_MS = 11 * 60_000;

export interface Ended {
  broken: string[];
  trace: string[];
  /** How long the slowest outbox took after everything was healed. */
  drained_ms: number;
  saved: number;
}

let worlds = 0;

export class World {
  readonly name: string;
  readonly clock = new VirtualClock();
  readonly ledger = new Ledger();
  readonly faults = new StorageFaults();
  readonly dice: Dice;
  readonly server: ModelServer;
  readonly phones: Phone[];
  readonly parts: Parts;

  constructor(history: History, parts: Parts) {
    worlds += 1;
    this.name = `ring-${String(worlds)}`;
    this.parts = parts;
    this.dice = new Dice(history.seed);
    this.server = new ModelServer(() => this.clock.now_ms);
    this.phones = history.phones.map((plan, index) => new Phone(this, index, plan));
    for (const phone of this.phones) {
      const unit = UNITS[phone.plan.unit] ?? 's1';
      this.server.accounts.set(phone.officer, { unit, active: true });
    }
  }

  note(line: string): void {
    this.ledger.trace.push(`${((this.clock.now_ms % 86_400_000) / 1000).toFixed(2)} ${line}`);
  }

  async run(history: History): Promise<Ended> {
    this.clock.install();
    this.faults.install();
    try {
      for (const phone of this.phones) await this.#begun(phone.begin());
      for (const step of history.steps) await this.#take(step);
      return await this.#end();
    } finally {
      for (const phone of this.phones) phone.killAll();
      await this.clock.settle();
      for (const phone of this.phones) await Dexie.delete(phone.database);
      this.faults.remove();
      this.clock.remove();
    }
  }

  /** Work of the ring itself: it ends at this instant, for nothing in it waits for time. */
  async #begun(work: Promise<unknown>): Promise<void> {
    await work;
    await this.clock.settle();
  }

  async #take(step: Step): Promise<void> {
    this.note(`${JSON.stringify(step)}`);
    if (step.do === 'wait') await this.clock.pass(step.seconds * 1000);
    else if ('phone' in step)
      await this.#take_on(step, this.phones[step.phone % this.phones.length] as Phone);
    else this.#onServer(step);
    await this.clock.settle();
  }

  #onServer(step: Step): void {
    const { server, ledger } = this;
    if (step.do === 'backup') server.backup();
    else if (step.do === 'restore') server.restore(step.forgets_sessions);
    else if (step.do === 'release') server.releaseOne();
    else if (step.do === 'bureau_visit') server.bureauVisit('s1', step.door, ledger.newId('b-'));
    else if (step.do === 'bureau_moves_door') server.bureauMovesDoor('s1', step.door);
  }

  async #take_on(step: Extract<Step, { phone: number }>, phone: Phone): Promise<void> {
    const account = this.server.accounts.get(phone.officer);
    switch (step.do) {
      case 'save':
        return void phone.save(step.sort, step.count);
      case 'undo':
        return void phone.undo();
      case 'weather':
        phone.network.weather = step.weather;
        return;
      case 'online':
        return phone.living.forEach((tab) => tab.engine?.online());
      case 'wake':
        return phone.living.forEach((tab) => tab.engine?.wake());
      case 'reopen':
        phone.killAll();
        return phone.openTab();
      case 'second_tab':
        return phone.openTab();
      case 'sign_in':
        return phone.signIn();
      case 'sign_out_at_server':
        for (const session of this.server.sessions.values())
          if (session.officer === phone.officer) session.live = false;
        return;
      case 'kill': {
        const tab = phone.living[step.tab % Math.max(1, phone.living.length)];
        if (step.when === 'now') return tab?.kill();
        return phone.arm(tab, step.when === 'in_write' ? 'killed_in' : 'killed_after', step.writes);
      }
      case 'no_space':
        return phone.arm(phone.living[0], 'no_space', step.writes);
      case 'evict':
        return phone.evict(step.what);
      case 'jump':
        phone.off_ms += step.days * 86_400_000;
        if (step.days > 0) phone.jumped = true;
        return;
      case 'deactivate':
        if (account) account.active = false;
        return;
      case 'move':
        if (account) account.unit = account.unit === 's1' ? 's2' : 's1';
        return;
      case 'revoke':
        return this.#revoke(phone);
    }
  }

  #revoke(phone: Phone): void {
    for (const device of this.server.held.devices.values())
      if (device.officer === phone.officer) device.revoked = true;
  }

  /** Every fault ends. Whoever can sign in does, where the session was lost; nobody taps anything else. */
  async #heal(): Promise<void> {
    this.note('healed');
    this.server.mended = true;
    for (const phone of this.phones) {
      phone.network.weather = 'good';
      for (const tab of phone.living) this.faults.disarm(tab.store.backendDB());
      if (phone.mustSignIn()) await phone.signIn();
      if (phone.living.length === 0) await phone.openTab();
      // A browser does not always notice that the network is back.
      if (this.dice.chance(0.5)) for (const tab of phone.living) tab.engine?.online();
      await this.clock.settle();
    }
  }

  async #end(): Promise<Ended> {
    await this.#heal();
    let drained_ms = 0;
    while ((await unsent(this)) > 0 && drained_ms < DRAINED_WITHIN_MS) {
      await this.clock.pass(1_000);
      drained_ms += 1_000;
    }
    if ((await unsent(this)) > 0)
      this.ledger.sayBroken('every outbox is empty 60 s after the network is back');
    for (let waited_ms = 0; waited_ms < NEWS_MS && !(await isUpToDate(this)); waited_ms += 5_000)
      await this.clock.pass(5_000);
    await compare(this);
    if ([...this.server.held.mutations.values()].some((held) => held.released)) {
      await this.clock.pass(RELEASE_HEARD_MS);
      await compareReleased(this);
    }
    const { broken, trace, saved } = this.ledger;
    return { broken, trace, drained_ms, saved: saved.size };
  }
}

export async function runHistory(history: History, parts: Parts = {}): Promise<Ended> {
  return new World(history, parts).run(history);
}
