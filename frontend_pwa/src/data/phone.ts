/** SHELL: what this phone remembers apart from any officer's database: who was last here, and preferences. */

export interface Marker {
  officer: string;
  device: string;
  made_total: number;
}

export interface Preferences {
  language: 'zh' | 'en' | null;
  theme: 'system' | 'light' | 'dark';
}

const LAST_OFFICER = 'xunfang.officer';
const PREFERENCES = 'xunfang.preferences';
const markerKey = (officer: string): string => `xunfang.marker.${officer}`;

/** localStorage may be forbidden or full; nothing that matters lives there. */
function read<T>(key: string): T | null {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null') as T | null;
  } catch {
    return null;
  }
}

function write(key: string, value: unknown): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // a convenience only: the app works without it
  }
}

const EXPLAINED = 'xunfang.outing_explained';

/** What a web page cannot record is said in full until somebody has read it on this phone. */
export const isOutingExplained = (): boolean => read<boolean>(EXPLAINED) === true;
export const setOutingExplained = (): void => write(EXPLAINED, true);

export const lastOfficer = (): string | null => read<string>(LAST_OFFICER);
export const rememberOfficer = (officer: string | null): void => write(LAST_OFFICER, officer);

/** Another tab signed in as somebody else or out: this tab must not go on with the old officer. */
export function onOfficerChanged(changed: () => void): void {
  addEventListener('storage', (event) => {
    if (event.key === LAST_OFFICER) changed();
  });
}

export const preferences = (): Preferences => ({
  language: null,
  theme: 'system',
  ...read<Partial<Preferences>>(PREFERENCES),
});
export const rememberPreferences = (chosen: Preferences): void => write(PREFERENCES, chosen);

/** The marker says that a database existed, so that an evicted one is noticed and told. */
export const marker = (officer: string): Marker | null => read<Marker>(markerKey(officer));
export const setMarker = (made: Marker): void => write(markerKey(made.officer), made);

/** How many records an evicted database had made; null when nothing is missing. */
export function evictedRecords(officer: string, device: string): number | null {
  const known = marker(officer);
  return known && known.device !== device && known.made_total > 0 ? known.made_total : null;
}

export interface StorageFacts {
  persisted: boolean | null;
  used_bytes: number | null;
  quota_bytes: number | null;
}

/** Whether the browser promised to keep the database, and how much room there is; null where it does not say. */
export async function storageFacts(): Promise<StorageFacts> {
  const [persisted, estimate] = await Promise.all([
    navigator.storage?.persisted?.().catch(() => null),
    navigator.storage?.estimate?.().catch(() => null),
  ]);
  return {
    persisted: persisted ?? null,
    used_bytes: estimate?.usage ?? null,
    quota_bytes: estimate?.quota ?? null,
  };
}

/** Asks the browser not to throw the database away when space runs short. */
export async function askToPersist(): Promise<boolean> {
  return (await navigator.storage?.persist?.()) ?? false;
}
