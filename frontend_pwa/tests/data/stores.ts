/** SHELL: a fresh phone database for each test. */
import { RowCipher } from '../../src/data/cipher';
import { Keyring } from '../../src/data/encrypted_tables';
import { OfficerStore, openStore } from '../../src/data/officer_store';

let count = 0;

export function counter(prefix: string): () => string {
  let n = 0;
  return () => `${prefix}${String(++n)}`;
}

/** Opened as by the right PIN where the tests run on locked phones (`locked_stores.test.ts`). */
export function testKeyring(): Keyring {
  const keyring = new Keyring();
  if (process.env['XUNFANG_TEST_LOCK'] === '1') keyring.open(new RowCipher(new Uint8Array(32).fill(7)));
  return keyring;
}

/** A store as another tab or the next start opens it. */
export function storeNamed(name: string): OfficerStore {
  return new OfficerStore(name, testKeyring());
}

export async function aStore(): Promise<OfficerStore> {
  const store = storeNamed(`test-${String(++count)}`);
  await openStore(store, () => 'device-1');
  return store;
}
