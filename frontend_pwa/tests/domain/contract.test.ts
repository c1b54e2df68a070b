import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { payloadSha256 } from '../../src/data/hashing';
import { canonicalJson } from '../../src/domain/canonical';

interface Example {
  kind: string;
  mutation: { kind: string; payload: unknown; payload_sha256: string };
}

/** The same files (named after their kind) are read by pytest: both sides hash the same records alike. */
const FOLDER = new URL('../../../tests/contract/', import.meta.url);
const examples = readdirSync(FOLDER)
  .filter((name) => /^\w+\.\w+\.json$/.test(name))
  .map((name) => JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as Example);

describe('the shared examples of the contract', () => {
  test('are there', () => {
    expect(examples.length).toBeGreaterThan(0);
  });
  test.each(examples)('$kind has the hash that the server computes', async ({ mutation }) => {
    expect(await payloadSha256(mutation.payload)).toBe(mutation.payload_sha256);
  });
});

test('canonical JSON sorts keys, keeps Chinese and writes numbers one way', () => {
  expect(canonicalJson({ b: 1.0, a: '走访', c: [1e21, -0] })).toBe('{"a":"走访","b":1,"c":[1e+21,0]}');
});
