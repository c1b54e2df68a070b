/** PURE: what a lead's screens ask of the server: devices and records that wait for a decision. */
import type { Problem } from '../domain/mutations';
import type {
  DecisionAction,
  DeviceRow,
  EnrolmentCode,
  QuarantinePage,
  QuarantineRow,
  QuarantineState,
} from '../domain/oversight';
import type { Loaded } from './status';

export interface DevicesSource {
  list(): Promise<Loaded<{ results: DeviceRow[] }>>;
  makeCode(): Promise<Loaded<EnrolmentCode>>;
  revoke(device: string, reason: string): Promise<Loaded<DeviceRow>>;
}

export type Decided =
  | { kind: 'decided'; row: QuarantineRow }
  /** Still not acceptable (422), decided by somebody else meanwhile (409), or not there any more (404). */
  | { kind: 'refused'; problem: Problem }
  | { kind: 'no_network' | 'busy' | 'signed_out' };

export interface QuarantineSource {
  page(state: QuarantineState, cursor: string | null): Promise<Loaded<QuarantinePage>>;
  one(id: string): Promise<Loaded<QuarantineRow>>;
  decide(
    id: string,
    action: DecisionAction,
    reason: string,
    payload: Record<string, unknown> | null,
  ): Promise<Decided>;
}
