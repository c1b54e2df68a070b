import { expect, test } from 'vitest';
import { roomLow } from '../../src/domain/storage';

test('room runs short below a hundred megabytes', () => {
  expect(roomLow({ used_bytes: 950_000_000, quota_bytes: 1_000_000_000 })).toBe(true);
  expect(roomLow({ used_bytes: 1_000_000, quota_bytes: 1_000_000_000 })).toBe(false);
});
test('a browser that does not say how much room there is raises no alarm', () => {
  expect(roomLow({ used_bytes: null, quota_bytes: null })).toBe(false);
});
