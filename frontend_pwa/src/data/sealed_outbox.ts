/**
 * SHELL: with the lock on, every record in the outbox carries a copy sealed to the server: should the lock never open
 * again, the copy still goes, and nobody can read it on the way.
 */
import type { Mutation } from '../domain/mutations';
import type { SealingKey } from '../domain/records';
import { fact, type OfficerStore } from './officer_store';
import { sealForServer } from './sealing';

/** To which key and in whose name is sealed while the lock is open. */
export interface Seals {
  key: SealingKey;
  device: string;
}

export async function sealedCopy(seals: Seals, mutation: Mutation): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(mutation));
  return sealForServer(seals.key, { info: 'xunfang/outbox/1', aad: `${seals.device}/${mutation.id}` }, bytes);
}

/**
 * Copies by id, made before the transaction that saves: it would not wait. Saving never fails for want of one; what has
 * none gets it from `sealMissing`.
 */
export async function sealedCopies(
  store: OfficerStore,
  mutations: readonly Mutation[],
): Promise<ReadonlyMap<string, string>> {
  const { seals } = store.keyring;
  if (!seals) return new Map();
  const copies = await Promise.all(
    mutations.map(
      async (mutation) => [mutation.id, await sealedCopy(seals, mutation).catch(() => '')] as const,
    ),
  );
  return new Map(copies.filter(([, copy]) => copy !== ''));
}

/** Gives a copy to every record that has none, or one for an identity this device no longer has. */
export async function sealMissing(store: OfficerStore): Promise<void> {
  const { seals } = store.keyring;
  if (!seals) return;
  const was = (await store.lock.get('sealed_for'))?.['device'];
  const anew = was !== undefined && was !== seals.device;
  for (const row of await store.outbox.toArray()) {
    if (row.sealed_copy !== undefined && !anew) continue;
    const sealed_copy = await sealedCopy(seals, row.mutation);
    // It may have been sent meanwhile.
    await store.outbox.update(row.id, { sealed_copy });
  }
  await store.lock.put({ name: 'sealed_for', device: seals.device });
}

/** Where a lock is open: what is saved from now on is sealed to this key in this device's name. */
export async function takeSeals(store: OfficerStore): Promise<void> {
  const key = (await fact(store, 'me'))?.sealing_key;
  const device = await fact(store, 'device');
  store.keyring.seals = store.keyring.writes && key && device ? { key, device } : null;
}
