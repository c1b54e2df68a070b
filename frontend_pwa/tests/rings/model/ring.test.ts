/**
 * SHELL: histories of phones, tabs, networks, servers and people; each must end with nothing lost and nothing doubled.
 *
 * `RING_RUNS=5000` runs more of them, `RING_SEED=…` others; a failure prints the smallest history that shows it, with
 * the seed and path (`RING_PATH=…`) that repeat it.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyHistory, anyPartition, type History } from './history';
import { PARTITIONS, RUNS, SEED, TIME_LIMIT_MS } from './runs';
import { runHistory } from './world';

const TRACE_LINES = 400;
const ONE_HISTORY = process.env['RING_PATH'] !== undefined;

const seen = new Set<RegExp>();

async function holds(history: History): Promise<void> {
  const { broken, trace } = await runHistory(history);
  const text = trace.join('\n');
  for (const event of EVENTS) if (!seen.has(event) && event.test(text)) seen.add(event);
  if (broken.length > 0) throw new Error([...broken, ...trace.slice(-TRACE_LINES)].join('\n'));
}

describe('whatever happens to phones, network and server', () => {
  test(
    'what was saved is on the server once and unaltered, and every phone shows what the server shows it',
    async () => {
      const path = process.env['RING_PATH'];
      const chosen = { seed: SEED, numRuns: RUNS, ...(path === undefined ? {} : { path }) };
      await fc.assert(fc.asyncProperty(anyHistory, holds), chosen);
    },
    TIME_LIMIT_MS,
  );
});

test(
  'every outbox is empty within 60 s after a partition, without a reload and without a tap',
  async () => {
    const runs = PARTITIONS;
    const histories = fc.sample(anyPartition, { seed: SEED, numRuns: runs });
    const drained_ms: number[] = [];
    for (const history of histories) {
      const ended = await runHistory(history);
      if (ended.broken.length === 0) drained_ms.push(ended.drained_ms);
      else process.stderr.write(`${JSON.stringify(history)}\n${ended.broken.join('; ')}\n`);
    }
    const inOrder = drained_ms.sort((a, b) => a - b);
    const at = (part: number): string =>
      `${String((inOrder[Math.floor((inOrder.length - 1) * part)] ?? 0) / 1000)} s`;
    const figures = `median ${at(0.5)}, p95 ${at(0.95)}, longest ${at(1)}`;
    process.stderr.write(`partitions drained: ${String(drained_ms.length)} of ${String(runs)}; ${figures}\n`);
    expect(drained_ms).toHaveLength(runs);
  },
  TIME_LIMIT_MS,
);

describe('the ring itself', () => {
  test(
    'gives the same trace for the same history',
    async () => {
      for (const history of fc.sample(anyHistory, { seed: SEED, numRuns: 10 })) {
        const [first, second] = [await runHistory(history), await runHistory(history)];
        expect(second.trace).toEqual(first.trace);
      }
    },
    TIME_LIMIT_MS,
  );
  test.skipIf(ONE_HISTORY || RUNS < 150)('did all it claims to do in the histories above', () => {
    expect(EVENTS.filter((event) => !seen.has(event))).toEqual([]);
  });
});

/** What must turn up in the traces, or a part of the ring sleeps. */
const EVENTS = [
  ...[
    /saved m/,
    /undo true/,
    / fails/,
    / hangs/,
    /meets a portal/,
    /#\d+ POST sync\/push again → /,
    /not saved/,
  ],
  ...[
    /killed_in write/,
    /killed_after write/,
    /signature_expired/,
    /signature_replayed/,
    /sync\/offer → 200/,
  ],
  ...[
    /"restore"/,
    /"evict"/,
    /"move"/,
    /"revoke"/,
    /"deactivate"/,
    /busy/,
    /refused/,
    /signed_out/,
    /"release"/,
  ],
];
