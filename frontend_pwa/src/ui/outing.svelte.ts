/** SHELL: the outing that is running: what happens to it is in the database before it is on the screen. */
import { liveQuery, type Subscription } from 'dexie';
import { blocksOf, dropOldOutings, runningOuting, writeOuting } from '../data/outings';
import type { OfficerStore } from '../data/officer_store';
import type { NewMutation } from '../domain/mutations';
import {
  isRecording,
  startOuting,
  type Made,
  type OutingChoice,
  type OutingEvent,
  type OutingState,
  type TrackFix,
} from '../domain/outing';
import { advance, isWorthWriting } from '../domain/outing_advance';
import { startRecords } from '../domain/outing_records';
import { trackPieces, type FixBlock } from '../domain/tracks';
import type { LegMode } from '../domain/words';
import type { BatteryState } from '../location/battery';
import type { RecorderEvents } from '../location/recorder';
import type { VisibilityEvents } from '../location/visibility';
import type { WakeState } from '../location/wake_lock';

export interface OutingPorts {
  store: OfficerStore;
  newId: () => string;
  now_ms: () => number;
  /** One of the tabs of this browser records; the others look on. */
  locks: { exclusively: (work: () => Promise<void>) => Promise<void> };
  recorder: (events: RecorderEvents) => { start: () => void; stop: () => void };
  wakeLock: (changed: (state: WakeState) => void) => { hold: () => Promise<void>; release: () => void };
  followVisibility: (events: VisibilityEvents) => () => void;
  followBattery: (changed: (state: BatteryState) => void) => () => void;
  isHidden: () => boolean;
  madeIn: (outing: OutingState) => Made;
  /** The id that records made from now on name; null outside an outing. */
  onPatrol: (id: string | null) => void;
  /** Records were put into the outbox. */
  onSaved: () => void;
}

const TICK_MS = 10_000;
/** So often it is written down that the app was awake: a killed browser's gap begins at most so early. */
const AWAKE_MS = 30_000;

type Unstamped<E> = E extends OutingEvent ? Omit<E, 'at_ms'> : never;

export class Outing {
  /** As the database has it; null when none is running. */
  running = $state.raw<OutingState | null>(null);
  blocks = $state.raw<FixBlock[]>([]);
  /** This tab records. A second tab shows what the first one does. */
  leading = $state(false);
  loaded = $state(false);
  wake = $state<WakeState>('off');
  battery = $state.raw<BatteryState | null>(null);
  /** The phone has no position to give for now. */
  unavailable = $state(false);
  /** The database took nothing: what was recorded since is in memory, and is written with the next that succeeds. */
  failure = $state<unknown>(null);
  /** The outing that was ended because twelve hours were over. */
  timedOut = $state<string | null>(null);
  readonly pieces = $derived.by(() => (this.running ? trackPieces(this.blocks, this.running) : []));

  readonly #ports: OutingPorts;
  readonly #recorder: { start: () => void; stop: () => void };
  readonly #wakeLock: { hold: () => Promise<void>; release: () => void };
  #ahead: OutingState | null = null;
  #open: FixBlock | null = null;
  #unwritten: { blocks: Map<string, FixBlock>; leaving: NewMutation[] } = { blocks: new Map(), leaving: [] };
  #written_ms = 0;
  #queue: Promise<void> = Promise.resolve();
  #following: Subscription | null = null;
  #stops: (() => void)[] = [];
  #stopped = false;

