/** PURE: small records for tests; each test names only what it is about. */
import type {
  DisputeEventMutation,
  DisputeOpenMutation,
  DisputePartyMutation,
  OutboxRow,
  SentRow,
  VisitMutation,
} from '../src/domain/mutations';
import type { DisputeEventRecord, DisputeRecord, Me, Premises, VisitRecord } from '../src/domain/records';
import type { DisputeEventKind } from '../src/domain/words';

export const OFFICER = '0190a000-0000-7000-8000-000000000001';
export const DOOR = '0190a000-0000-7000-8000-00000000000a';

export function aMe(part: Partial<Me> = {}): Me {
  return {
    officer: { id: OFFICER, username: 'officer', name: '甲', badge_number: '1', roles: ['officer'] },
    unit: { code: 's1', name: 's1', kind: 'station' },
    deployment: {
      ...{ city: 'yichun', name: '', zone: 'Asia/Shanghai', metric_epsg: 4547, schematic_boundaries: true },
      ...{ attribution: '', bounds: [113, 27, 116, 29] },
    },
    ...{
      areas: [],
      colleagues: [],
      campaign: null,
      due_after_days: { met: 90, nobody_home: 7, refused: 30 },
    },
    ...{ server_time: '2026-11-22T00:00:00Z', app_version: '0.1.0' },
    ...part,
  };
}

export function aDoor(part: Partial<Premises> = {}): Premises {
  return {
    ...{ id: DOOR, kind: 'household', address: '灵泉街道宜阳大道18号', name: '', door_plate: 'A-018' },
    ...{ lon: 114.38, lat: 27.8, state: 'active', proposed: false, area: '360902001', beat: null },
    ...{ last_visited_at: null, last_outcome: null, next_due_on: null, version: 1 },
    ...part,
  };
}

export function aVisit(part: Partial<VisitRecord> = {}): VisitRecord {
  return {
    ...{ id: 'v1', premises: DOOR, outcome: 'met', occurred_at: '2026-11-22T02:00:00Z', author: OFFICER },
    ...{ author_name: '甲', officers: [], patrol: null, note: '', help_asked: '', advice: [], hazards: [] },
    ...{ disputes: [], corrects: null, corrected_by: null, distance_to_door_m: null, version: 1 },
    ...part,
  };
}

export function aDispute(part: Partial<DisputeRecord> = {}): DisputeRecord {
  return {
    ...{ id: 'd1', category: 'neighbour', summary: 'noise', risk: 'low', state: 'found', source: 'visit' },
    ...{ premises: DOOR, place_text: '', area: null, opened_at: '2026-11-01T02:00:00Z', author: OFFICER },
    ...{ author_name: '甲', assignee: null, assignee_name: null, assign_due_on: '2026-11-04' },
    ...{ resolve_due_on: '2026-12-01', follow_up_due_on: null, version: 1 },
    ...part,
  };
}

export function aVisitMutation(n: number, part: Partial<VisitMutation['payload']> = {}): VisitMutation {
  return {
    ...{ id: `m${String(n)}`, seq: n, kind: 'visit.record', record_id: `r${String(n)}` },
    recorded_at: '2026-11-22T08:00:00.000Z',
    payload: {
      ...{
        premises: DOOR,
        outcome: 'met',
        officers: [],
        place: null,
        no_place_reason: 'not_asked',
        hazards: [],
      },
      ...{ advice: [], help_asked: '', note: '', disputes: [], campaign: null },
      ...part,
    },
    payload_sha256: '0'.repeat(64),
  };
}

export function anOutboxRow(n: number, part: Partial<OutboxRow> = {}): OutboxRow {
  const mutation = aVisitMutation(n);
  return {
    ...{
      id: mutation.id,
      seq: n,
      mutation,
      saved_at_ms: 0,
      held_until_ms: 0,
      state: 'waiting',
      answer: null,
    },
    ...part,
  };
}

export function aSentRow(n: number): SentRow {
  const receipt = { unit: 's1', n, received_at: '2026-11-22T08:00:01Z', sha256: '0'.repeat(64) };
  const mutation = aVisitMutation(n);
  return { id: mutation.id, mutation, outcome: 'applied', receipt, sent_at_ms: 0 };
}

/** A step as the feed shows it, by a colleague unless told; `n` is its place in the order of steps. */
export function anEvent(
  n: number,
  event: DisputeEventKind,
  part: Partial<DisputeEventRecord> = {},
): DisputeEventRecord {
  return {
    ...{ id: `e${String(n)}`, dispute: 'd1', event, occurred_at: '2026-11-22T02:00:00Z', author: 'lead' },
    ...{ author_name: '乙', note: '', assignee: null, agreement: null, transferred_to: '', follow_up: null },
    ...{ corrects: null, ordinal: n, allowed: true, version: 1 },
    ...part,
  };
}

export function anEventMutation(
  n: number,
  dispute: string,
  event: DisputeEventKind,
  part: Partial<DisputeEventMutation['payload']> = {},
): DisputeEventMutation {
  return {
    ...{ id: `me${String(n)}`, seq: 100 + n, kind: 'dispute.event', record_id: `own${String(n)}` },
    recorded_at: '2026-11-22T08:00:00.000Z',
    payload: {
      ...{ dispute, event, note: '', assignee: null, agreement: null, transferred_to: '', follow_up: null },
      corrects: null,
      ...part,
    },
    payload_sha256: '0'.repeat(64),
  };
}

export function anOpening(dispute: string, recorded_at = '2026-11-22T08:00:00.000Z'): DisputeOpenMutation {
  return {
    ...{ id: `mo-${dispute}`, seq: 50, kind: 'dispute.open', record_id: dispute, recorded_at },
    payload: {
      ...{ category: 'debt', summary: 's', premises: DOOR, place: null, place_text: '', source: 'visit' },
      ...{ risk: 'high', visit: 'v9', parties: [] },
    },
    payload_sha256: '0'.repeat(64),
  };
}

export function aPartyMutation(
  n: number,
  dispute: string,
  party: string,
  name_masked = '王*',
): DisputePartyMutation {
  return {
    ...{ id: `mp${String(n)}`, seq: 200 + n, kind: 'dispute.party', record_id: `party${String(n)}` },
    recorded_at: '2026-11-22T08:00:00.000Z',
    payload: {
      dispute,
      party: { id: party, role: 'side_b', name_masked, phone_masked: '', sealed: 'a.b.c' },
    },
    payload_sha256: '0'.repeat(64),
  };
}
