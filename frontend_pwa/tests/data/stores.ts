/** SHELL: a fresh phone database for each test. */
import { OfficerStore, openStore } from '../../src/data/officer_store';

let count = 0;

export function counter(prefix: string): () => string {
  let n = 0;
  return () => `${prefix}${String(++n)}`;
}

export async function aStore(): Promise<OfficerStore> {
  const store = new OfficerStore(`test-${String(++count)}`);
  await openStore(store, () => 'device-1');
  return store;
}