  constructor(ports: OutingPorts) {
    this.#ports = ports;
    this.#recorder = ports.recorder({
      onFix: (fix) => void this.#fixed(fix),
      onTrouble: (trouble) => {
        this.unavailable = trouble === 'unavailable';
        if (trouble === 'denied') void this.#take({ kind: 'denied' });
      },
      onAllowed: () => void this.#take({ kind: 'allowed' }),
    });
    this.#wakeLock = ports.wakeLock((state) => (this.wake = state));
  }

  /** Goes on with what was running when the app was closed, as soon as no other tab records. */
  open(): void {
    this.#following = liveQuery(() => runningOuting(this.#ports.store)).subscribe((row) => {
      if (this.leading) return;
      this.#show(row);
      this.loaded = true;
    });
    const untilStopped = new Promise<void>((resolve) => this.#stops.push(resolve));
    void this.#ports.locks.exclusively(async () => {
      if (this.#stopped) return;
      await this.#lead();
      await untilStopped;
    });
  }

  stop(): void {
    this.#stopped = true;
    this.leading = false;
    this.#following?.unsubscribe();
    this.#recorder.stop();
    this.#wakeLock.release();
    for (const stop of this.#stops) stop();
    this.#stops = [];
  }

  async #lead(): Promise<void> {
    const { store, now_ms, isHidden } = this.#ports;
    const running = await runningOuting(store);
    this.#ahead = running;
    this.blocks = running ? await blocksOf(store, running.id) : [];
    this.#open = this.blocks.find((block) => !block.closed) ?? null;
    this.leading = true;
    this.#listen();
    await this.#take({ kind: 'reopened' });
    if (isHidden()) await this.#take({ kind: 'hidden' });
    this.loaded = true;
    await dropOldOutings(store, now_ms());
  }

  #listen(): void {
    const clock = setInterval(() => void this.#take({ kind: 'tick' }), TICK_MS);
    this.#stops.push(
      () => clearInterval(clock),
      this.#ports.followVisibility({
        onHidden: () => void this.#take({ kind: 'hidden' }),
        onShown: () => void this.#take({ kind: 'shown' }),
      }),
      this.#ports.followBattery((state) => (this.battery = state)),
    );
  }

  /** Resolves with its id when the outing stands in the database. */
  async start(choice: OutingChoice): Promise<string | null> {
    if (!this.leading || this.#ahead !== null) return null;
    const { newId, now_ms } = this.#ports;
    const outing = startOuting(newId(), newId(), choice, now_ms());
    this.timedOut = null;
    this.blocks = [];
    this.#unwritten.leaving = startRecords(outing, newId);
    this.#ahead = outing;
    try {
      await this.#write();
    } catch (error) {
      this.#ahead = null;
      this.#unwritten.leaving = [];
      throw error;
    }
    this.#obey();
    return outing.id;
  }

  pause(): Promise<void> {
    return this.#command({ kind: 'paused' });
  }

  resume(): Promise<void> {
    return this.#command({ kind: 'resumed' });
  }

  changeMode(mode: LegMode): Promise<void> {
    return this.#command({ kind: 'mode', leg: this.#ports.newId(), mode });
  }

  async end(): Promise<string | null> {
    const id = this.#ahead?.id ?? null;
    await this.#command({ kind: 'ended' });
    return id;
  }

  async #fixed(fix: TrackFix): Promise<void> {
    this.unavailable = false;
    await this.#take({ kind: 'fix', fix });
  }

  /** One after the other, in the order in which things happened. */
  #enqueue(work: () => Promise<void>): Promise<void> {
    const job = this.#queue.then(work);
    this.#queue = job.catch(() => undefined);
    return job;
  }

  /** What happens by itself is never refused: what cannot be written now is written with the next. */
  #take(event: Unstamped<OutingEvent>): Promise<void> {
    const stamped = { ...event, at_ms: this.#ports.now_ms() } as OutingEvent;
    return this.#enqueue(async () => {
      if (this.#stopped) return;
      await this.#advance(stamped).catch(() => undefined);
      this.#obey();
    });
  }

  /** What the officer asks for is done and written, or not done and said so. */
  #command(event: Unstamped<OutingEvent>): Promise<void> {
    const stamped = { ...event, at_ms: this.#ports.now_ms() } as OutingEvent;
    return this.#enqueue(async () => {
      const [ahead, open, blocks] = [this.#ahead, this.#open, new Map(this.#unwritten.blocks)];
      const leaving = [...this.#unwritten.leaving];
      try {
        await this.#advance(stamped);
      } catch (error) {
        [this.#ahead, this.#open, this.#unwritten] = [ahead, open, { blocks, leaving }];
        throw error;
      } finally {
        this.#obey();
      }
    });
  }

  async #advance(event: OutingEvent): Promise<void> {
    const before = this.#ahead;
    if (before === null) return;
    const after = advance(before, this.#open, event, this.#ports.newId);
    const ended = after.outing.ended_at_ms !== null;
    this.#ahead = ended ? { ...after.outing, made: this.#ports.madeIn(after.outing) } : after.outing;
    this.#open = after.open;
    for (const block of after.blocks) this.#unwritten.blocks.set(block.id, block);
    this.#unwritten.leaving.push(...after.leaving);
    const overdue = Math.abs(event.at_ms - this.#written_ms) >= AWAKE_MS;
    if (overdue || this.failure !== null || isWorthWriting(before, after)) await this.#write();
    else this.#show(this.#ahead);
  }

  async #write(): Promise<void> {
    const outing = this.#ahead;
    if (outing === null) return;
    const { store, now_ms, onSaved } = this.#ports;
    const { blocks, leaving } = this.#unwritten;
    const at_ms = now_ms();
    try {
      await writeOuting(store, { outing, blocks: [...blocks.values()], leaving }, at_ms);
    } catch (error) {
      this.failure = error;
      throw error;
    }
    this.failure = null;
    this.#written_ms = at_ms;
    this.#unwritten = { blocks: new Map(), leaving: [] };
    this.blocks = [...this.blocks.filter((block) => !blocks.has(block.id)), ...blocks.values()];
    if (outing.ended_at_ms !== null) this.#over(outing);
    this.#show(this.#ahead);
    if (leaving.length > 0) onSaved();
  }

  #over(outing: OutingState): void {
    if (outing.ended_how === 'timeout') this.timedOut = outing.id;
    this.#ahead = null;
    this.#open = null;
  }

  #show(outing: OutingState | null): void {
    this.running = outing;
    this.#ports.onPatrol(outing?.id ?? null);
  }

  /** Position and screen are asked for exactly while an outing records; nothing is recorded outside one. */
  #obey(): void {
    const outing = this.#stopped ? null : this.#ahead;
    if (outing && isRecording(outing)) this.#recorder.start();
    else this.#recorder.stop();
    if (outing && outing.ended_at_ms === null && !outing.paused) void this.#wakeLock.hold();
    else this.#wakeLock.release();
  }
}
