/** PURE: records as the server sends them (contract: GET /api/v1/me and /api/v1/sync/pull). */
import type { LockPolicy } from './lock';
import type { ChecklistAnswers, Place } from './payloads';
import type {
  AdviceKind,
  DisputeCategory,
  DisputeEventKind,
  DisputeSource,
  DisputeState,
  HazardKind,
  NoPlaceReason,
  Outcome,
  PartyRole,
  PremisesKind,
  PremisesState,
  Risk,
  Role,
  UnitKind,
} from './words';

export interface Colleague {
  id: string;
  name: string;
  badge_number: string;
}

export interface Me {
  officer: Colleague & { username: string; roles: Role[] };
  unit: { code: string; name: string; kind: UnitKind };
  deployment: {
    city: string;
    name: string;
    zone: string;
    metric_epsg: number;
    schematic_boundaries: boolean;
    attribution: string;
    bounds: [number, number, number, number];
  };
  areas: { code: string; name: string; level: string }[];
  colleagues: Colleague[];
  campaign: {
    id: string;
    name: string;
    starts_on: string;
    ends_on: string;
    form?: ChecklistForm | null;
  } | null;
  /** Running plans of this officer, first due first; those that are done stand at the end. */
  plans?: PlanOfDay[];
  /** The server's public key (raw P-256 point, base64): what is sealed to it cannot be read on the phone again. */
  sealing_key?: SealingKey | null;
  /** How the installation wants its phones locked. */
  lock?: LockPolicy;
  due_after_days: Partial<Record<Outcome, number>>;
  server_time: string;
  app_version: string;
}

/** A text in the languages of the app. */
export interface Wording {
  zh: string;
  en: string;
}

export interface FormQuestion {
  id: string;
  kind: 'yes_no' | 'choice' | 'count' | 'text';
  title: Wording;
  choices: { value: string; title: Wording }[];
  required: boolean;
  /** Asked only after these outcomes; empty: after any. */
  outcomes: Outcome[];
}

/** One version of a campaign's form. Answers name the version, so that a later one changes nothing about them. */
export interface ChecklistForm {
  form: string;
  version: number;
  title: Wording;
  questions: FormQuestion[];
}

export interface PlanOfDay {
  id: string;
  name: string;
  beats: { code: string; name: string }[];
  every_days: number;
  part: '' | 'day' | 'night';
  due_on: string;
  last_done_on: string | null;
}

export interface SealingKey {
  key_id: string;
  public_key: string;
}

export interface Premises {
  id: string;
  kind: PremisesKind;
  address: string;
  name: string;
  door_plate: string;
  lon: number;
  lat: number;
  state: PremisesState;
  proposed: boolean;
  area: string;
  beat: string | null;
  last_visited_at: string | null;
  last_outcome: Outcome | null;
  next_due_on: string | null;
  version: number;
}

export interface VisitRecord {
  id: string;
  premises: string;
  outcome: Outcome;
  occurred_at: string;
  author: string;
  author_name: string;
  officers: string[];
  patrol: string | null;
  note: string;
  help_asked: string;
  advice: AdviceKind[];
  hazards: { id: string; kind: HazardKind; note: string }[];
  disputes: string[];
  corrects: string | null;
  corrected_by: string | null;
  distance_to_door_m: number | null;
  /** Where it was recorded, and what else a correction begins with. */
  place?: Place | null;
  no_place_reason?: NoPlaceReason | null;
  campaign?: string | null;
  checklist?: ChecklistAnswers | null;
  correction_reason?: string;
  /** How many photos, sounds and signatures were announced, and how many of them have arrived. */
  attachments?: { made: number; stored: number };
  version: number;
}

export interface DisputeRecord {
  id: string;
  category: DisputeCategory;
  summary: string;
  risk: Risk;
  state: DisputeState;
  source: DisputeSource;
  premises: string | null;
  place_text: string;
  area: string | null;
  opened_at: string;
  author: string;
  author_name: string;
  assignee: string | null;
  assignee_name: string | null;
  assign_due_on: string | null;
  resolve_due_on: string | null;
  follow_up_due_on: string | null;
  parties?: PartyRecord[];
  version: number;
}

/** A side of a dispute as the feed shows it: never a name or number in clear. */
export interface PartyRecord {
  id: string;
  role: PartyRole;
  name_masked: string;
  phone_masked: string;
  has_contact: boolean;
}

export interface DisputeEventRecord {
  id: string;
  dispute: string;
  event: DisputeEventKind;
  occurred_at: string;
  author: string;
  author_name: string;
  note: string;
  assignee: string | null;
  agreement: { form: 'written' | 'oral'; terms: string } | null;
  transferred_to: string;
  follow_up: 'kept' | 'not_kept' | 'no_answer' | null;
  corrects: string | null;
  /** Place in the one order in which all phones' steps fold. */
  ordinal: number;
  allowed: boolean;
  version: number;
}

interface ChangeOf<Type extends string, Row> {
  unit: string;
  n: number;
  type: Type;
  id: string;
  version: number;
  op: 'put' | 'retract';
  record: Row | null;
}

/** A client ignores types it does not know, so the list of changes is open. */
export type Change =
  | ChangeOf<'premises', Premises>
  | ChangeOf<'visit', VisitRecord>
  | ChangeOf<'dispute', DisputeRecord>
  | ChangeOf<'dispute_event', DisputeEventRecord>
  | ChangeOf<'patrol' | 'leg' | 'observation' | 'hazard', unknown>;

export interface PullPage {
  epoch: string;
  changes: Change[];
  cursor: string;
  has_more: boolean;
  reset: boolean;
}

/** Only accounts of a station or a beat team that write there hold records on the phone. */
export function keepsRecords(me: Me): boolean {
  const writes = me.officer.roles.some((role) => role === 'officer' || role === 'lead');
  return writes && (me.unit.kind === 'station' || me.unit.kind === 'beat_team');
}

export function seesCoverage(me: Me): boolean {
  return me.officer.roles.some((role) => role !== 'administrator');
}

/** An administrator brings areas, streets, doors and officers in. */
export function keepsReference(me: Me): boolean {
  return me.officer.roles.includes('administrator');
}

/** A lead decides on records that could not be accepted and answers for the devices of the unit and below. */
export function decidesHeld(me: Me): boolean {
  return me.officer.roles.includes('lead');
}
