/** PURE: the model server: every route a phone asks, answered after the contract, without network and without time. */
import type { Mutation } from '../../../src/domain/mutations';
import { receive, release, type Sender } from './server_judge';
import {
  changeOf,
  copyOf,
  emptyHeld,
  put,
  UNITS,
  visibleTo,
  type Account,
  type Held,
  type HeldDevice,
  type Session,
  type Shown,
} from './server_state';
import { proofOf, type Asked, type Proof } from './signed_requests';
import { sha256OfPayload, sha256OfText } from './seal';

export interface Told {
  status: number;
  body: unknown;
}

interface PushBody {
  device: string;
  made_total: number;
  mutations: Mutation[];
}

const refuse = (status: number, code: string): Told => ({ status, body: { status, code } });
/** Something between phone and server takes offence at one record, and refuses every request that holds it. */
const spoils = ({ payload }: Mutation): boolean => 'note' in payload && payload.note === 'spoils';
const ROWS_A_PAGE = 4;
const TYPES = ['premises', 'visit', 'dispute', 'dispute_event'] as const;

export class ModelServer {
  held = emptyHeld();
  #backup = copyOf(this.held);
  #epochs = 1;
  /** The handler that broke on some records has been mended. */
  mended = false;
  readonly accounts = new Map<string, Account>();
  readonly sessions = new Map<string, Session>();
  readonly #nonces = new Set<string>();
  readonly #now_ms: () => number;

  constructor(now_ms: () => number) {
    this.#now_ms = now_ms;
    for (const unit of UNITS) for (let n = 0; n < 6; n += 1) this.#door(unit, n);
    this.backup();
  }

