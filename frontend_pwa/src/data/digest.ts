/** SHELL: what the phone holds, in one hash a type: the server computes the same of what it would send. */
import { canonicalJson } from '../domain/canonical';
import { textSha256 } from './hashing';
import type { OfficerStore } from './officer_store';

export interface TypeDigest {
  count: number;
  sha256: string;
}

export const COMPARED_TYPES = ['premises', 'visit', 'dispute', 'dispute_event'] as const;
export type Digests = Record<(typeof COMPARED_TYPES)[number], TypeDigest>;

interface Versioned {
  id: string;
  version: number;
}

function lineOf(record: Versioned): string {
  return `${record.id} ${String(record.version)} ${textSha256(canonicalJson(record))}\n`;
}

export function digestOf(lines: readonly string[]): TypeDigest {
  return { count: lines.length, sha256: textSha256([...lines].sort().join('')) };
}

/** Page after page, so that the screen stays alive over 50,000 doors. */
async function doorLines(store: OfficerStore): Promise<string[]> {
  const lines: string[] = [];
  for (const area of await store.doors.toCollection().primaryKeys()) {
    for (const door of (await store.doors.get(area))?.doors ?? []) lines.push(lineOf(door));
  }
  return lines;
}

export async function snapshotDigests(store: OfficerStore): Promise<Digests> {
  return {
    premises: digestOf(await doorLines(store)),
    visit: digestOf((await store.visits.toArray()).map(lineOf)),
    dispute: digestOf((await store.disputes.toArray()).map(lineOf)),
    dispute_event: digestOf((await store.dispute_events.toArray()).map(lineOf)),
  };
}
