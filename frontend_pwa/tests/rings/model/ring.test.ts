/** SHELL: thousands of histories of phones, tabs, networks, servers and people; each must end with nothing lost. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyHistory, type History } from './history';
import { runHistory } from './world';

const RUNS = Number(process.env['RING_RUNS'] ?? 100);
const SEED = Number(process.env['RING_SEED'] ?? 20261122);

async function holds(history: History): Promise<void> {
  const { broken, trace } = await runHistory(history);
  if (broken.length > 0) throw new Error(`${broken.join('; ')}\n${trace.slice(-400).join('\n')}`);
}

test('every history ends with every saved record on the server once, and every phone showing what the server shows', async () => {
  const property = fc.asyncProperty(anyHistory, holds);
  await fc.assert(property, { seed: SEED, numRuns: RUNS, ...(process.env['RING_PATH'] ? { path: process.env['RING_PATH'] } : {}) });
  expect(RUNS).toBeGreaterThan(0);
}, 600_000);
