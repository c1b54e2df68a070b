/** PURE: the words of the contract: every enumeration once, in the order the screen shows it. */

export const OUTCOMES = ['met', 'nobody_home', 'refused', 'vacant', 'gone', 'other'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const HAZARD_KINDS = [
  'fire',
  'gas',
  'electricity',
  'ebike_charging',
  'fraud_exposure',
  'road',
  'water',
  'building',
  'other',
] as const;
export type HazardKind = (typeof HAZARD_KINDS)[number];

export const ADVICE_KINDS = [
  'fire',
  'gas',
  'electricity',
  'ebike_charging',
  'fraud',
  'traffic',
  'other',
] as const;
export type AdviceKind = (typeof ADVICE_KINDS)[number];

export const DISPUTE_CATEGORIES = [
  'marriage_family',
  'neighbour',
  'debt',
  'labour',
  'property_management',
  'housing',
  'traffic',
  'consumer',
  'land_forest',
  'requisition',
  'injury',
  'medical',
  'contract',
  'business',
  'other',
] as const;
export type DisputeCategory = (typeof DISPUTE_CATEGORIES)[number];

export const RISKS = ['low', 'medium', 'high'] as const;
export type Risk = (typeof RISKS)[number];

export type DisputeSource = 'visit' | 'patrol' | 'walk_in' | 'referral';
export type NoPlaceReason = 'denied' | 'unavailable' | 'timeout' | 'not_asked';
export type PremisesKind = 'household' | 'enterprise';
export type PremisesState = 'active' | 'vacant' | 'gone' | 'inaccessible';
export type DisputeState =
  | 'found'
  | 'registered'
  | 'assigned'
  | 'mediating'
  | 'resolved'
  | 'transferred'
  | 'failed'
  | 'followed_up'
  | 'closed';
export type DisputeEventKind =
  | 'registered'
  | 'assigned'
  | 'session_held'
  | 'agreement_signed'
  | 'resolved'
  | 'transferred'
  | 'failed'
  | 'follow_up'
  | 'reopened'
  | 'closed'
  | 'corrected';
export type Role = 'officer' | 'lead' | 'analyst' | 'administrator';
export type UnitKind = 'bureau' | 'branch' | 'station' | 'beat_team';

export const PATROL_KINDS = ['street', 'road', 'visit_round', 'outreach'] as const;
export type PatrolKind = (typeof PATROL_KINDS)[number];

export const LEG_MODES = ['foot', 'bicycle', 'ebike', 'motorcycle', 'car'] as const;
export type LegMode = (typeof LEG_MODES)[number];

export const OBSERVATION_CATEGORIES = ['hazard', 'dispute', 'order', 'facility', 'help', 'other'] as const;
export type ObservationCategory = (typeof OBSERVATION_CATEGORIES)[number];

export const PARTY_ROLES = ['side_a', 'side_b', 'other'] as const;
export type PartyRole = (typeof PARTY_ROLES)[number];

export const FOLLOW_UPS = ['kept', 'not_kept', 'no_answer'] as const;
export type FollowUp = (typeof FOLLOW_UPS)[number];
