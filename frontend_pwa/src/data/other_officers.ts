/** SHELL: what waits on this phone for officers who are not signed in: how much, never whose or what. */
import Dexie from 'dexie';
import { OfficerStore, officerStoreName, openNotNewer } from './officer_store';

const ANY_OFFICER = officerStoreName('');

async function unsentIn(name: string): Promise<number> {
  const store = new OfficerStore(name);
  try {
    await openNotNewer(store);
    return await store.outbox.count();
  } finally {
    store.close();
  }
}

/** How many unsent records the other officers' databases on this phone hold. A database that does not open is no reason to refuse anybody. */
export async function unsentOfOthers(officer: string | null): Promise<number> {
  const own = officer === null ? null : officerStoreName(officer);
  const names = (await Dexie.getDatabaseNames().catch(() => [])).filter(
    (name) => name.startsWith(ANY_OFFICER) && name !== own,
  );
  const counts = await Promise.all(names.map((name) => unsentIn(name).catch(() => 0)));
  return counts.reduce((sum, count) => sum + count, 0);
}
