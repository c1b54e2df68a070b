/** PURE: what the records of a phone hold, one interface a kind (contract: tests/contract/*.json). */
import type {
  AdviceKind,
  DisputeCategory,
  DisputeEventKind,
  DisputeSource,
  FollowUp,
  HazardKind,
  LegMode,
  NoPlaceReason,
  ObservationCategory,
  Outcome,
  PartyRole,
  PatrolKind,
  PremisesKind,
  PremisesState,
  Risk,
} from './words';

export interface Place {
  lon: number;
  lat: number;
  accuracy_m: number;
  age_s: number;
}

export interface VisitPayload {
  premises: string;
  outcome: Outcome;
  officers: string[];
  place: Place | null;
  no_place_reason: NoPlaceReason | null;
  hazards: { id: string; kind: HazardKind; note: string }[];
  advice: AdviceKind[];
  help_asked: string;
  note: string;
  disputes: string[];
  campaign: string | null;
  patrol?: string | null;
  checklist?: ChecklistAnswers | null;
}

/** A new visit that takes the place of an earlier one; the earlier stays readable. */
export interface VisitCorrectPayload extends VisitPayload {
  corrects: string;
  reason: string;
}

/** Answers to one version of a campaign's form, by the id of the question. */
export interface ChecklistAnswers {
  form: string;
  version: number;
  answers: Record<string, string | number | boolean>;
}

/** A side of a dispute. Name and number are masked here; in clear they are only inside `sealed`, for the server. */
export interface Party {
  id: string;
  role: PartyRole;
  name_masked: string;
  phone_masked: string;
  sealed: string;
}

export interface DisputePartyPayload {
  dispute: string;
  party: Party;
}

export interface DisputeEventPayload {
  dispute: string;
  event: DisputeEventKind;
  note: string;
  assignee: string | null;
  agreement: { form: 'written' | 'oral'; terms: string } | null;
  transferred_to: string;
  follow_up: FollowUp | null;
  corrects: string | null;
}

export interface PatrolStartPayload {
  kind: PatrolKind;
  officers: string[];
  plan: string | null;
}

export interface PatrolLegPayload {
  patrol: string;
  mode: LegMode;
}

/** GPS readings in columns of equal length. */
export interface PatrolFixesPayload {
  leg: string;
  t_ms: number[];
  lon: number[];
  lat: number[];
  accuracy_m: number[];
  speed_mps: (number | null)[] | null;
  heading_deg: (number | null)[] | null;
  source: 'phone';
}

export interface PatrolObservePayload {
  patrol: string;
  category: ObservationCategory;
  text: string;
  place: Place | null;
}

export interface PatrolEndPayload {
  patrol: string;
  ended_how: 'officer' | 'timeout';
  /** From when to when the officer had paused: a recorder app may have gone on, and nothing is kept of it. */
  pauses: [number, number][];
}

export type PremisesProposePayload =
  | {
      action: 'new';
      kind: PremisesKind;
      address: string;
      name: string;
      door_plate: string;
      lon: number;
      lat: number;
    }
  | {
      action: 'change_state';
      premises: string;
      state: PremisesState;
      base: { state: PremisesState };
      reason: string;
    };

export interface OutreachPayload {
  topic: string;
  place_text: string;
  place: Place | null;
  audience_count: number;
  patrol: string | null;
}

export interface DisputeOpenPayload {
  category: DisputeCategory;
  summary: string;
  premises: string | null;
  place: Place | null;
  place_text: string;
  source: DisputeSource;
  risk: Risk;
  visit: string | null;
  patrol?: string | null;
  parties: Party[];
}

export type AttachmentKind = 'photo' | 'audio' | 'signature';

/** A photo, sound or signature of a record; its bytes go after it and apart from it (domain/attachments.ts). */
export interface AttachmentPayload {
  record: string;
  kind: AttachmentKind;
  media_type: string;
  sha256: string;
  size_bytes: number;
}
