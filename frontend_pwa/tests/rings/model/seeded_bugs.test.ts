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

/** Where the search begins, so that it ends soon: the history of the default seed that shows the mistake. */
const SHOWN_BY: Record<string, number> = {
  'the cursor is written before the rows': 155,
  'a batch that could not be sent is deleted': 21,
  '“not now” counts as done': 9,
  '“saved” is said before the transaction is complete': 19,
  'a request that is refused for good is tried for ever': 15,
  'a server that forgot the phone is never told again': 34,
  'receipts are matched by their place in the answer': 6,
  'the cursor is kept across epochs': 7,
  'records that need attention are never sent again': 32,
};

async function firstThatShows(name: string, parts: Parts): Promise<History | null> {
  const histories = fc.sample(anyHistory, { seed: SEED, numRuns: HISTORIES });
  const from = SHOWN_BY[name] ?? 0;
  for (const history of [...histories.slice(from), ...histories.slice(0, from)])
    if ((await runHistory(history, parts)).broken.length > 0) return history;
  return null;
}

describe('a seeded mistake is seen by the ring', () => {
  test.each(Object.entries(seededBugs))(
    '%s',
    async (name, parts) => {
      const history = await firstThatShows(name, parts);
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
