/** SHELL: everything a signed-in officer's screens show, kept in step with the phone's database. */
import { liveQuery, type Subscription } from 'dexie';
import { fact, setFact, type DraftRow, type KeptDraft, type OfficerStore } from '../data/officer_store';
import { announceAttachments, takeBack } from '../data/attachments';
import type { ArrivedFiles } from '../domain/attachments';
import { firstDoors } from '../data/first_doors';
import { saveRecords, undoRecords } from '../data/save';
import { dayOf } from '../domain/dates';
import { distance_m, usableFix, type Position } from '../domain/distance';
import { applyDoorChanges, isDoorChange, type DoorPage } from '../domain/door_pages';
import type { PackageControl } from '../domain/map_package';
import type { NewMutation, OutboxRow, SentRow } from '../domain/mutations';
import type { Reveal } from '../domain/parties';
import type { AddTrack } from '../domain/track_file';
import type { Place } from '../domain/payloads';
import { pendingVisits, phoneVisits, visitsOn } from '../domain/made_visits';
import { doorFinder, overlayDoors, pendingMutations } from '../domain/overlay';
import { overlayDisputes, workedDisputes } from '../domain/overlay_disputes';
import { keepsRecords, type Change, type DisputeRecord, type Me, type VisitRecord } from '../domain/records';
import { dueAfter, dueDoors } from '../domain/schedule';
import { draftMutations, type VisitDraft } from '../domain/visit_draft';
import type { BestFix, LocationState } from '../location/best_fix';
import { quietStatus, type SyncControl, type SyncStatus } from '../sync/status';
import { WorkedSteps } from './worked_steps.svelte';
import type { LockControl } from './lock.svelte';
import type { Outing } from './outing.svelte';

const nothing = (): void => undefined;
const noSync: SyncControl = {
  ...{ wake: nothing, saved: nothing, stop: nothing, compare: nothing },
  enrol: () => Promise.resolve({ kind: 'no_network' }),
  becomeNewDevice: () => Promise.resolve(),
};

export interface OfficePorts {
  store: OfficerStore;
  me: Me;
  newId: () => string;
  now_ms: () => number;
  /** How many records a database had made that is no longer there; null when nothing is missing. */
  evicted_records: number | null;
  onMade: (made_total: number) => void;
}

/** What is saved together, and what an undo goes back to. */
export interface Saving {
  mutations: NewMutation[];
  /** The form it was written in; null when there was none. */
  kept: KeptDraft | null;
  /** What the toast says was saved. */
  words: string;
  /** The address an undo leads to; null where the screen stays. */
  back: string | null;
}

export interface JustSaved {
  ids: string[];
  records: string[];
  kept: KeptDraft | null;
  words: string;
  back: string | null;
}

const DEVICE_TROUBLES = [
  ...['enrolment_code_needed', 'enrolment_code_invalid', 'device_not_enrolled', 'device_revoked'],
  'device_key_known',
];
const FIRST_LOOK_MS = 50;
/** The list of doors is sorted anew only after a walk of this length. */
const RESORT_AFTER_M = 25;

export class Office {
  readonly store: OfficerStore;
  readonly worked: WorkedSteps;
  readonly newId: () => string;
  readonly now: () => number;
  readonly #onMade: (made_total: number) => void;
  sync: SyncControl = noSync;
  location: BestFix | null = null;
  /** Asks the server for a party's contact; null where nobody may. */
  reveal: Reveal | null = null;
  /** Asks which files of a record the server holds; null where nobody asks. */
  arrivedFiles: ArrivedFiles | null = null;
  /** Adds a track file to an outing on the server; null where nobody may. */
  addTrack: AddTrack | null = null;
  /** Only where records are kept. */
  outing: Outing | null = null;
  /** How this phone is locked; null until that is known. */
  lock = $state.raw<LockControl | null>(null);
  /** The map package of the station, with the code that looks after it; null where nobody needs one. */
  maps = $state.raw<(() => Promise<PackageControl>) | null>(null);
  stopMaps: () => void = nothing;

  me = $state.raw<Me>() as Me;
  status = $state.raw<SyncStatus>(quietStatus);
  outbox = $state.raw<OutboxRow[]>([]);
  sent = $state.raw<SentRow[]>([]);
  drafts = $state.raw<DraftRow[]>([]);
  visits = $state.raw<VisitRecord[]>([]);
  disputeRows = $state.raw<DisputeRecord[]>([]);
  pages = $state.raw<ReadonlyMap<string, DoorPage>>(new Map());
  position = $state.raw<LocationState>({ fix: null, reason: 'not_asked' });
  here = $state.raw<Position | null>(null);
  now_ms = $state(0);
  loaded = $state(false);
  firstSyncDone = $state(false);
  /** This device was revoked: only what is unsent and the receipts are shown. */
  revoked = $state(false);
  evictedRecords = $state<number | null>(null);
  /** What the last save was, while it can be undone. */
  justSaved = $state.raw<JustSaved | null>(null);
  /** The outing that is running: records made meanwhile name it. */
  patrolId = $state<string | null>(null);

