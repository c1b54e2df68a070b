/** SHELL: the ring sees every seeded mistake, in a history that the product without it passes. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyHistory, type History } from './history';
import type { Parts } from './parts';
import { SEED } from './runs';
import { rowGoesMissing, seededBugs } from './seeded_bugs';
import { runHistory } from './world';

const HISTORIES = 300;
const TIME_LIMIT_MS = 300_000;

async function firstThatShows(parts: Parts): Promise<History | null> {
  for (const history of fc.sample(anyHistory, { seed: SEED, numRuns: HISTORIES }))
    if ((await runHistory(history, parts)).broken.length > 0) return history;
  return null;
}

describe('a seeded mistake is seen by the ring', () => {
  test.each(Object.entries(seededBugs))(
    '%s',
    async (_name, parts) => {
      const history = await firstThatShows(parts);
      expect(history).not.toBeNull();
      if (history) expect((await runHistory(history)).broken).toEqual([]);
    },
    TIME_LIMIT_MS,
  );
});

const twoPhonesStart: History = {
  seed: 1,
  phones: [0, 1].map(() => ({ unit: 0, signed: true, tabs: 1, skew_s: 0, old_records: 0 })),
  steps: [{ do: 'wait', seconds: 30 }],
};

test('a row that went missing on the phone is found by the comparison with the server and comes back', async () => {
  expect((await runHistory(twoPhonesStart, rowGoesMissing)).broken).toEqual([]);
});
