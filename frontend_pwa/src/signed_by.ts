/** SHELL: requests signed by a device that has no running sync: behind a lock, or after its database was deleted. */
import { fact, type OfficerStore } from './data/officer_store';
import { now_ms, ownFetch } from './own_fetch';
import { asOfficer } from './sync/as_officer';
import type { Fetch } from './sync/http';
import { deviceKey, signedFetch, type DeviceKey } from './sync/signing';

/** A fetch that signs as the device of this store, in its officer's name; the store may be locked. */
export async function signedAs(store: OfficerStore, officer: string): Promise<Fetch> {
  return signedBy(await deviceKey(store), (await fact(store, 'device')) ?? '', officer);
}

export function signedBy(key: DeviceKey | null, device: string, officer: string): Fetch {
  const named = asOfficer(ownFetch, officer);
  if (!key) return named;
  return signedFetch(named, {
    ...{ keyid: () => device, sign: key.sign, now_ms },
    randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
  });
}
