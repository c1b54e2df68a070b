/** PURE: the places where a seeded bug can be put around the product's own parts. Empty: the product as it is. */
import type { OfficerStore } from '../../../src/data/officer_store';
import type { saveRecords } from '../../../src/data/save';
import type { SyncStorage } from '../../../src/data/sync_storage';
import type { EnginePorts, Locks } from '../../../src/sync/engine';
import type { Fetch } from '../../../src/sync/http';

export interface Parts {
  storage?: (storage: SyncStorage, store: OfficerStore) => SyncStorage;
  save?: typeof saveRecords;
  /** Around what the network gives, before it is signed. */
  fetch?: (fetch: Fetch, store: OfficerStore) => Fetch;
  /** Around the signing fetch. */
  ask?: (fetch: Fetch, store: OfficerStore) => Fetch;
  locks?: Locks;
  /** In the place of opening the store of this name. */
  open?: (name: string) => Promise<void>;
  ports?: (ports: EnginePorts) => EnginePorts;
}
