/** PURE: what a lead sees of the unit's devices and of the records that wait for a decision (contract: devices, quarantine). */
import type { Problem } from './mutations';

export interface DeviceRow {
  id: string;
  officer: { id: string; name: string; badge_number: string };
  unit: { code: string; name: string };
  app_version: string;
  enrolled_at: string;
  last_contact_at: string | null;
  /** Records ever made on the device, those the server holds, and the difference. */
  made_total: number;
  received_total: number;
  waiting_total: number;
  quarantined_total: number;
  has_key: boolean;
  revoked_at: string | null;
  revoked_reason: string;
}

export interface EnrolmentCode {
  code: string;
  expires_at: string;
  enrol_path: string;
}

export interface Decision {
  action: DecisionAction;
  reason: string;
  officer_name: string;
  decided_at: string;
  /** Why the try came to nothing; null when it took. */
  problem: Problem | null;
}

export interface QuarantineRow {
  id: string;
  type: 'mutation' | 'unreadable';
  kind: string;
  record_id: string | null;
  unit: { code: string; name: string } | null;
  officer: { id: string; name: string } | null;
  device: string | null;
  recorded_at: string | null;
  received_at: string;
  outcome: string;
  problem: Problem | null;
  payload: Record<string, unknown> | null;
  raw: string | null;
  variants: { payload_sha256: string; received_at: string; raw: string }[];
  decisions: Decision[];
}

export type DecisionAction = 'release' | 'correct' | 'discard';
export type QuarantineState = 'open' | 'decided';

export interface QuarantinePage {
  results: QuarantineRow[];
  next: string | null;
}

const SILENT_AFTER_MS = 3 * 86_400_000;

/** A phone that has not been heard of for three days while it holds records: somebody should go and ask. */
export function isSilentWithRecords(device: DeviceRow, now_ms: number): boolean {
  if (device.revoked_at !== null || device.waiting_total === 0) return false;
  return device.last_contact_at === null || now_ms - Date.parse(device.last_contact_at) > SILENT_AFTER_MS;
}

/** Those that need somebody first: silent with records, then with records, then by name; revoked ones last. */
export function sortedDevices(devices: readonly DeviceRow[], now_ms: number): DeviceRow[] {
  const rank = (device: DeviceRow): number =>
    device.revoked_at !== null
      ? 3
      : isSilentWithRecords(device, now_ms)
        ? 0
        : device.waiting_total > 0
          ? 1
          : 2;
  return [...devices].sort((a, b) => rank(a) - rank(b) || a.officer.name.localeCompare(b.officer.name));
}

const CODE_LETTERS = 8;

/** What was typed or scanned as a code is written: capitals in two groups of four. Spaces and hyphens do not matter. */
export function writtenCode(typed: string): string {
  const letters = typed
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '')
    .slice(0, CODE_LETTERS);
  return letters.length > 4 ? `${letters.slice(0, 4)}-${letters.slice(4)}` : letters;
}

export const isWholeCode = (code: string): boolean => /^[A-Z0-9]{4}-[A-Z0-9]{4}$/.test(code);

/** Whether the row still waits for somebody to decide. */
export function isOpen(row: QuarantineRow): boolean {
  return !row.decisions.some((decision) => decision.problem === null);
}