  #door(unit: string, n: number): void {
    const id = `door-${unit}-${String(n)}`;
    put(
      this.held,
      'premises',
      unit,
      { id, version: 1, area: `${unit}-${String(n % 2)}`, state: 'active' },
      null,
    );
  }

  backup(): void {
    this.#backup = copyOf(this.held);
  }

  /** The database is as it was at the backup; devices and records since are gone, and the epoch is a new one. */
  restore(forgets_sessions: boolean): void {
    this.held = copyOf(this.#backup);
    this.held.epoch = this.#epochs += 1;
    if (forgets_sessions) for (const session of this.sessions.values()) session.live = false;
  }

  releaseOne(): boolean {
    const waiting = [...this.held.mutations.values()].find((known) => known.outcome === 'quarantined');
    return waiting !== undefined && release(this.held, waiting, this.#at(), this.mended);
  }

  bureauVisit(unit: string, door: number, id: string): void {
    const place = this.held.records.get(`door-${unit}-${String(door)}`);
    if (!place) return;
    const visit: Shown = {
      id,
      version: 1,
      premises: place.record.id,
      occurred_at: this.#at(),
      note: 'bureau',
    };
    put(this.held, 'visit', place.unit, visit, `bureau ${id}`);
    put(this.held, 'premises', place.unit, { ...place.record, version: place.record.version + 1 }, null);
  }

  bureauMovesDoor(unit: string, door: number): void {
    const place = this.held.records.get(`door-${unit}-${String(door)}`);
    if (!place) return;
    const other = place.unit === 's1' ? 's2' : 's1';
    put(
      this.held,
      'premises',
      other,
      { ...place.record, version: place.record.version + 1, area: `${other}-0` },
      null,
    );
  }

  answer(asked: Asked): Told {
    const proof = proofOf(asked, this.held, this.#nonces, this.#now_ms() / 1000);
    if (proof.kind === 'refused') return refuse(proof.status, proof.code);
    switch (asked.path) {
      case '/api/v1/me':
        return this.#me(asked);
      case '/api/v1/devices/enrol':
        return this.#enrol(asked, proof);
      case '/api/v1/sync/push':
        return this.#push(asked, proof);
      case '/api/v1/sync/offer':
        return this.#offer(asked, proof);
      case '/api/v1/sync/pull':
        return this.#read(asked, (unit) => this.#page(asked, unit));
      case '/api/v1/sync/digest':
        return this.#read(asked, (unit) => this.#digest(asked, unit));
      default:
        return refuse(404, 'not_found');
    }
  }

  #at(): string {
    return new Date(this.#now_ms()).toISOString();
  }

  /** The live session of the officer whose records these are. */
  #session(asked: Asked): Session | null {
    const session = asked.session === null ? undefined : this.sessions.get(asked.session);
    if (!session?.live || this.accounts.get(session.officer)?.active !== true) return null;
    const officer = asked.headers.get('x-officer');
    return officer === null || officer === session.officer ? session : null;
  }

  #me(asked: Asked): Told {
    const session = this.#session(asked);
    if (!session) return refuse(401, 'not_authenticated');
    const unit = this.accounts.get(session.officer)?.unit ?? '';
    return {
      status: 200,
      body: { officer: { id: session.officer }, unit: { code: unit, name: unit, kind: 'station' } },
    };
  }

  #enrol(asked: Asked, proof: Proof): Told {
    const session = this.#session(asked);
    if (!session) return refuse(401, 'not_authenticated');
    const { device, public_key } = JSON.parse(asked.body) as { device: string; public_key: string };
    if (proof.kind !== 'held') return refuse(401, 'signature_required');
    const known = this.held.devices.get(device);
    const foreign =
      known && (known.officer !== session.officer || (known.public_key ?? public_key) !== public_key);
    if (foreign) return refuse(409, 'device_key_known');
    if (known?.revoked) return refuse(403, 'device_revoked');
    const unit = this.accounts.get(session.officer)?.unit ?? '';
    const made_total = known?.made_total ?? 0;
    this.held.devices.set(device, { officer: session.officer, unit, public_key, revoked: false, made_total });
    session.device = device;
    return {
      status: known ? 200 : 201,
      body: { device, unit: { code: unit, name: unit }, enrolled_at: this.#at() },
    };
  }

  #refusalOf(device: HeldDevice, session: Session | null): string | null {
    const account = this.accounts.get(device.officer);
    if (device.revoked) return 'device_revoked';
    if (!account?.active) return 'officer_deactivated';
    if (account.unit !== device.unit) return 'officer_moved';
    return session?.officer === device.officer ? null : 'session_ended';
  }

  /** Who sends: a device that signed, or without a key an officer with a session. */
  #senderOf(asked: Asked, proof: Proof, device_id: string | null): Sender | Told {
    const session = this.#session(asked);
    const at = this.#at();
    if (proof.kind === 'held') {
      if (device_id !== null && device_id !== proof.device) return refuse(401, 'signature_invalid');
      const device = this.held.devices.get(proof.device);
      if (!device) return refuse(401, 'signature_invalid');
      const refusal = this.#refusalOf(device, session);
      return {
        device: proof.device,
        officer: device.officer,
        unit: device.unit,
        refusal,
        at,
        mended: this.mended,
      };
    }
    if (!session) return refuse(401, 'not_authenticated');
    const known = this.held.devices.get(device_id ?? '');
    if (known?.public_key) return refuse(401, 'signature_required');
    if (known?.revoked || (session.device && this.held.devices.get(session.device)?.revoked))
      return refuse(403, 'device_revoked');
    const unit = this.accounts.get(session.officer)?.unit ?? '';
    return {
      device: device_id ?? '',
      officer: session.officer,
      unit,
      refusal: null,
      at,
      mended: this.mended,
    };
  }

  #push(asked: Asked, proof: Proof): Told {
    const body = JSON.parse(asked.body) as PushBody;
    const sender = this.#senderOf(asked, proof, body.device);
    if ('status' in sender) return sender;
    if (body.mutations.length > 500) return refuse(413, 'batch_too_large');
    if (body.mutations.some(spoils)) return refuse(400, 'malformed_body');
    const { device, officer, unit } = sender;
    const known = this.held.devices.get(device) ?? {
      officer,
      unit,
      public_key: null,
      revoked: false,
      made_total: 0,
    };
    this.held.devices.set(device, { ...known, made_total: Math.max(known.made_total, body.made_total) });
    const outcomes = body.mutations.map((mutation) => receive(this.held, mutation, sender));
    // Ours answers in the order of the batch; a phone that counts on it would give one record the receipt of another.
    if (this.held.mutations.size % 3 === 0) outcomes.reverse();
    return { status: 200, body: { server_time: this.#at(), outcomes } };
  }

  #offer(asked: Asked, proof: Proof): Told {
    const sender = this.#senderOf(asked, proof, null);
    if ('status' in sender) return sender;
    const { items } = JSON.parse(asked.body) as { items: [string, string][] };
    const missing = items.filter(
      ([id, sha256]) => this.held.mutations.get(id)?.mutation.payload_sha256 !== sha256,
    );
    return { status: 200, body: { missing: missing.map(([id]) => id) } };
  }

  #read(asked: Asked, answer: (unit: string) => Told): Told {
    const session = this.#session(asked);
    if (!session) return refuse(401, 'not_authenticated');
    if (session.device && this.held.devices.get(session.device)?.revoked)
      return refuse(403, 'device_revoked');
    return answer(this.accounts.get(session.officer)?.unit ?? '');
  }

  #cursor(asked: Asked, unit: string): { n: number; fits: boolean } {
    const text = asked.query.get('cursor') ?? '';
    if (text === '') return { n: 0, fits: true };
    const [epoch, seen, n] = text.split(' ');
    return {
      n: Number(n),
      fits: epoch === `e${String(this.held.epoch)}` && (seen === unit || Number(n) === 0),
    };
  }

  #page(asked: Asked, unit: string): Told {
    const epoch = `e${String(this.held.epoch)}`;
    const { n, fits } = this.#cursor(asked, unit);
    const page = (last: number, rest: object): Told => ({
      status: 200,
      body: { epoch, cursor: `${epoch} ${unit} ${String(last)}`, ...rest },
    });
    if (!fits) return page(0, { changes: [], has_more: true, reset: true });
    const feed = this.held.feeds[unit] ?? [];
    const entries = feed.slice(n, n + Math.min(ROWS_A_PAGE, Number(asked.query.get('limit'))));
    const changes = entries.map((entry) => changeOf(this.held, unit, entry));
    return page(n + entries.length, { changes, has_more: n + entries.length < feed.length, reset: false });
  }

  #digest(asked: Asked, unit: string): Told {
    const { n, fits } = this.#cursor(asked, unit);
    const current = fits && asked.query.get('cursor') !== '' && n === (this.held.feeds[unit] ?? []).length;
    if (!current) return { status: 200, body: { cursor_is_current: false, types: {} } };
    return { status: 200, body: { cursor_is_current: true, types: digestsOf(this.held, unit) } };
  }
}

export type ModelDigests = Record<(typeof TYPES)[number], { count: number; sha256: string }>;

export function digestOfRecords(records: readonly Shown[]): { count: number; sha256: string } {
  const lines = records.map(
    (record) => `${record.id} ${String(record.version)} ${sha256OfPayload(record)}\n`,
  );
  return { count: lines.length, sha256: sha256OfText(lines.sort().join('')) };
}

export function digestsOf(held: Held, unit: string): ModelDigests {
  const of = (type: (typeof TYPES)[number]): Shown[] =>
    visibleTo(held, unit).flatMap((known) => (known.type === type ? [known.record] : []));
  return Object.fromEntries(TYPES.map((type) => [type, digestOfRecords(of(type))])) as ModelDigests;
}
