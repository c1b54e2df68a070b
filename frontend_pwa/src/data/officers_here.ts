/** SHELL: whose snapshot lies on this phone, where the phone's own memory of it is gone. */
import Dexie from 'dexie';
import { OfficerStore, officerStoreName, openNotNewer } from './officer_store';

const ANY_OFFICER = officerStoreName('');

async function officerIn(name: string): Promise<string | null> {
  const store = new OfficerStore(name);
  try {
    await openNotNewer(store);
    // Whose it is stands in its name: what lies in it may be locked.
    const here = await store.facts.where('key').equals('me').count();
    return here > 0 ? name.slice(ANY_OFFICER.length) : null;
  } finally {
    store.close();
  }
}

/**
 * The only officer who is signed in on this phone; null when there is none or more than one. localStorage reaches the
 * disk seconds late, so a browser that was killed forgets who was there; the databases know it. Signing out forgets
 * the snapshot and with it whose it was.
 */
export async function onlyOfficerHere(): Promise<string | null> {
  const names = (await Dexie.getDatabaseNames().catch(() => [])).filter((name) =>
    name.startsWith(ANY_OFFICER),
  );
  const found = await Promise.all(names.map((name) => officerIn(name).catch(() => null)));
  const officers = found.filter((officer) => officer !== null);
  return officers.length === 1 ? (officers[0] ?? null) : null;
}