  readonly keepsRecords = $derived.by(() => keepsRecords(this.me));
  readonly zone = $derived.by(() => this.me.deployment.zone);
  readonly today_on = $derived.by(() => dayOf(this.now_ms, this.zone));
  readonly #inSnapshot = $derived.by(
    () => new Set([...this.visits, ...this.disputeRows, ...this.worked.rows].map((row) => row.id)),
  );
  readonly pending = $derived.by(() =>
    pendingMutations(this.outbox, this.sent, (id) => this.#inSnapshot.has(id)),
  );
  readonly #doorsOfFeed = $derived.by(() => [...this.pages.values()].flatMap((page) => page.doors));
  /** Visits of this phone that the feed has not shown yet, with what their corrections make of others. */
  readonly ownVisits = $derived.by(() => phoneVisits(this.visits, this.pending, this.me));
  readonly doors = $derived.by(() =>
    overlayDoors(this.#doorsOfFeed, pendingVisits(this.ownVisits), this.pending, this.me),
  );
  readonly doorById = $derived.by(() => doorFinder(this.#doorsOfFeed, this.doors));
  readonly #dueOfFeed = $derived.by(() => dueDoors(this.#doorsOfFeed, this.today_on, this.here));
  readonly due = $derived.by(() =>
    dueAfter(this.#dueOfFeed, this.#doorsOfFeed, this.doors, this.today_on, this.here),
  );
  readonly todaysVisits = $derived.by(() => visitsOn(this.today_on, this.visits, this.ownVisits, this.me));
  /** What this phone has made about disputes, to be laid over what the feed shows. */
  readonly ownWork = $derived.by(() => {
    const unsent = new Set(this.outbox.map((row) => row.id));
    return { pending: this.pending, unsent, me: this.me };
  });
  readonly disputes = $derived.by(() => overlayDisputes(this.disputeRows, this.worked.rows, this.ownWork));
  readonly pendingIds = $derived.by(() => new Set(this.pending.map((mutation) => mutation.record_id)));
  /** Why this device may not sync as it is; the officer mends it on the enrolment screen. */
  readonly deviceTrouble = $derived.by(() => {
    const code = this.revoked ? 'device_revoked' : this.status.refused_code;
    return code !== null && DEVICE_TROUBLES.includes(code) ? code : null;
  });
  readonly signedOut = $derived(this.status.trouble === 'signed_out');
  /** Ids of records that are on their way right now. */
  readonly sendingIds = $derived.by(() => new Set(this.status.sending));

  /** How many doors are due, also while only the first of them are there. */
  readonly dueTotal = $derived.by(() => (this.loaded ? this.due.length : this.#firstTotal));

  /** Signed out or opened anew: what is still starting leaves off. */
  stopped = false;
  /** Resolves when all doors are in memory: what the feed brings meanwhile would be lost on them. */
  whole: Promise<void> = Promise.resolve();
  #firstTotal = $state(0);
  #subscriptions: Subscription[] = [];
  #clock = 0;

  constructor(ports: OfficePorts) {
    this.store = ports.store;
    this.worked = new WorkedSteps(ports.store);
    this.me = ports.me;
    this.newId = ports.newId;
    this.now = ports.now_ms;
    this.#onMade = ports.onMade;
    this.evictedRecords = ports.evicted_records;
    this.now_ms = ports.now_ms();
  }

  /** Fills the screens from the database and keeps them full. */
  async start(): Promise<void> {
    this.#clock = window.setInterval(() => (this.now_ms = this.now()), 30_000);
    this.#watch(
      () => this.store.outbox.orderBy('seq').toArray(),
      (rows) => {
        this.outbox = rows;
        this.#followWorked();
      },
    );
    this.#watch(
      () => this.store.sent.orderBy('sent_at_ms').reverse().toArray(),
      (rows) => {
        this.sent = rows;
        this.#followWorked();
      },
    );
    this.#watch(
      () => this.store.drafts.toArray(),
      (rows) => (this.drafts = rows),
    );
    this.#watch(
      () => this.store.visits.toArray(),
      (rows) => (this.visits = rows),
    );
    this.#watch(
      () => this.store.disputes.toArray(),
      (rows) => (this.disputeRows = rows),
    );
    this.#watch(
      () => fact(this.store, 'first_sync_done'),
      (done) => (this.firstSyncDone = done ?? false),
    );
    this.#watch(
      () => fact(this.store, 'revoked'),
      (revoked) => {
        this.takeRevoked(revoked ?? false);
      },
    );
    this.#watch(
      () => fact(this.store, 'made_total'),
      (made) => {
        this.#onMade(made ?? 0);
      },
    );
    this.revoked = (await fact(this.store, 'revoked')) ?? false;
    if (!this.revoked) ({ pages: this.pages, total: this.#firstTotal } = await firstDoors(this.store));
    this.whole = this.#readDoors();
  }

  async #readDoors(): Promise<void> {
    // After the first picture: reading 50,000 doors holds a slow phone up for a second.
    if (this.pages.size > 0) await new Promise((painted) => setTimeout(painted, FIRST_LOOK_MS));
    if (this.stopped) return;
    await this.reloadDoors();
    this.loaded = true;
  }

  stop(): void {
    this.stopped = true;
    this.sync.stop();
    this.location?.stop();
    this.outing?.stop();
    this.lock?.stop();
    this.stopMaps();
    window.clearInterval(this.#clock);
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    this.#subscriptions = [];
    this.worked.stop();
  }

  #followWorked(): void {
    this.worked.follow(workedDisputes([...this.outbox, ...this.sent].map((row) => row.mutation)));
  }

  #watch<T>(query: () => Promise<T>, take: (rows: T) => void): void {
    this.#subscriptions.push(liveQuery(query).subscribe({ next: take }));
  }

  /** Another tab may have heard it first: what lies in memory goes here as well. */
  takeRevoked(revoked: boolean): void {
    if (revoked && !this.revoked) {
      this.pages = new Map();
      this.justSaved = null;
      this.stopMaps();
      this.maps = null;
    }
    this.revoked = revoked;
  }

  async reloadDoors(): Promise<void> {
    this.pages = new Map((await this.store.doors.toArray()).map((page) => [page.area, page]));
  }

  /** What the feed brought, applied to the doors in memory with the function that wrote it to the database. */
  takePulled(changes: readonly Change[], reset: boolean): void {
    const pages = new Map(reset ? [] : this.pages);
    const changed = applyDoorChanges(pages, changes.filter(isDoorChange));
    if (changed.length === 0 && !reset) return;
    for (const page of changed) pages.set(page.area, page);
    this.pages = pages;
  }

  takePosition(position: LocationState): void {
    this.position = position;
    const fix = position.fix;
    if (fix && (!this.here || distance_m(this.here, fix) > RESORT_AFTER_M))
      this.here = { lon: fix.lon, lat: fix.lat };
  }

  async takeMe(me: Me): Promise<void> {
    this.me = me;
    await setFact(this.store, 'me', me);
  }

  /** Where the officer is, as a record keeps it; null without a usable fix: saving never waits for one. */
  placeNow(now_ms: number): Place | null {
    const fix = usableFix(this.position.fix, now_ms);
    return fix && placeOf(fix, now_ms);
  }

  /** Resolves when the visit lies in the database for good. */
  async saveVisit(draft: VisitDraft, words: string): Promise<void> {
    if (draft.outcome === null) return;
    const now_ms = this.now();
    const mutations = draftMutations(draft, draft.outcome, {
      place: this.placeNow(now_ms),
      no_place_reason: this.position.reason,
      campaign: this.me.campaign?.id ?? null,
      patrol: this.patrolId,
      recorded_at: new Date(now_ms).toISOString(),
      newId: this.newId,
    });
    const kept = { premises: draft.premises, draft };
    await this.save({ mutations, kept, words, back: `#/visit/${draft.premises}` });
  }

  /** Resolves when the records lie in the database for good; for five seconds they can be taken back. */
  async save({ mutations, kept, words, back }: Saving): Promise<void> {
    const now_ms = this.now();
    const ids = await saveRecords(this.store, mutations, keyOf(kept), now_ms);
    this.now_ms = now_ms;
    const records = mutations.map((mutation) => mutation.record_id);
    // The records are saved whatever becomes of this; photos left behind are announced with the next round.
    const photos = await this.#announce(records, now_ms).catch(() => []);
    this.justSaved = { ids: [...ids, ...photos], records, kept, words, back };
    this.sync.saved();
  }

  async #announce(records: readonly string[], now_ms: number): Promise<string[]> {
    const ids: string[] = [];
    for (const record of records) ids.push(...(await announceAttachments(this.store, record, now_ms)));
    return ids;
  }

  async undo(): Promise<boolean> {
    const saved = this.justSaved;
    this.justSaved = null;
    if (!saved) return false;
    await takeBack(this.store, saved.ids);
    const undone = await undoRecords(this.store, saved.ids, saved.kept, this.now());
    if (!undone) await this.#announce(saved.records, this.now());
    return undone;
  }
}

function keyOf(kept: KeptDraft | null): string {
  if (kept === null) return '';
  return 'premises' in kept ? kept.premises : kept.key;
}

function placeOf(
  fix: { lon: number; lat: number; accuracy_m: number; at_ms: number },
  now_ms: number,
): Place {
  const { lon, lat, accuracy_m, at_ms } = fix;
  return { lon, lat, accuracy_m, age_s: Math.max(0, Math.round((now_ms - at_ms) / 1000)) };
}
