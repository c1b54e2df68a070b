import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { gpx } from '../../src/domain/gpx';
import type { TrackFix } from '../../src/domain/outing';

const T_MS = Date.parse('2026-11-22T02:00:00.500Z');
const fix = (t_ms: number, lon: number, lat: number): TrackFix => ({
  ...{ t_ms, lon, lat, accuracy_m: 5, speed_mps: null, heading_deg: null },
});
const pieces = [
  [fix(T_MS, 114.3800001, 27.8), fix(T_MS + 5000, 114.3801, -0.0000004)],
  [fix(T_MS + 90_000, -179.99999999, 10)],
];
const track = { name: '出勤 <𬮤山> & "我"', description: 'a\u0000b\ud800c', pieces };

test('a track is written as the kept example has it', () => {
  const expected = readFileSync(new URL('../fixtures/outing.gpx', import.meta.url), 'utf8');
  expect(gpx(track, T_MS + 100_000)).toBe(expected);
});
test('each piece between gaps is a segment of its own', () => {
  expect(gpx(track, T_MS).match(/<trkseg>/g)).toHaveLength(2);
});
test('no number has an exponent and none a comma', () => {
  const written = [...gpx(track, T_MS).matchAll(/l(?:at|on)="([^"]+)"/g)].map((match) => match[1]);
  expect(written.every((text) => /^-?\d+(\.\d+)?$/.test(text ?? ''))).toBe(true);
});
