/** SHELL: a database as an earlier version of the app left it, written with the browser's own calls and none of ours. */

export interface Dump {
  /** IndexedDB's number: Dexie's times ten. */
  version: number;
  stores: { name: string; keyPath: string; indexes: { name: string; keyPath: string }[] }[];
  rows: Record<string, Record<string, unknown>[]>;
}

function make(database: IDBDatabase, dump: Dump): void {
  for (const { name, keyPath, indexes } of dump.stores) {
    const store = database.createObjectStore(name, { keyPath });
    for (const index of indexes) store.createIndex(index.name, index.keyPath);
    for (const row of dump.rows[name] ?? []) store.add(row);
  }
}

export async function writeDump(name: string, dump: Dump): Promise<void> {
  const request = indexedDB.open(name, dump.version);
  request.onupgradeneeded = () => {
    make(request.result, dump);
  };
  await new Promise<void>((resolve, reject) => {
    request.onsuccess = () => {
      resolve();
    };
    request.onerror = () => {
      reject(request.error ?? new Error('not opened'));
    };
  });
  request.result.close();
}
