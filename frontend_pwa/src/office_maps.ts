/** SHELL: the map package of one officer on this phone: fetched in the background, gone with the officer. */
import { forgetPackages, packagePlace } from './data/package_place';
import type { PackageControl } from './domain/map_package';
import { ownFetch } from './own_fetch';
import { asOfficer } from './sync/as_officer';
import type { Office } from './ui/office.svelte';

/** First come the records and the screen; the map is a convenience. */
const FIRST_LOOK_MS = 8_000;
/** A map changes when an import is made: a few times a year. */
const LOOK_AGAIN_MS = 30 * 60_000;

interface Saving {
  connection?: { saveData?: boolean };
}

async function alone(name: string, work: () => Promise<void>): Promise<boolean> {
  if (!('locks' in navigator)) {
    await work();
    return true;
  }
  return navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
    if (lock) await work();
    return lock !== null;
  });
}

function after(delay_ms: number, call: () => void): () => void {
  const timer = setTimeout(call, delay_ms);
  return () => {
    clearTimeout(timer);
  };
}

async function controlOf(officer: string, name: string): Promise<PackageControl> {
  // Not among the code of Today: it is fetched when the phone is idle.
  const { MapPackage } = await import('./sync/map_package');
  return new MapPackage({
    ...{ place: () => packagePlace(officer), fetch: asOfficer(ownFetch, officer), after },
    alone: (work) => alone(`${name}-map`, work),
    savesData: () => (navigator as Saving).connection?.saveData ?? false,
  });
}

/** Lets the office have its map. A revoked phone keeps none. */
export function startMaps(office: Office): void {
  const officer = office.me.officer.id;
  if (office.revoked) {
    void forgetPackages(officer);
    return;
  }
  let control: Promise<PackageControl> | null = null;
  office.maps = () => (control ??= controlOf(officer, office.store.name));
  let looked_at_ms = -Infinity;
  const look = (): void => {
    if (!navigator.onLine || office.revoked || Date.now() - looked_at_ms < LOOK_AGAIN_MS) return;
    looked_at_ms = Date.now();
    void office.maps?.().then((made) => made.look());
  };
  const online = (): void => {
    looked_at_ms = -Infinity;
    look();
  };
  const first = after(FIRST_LOOK_MS, look);
  const again = setInterval(look, LOOK_AGAIN_MS);
  addEventListener('online', online);
  office.stopMaps = () => {
    first();
    clearInterval(again);
    removeEventListener('online', online);
    void control?.then((made) => {
      made.stop();
    });
  };
}
