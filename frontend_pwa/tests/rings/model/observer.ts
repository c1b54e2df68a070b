/** SHELL: watches what a phone writes, outside of whatever bug was seeded inside. */
import { fact, type OfficerStore } from '../../../src/data/officer_store';
import type { SyncStorage } from '../../../src/data/sync_storage';
import type { Ledger } from './ledger';

export function observed(storage: SyncStorage, store: OfficerStore, ledger: Ledger): SyncStorage {
  return {
    ...storage,
    applyPulled: async (batch, from, now_ms) => {
      const before = await fact(store, 'first_sync_done');
      const applied = await storage.applyPulled(batch, from, now_ms);
      const after = await fact(store, 'first_sync_done');
      if (before !== true && after === true && batch.has_more)
        ledger.sayBroken('a first sync is done only when the feed was read to its end');
      return applied;
    },
  };
}
