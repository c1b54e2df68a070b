import { describe, expect, test } from 'vitest';
import {
  isOpen,
  isSilentWithRecords,
  isWholeCode,
  sortedDevices,
  writtenCode,
  type DeviceRow,
  type QuarantineRow,
} from '../../src/domain/oversight';

const NOW_MS = Date.parse('2026-11-22T09:00:00Z');
const device = (name: string, changed: Partial<DeviceRow> = {}): DeviceRow => ({
  ...{ id: name, officer: { id: name, name, badge_number: '' }, unit: { code: 'u', name: 'U' } },
  ...{ app_version: '0.1.0', enrolled_at: '2026-01-01T00:00:00Z', last_contact_at: '2026-11-22T08:00:00Z' },
  ...{ made_total: 9, received_total: 9, waiting_total: 0, quarantined_total: 0, has_key: true },
  ...{ revoked_at: null, revoked_reason: '' },
  ...changed,
});

describe('devices', () => {
  test('a phone that holds records and has been silent for more than three days needs somebody', () => {
    const silent = { last_contact_at: '2026-11-19T08:59:59Z', waiting_total: 1 };
    expect(isSilentWithRecords(device('a', silent), NOW_MS)).toBe(true);
    expect(
      isSilentWithRecords(device('a', { ...silent, last_contact_at: '2026-11-19T09:00:00Z' }), NOW_MS),
    ).toBe(false);
    expect(isSilentWithRecords(device('a', { ...silent, waiting_total: 0 }), NOW_MS)).toBe(false);
    expect(isSilentWithRecords(device('a', { ...silent, last_contact_at: null }), NOW_MS)).toBe(true);
    expect(isSilentWithRecords(device('a', { ...silent, revoked_at: '2026-11-20T00:00:00Z' }), NOW_MS)).toBe(
      false,
    );
  });
  test('those that need somebody come first and revoked ones last', () => {
    const rows = [
      device('revoked', { revoked_at: '2026-11-20T00:00:00Z' }),
      device('well'),
      device('waiting', { waiting_total: 2 }),
      device('silent', { waiting_total: 2, last_contact_at: '2026-11-01T00:00:00Z' }),
    ];
    expect(sortedDevices(rows, NOW_MS).map((row) => row.id)).toEqual([
      'silent',
      'waiting',
      'well',
      'revoked',
    ]);
  });
});

describe('enrolment codes', () => {
  test('a code may be typed with or without hyphen, in any case, with spaces', () => {
    for (const typed of ['abcdefgh', 'ABCD-EFGH', ' ab cd ef gh ', 'abcd–efgh1']) {
      expect(writtenCode(typed)).toBe('ABCD-EFGH');
      expect(isWholeCode(writtenCode(typed))).toBe(true);
    }
    expect(writtenCode('abcd')).toBe('ABCD');
    expect(isWholeCode('ABCD-EFG')).toBe(false);
  });
});

test('a record waits until a decision took; a try that came to nothing leaves it waiting', () => {
  const refused = { type: '', title: '', status: 422, detail: '', code: 'payload_invalid' };
  const decision = {
    action: 'release',
    reason: '',
    officer_name: '',
    decided_at: '',
    problem: refused,
  } as const;
  const row = { decisions: [decision] } as unknown as QuarantineRow;
  expect(isOpen(row)).toBe(true);
  expect(isOpen({ ...row, decisions: [decision, { ...decision, problem: null }] })).toBe(false);
});
