/**
 * SHELL: encryption between Dexie and IndexedDB. With the lock on, a row lies on the disk as its key, what its indexes and
 * a locked phone need, and the ciphertext of everything. Whoever reads or writes through Dexie sees plain rows.
 */
import type { DBCore, DBCoreCursor, DBCoreTable, Middleware } from 'dexie';
import type { Seals } from './sealed_outbox';

/** Done when it returns: a transaction dies while anything else is awaited. `place` (table and key) is authenticated. */
export interface Cipher {
  seal(place: string, text: string): Uint8Array;
  /** Throws for what was altered or belongs to another place. */
  open(place: string, sealed: Uint8Array): string;
}

/** The lock is closed: there is no key to read or to write with. */
export class StoreLocked extends Error {
  override readonly name = 'StoreLocked';
}

/** What the open database may do with protected rows. */
export class Keyring {
  reads: Cipher | null = null;
  writes: Cipher | null = null;
  /** A lock is set up: nothing protected is written in clear, key or not. */
  locked = false;
  /** To whom copies of unsent records are sealed; null while no lock is open, or before the server has said. */
  seals: Seals | null = null;

  open(cipher: Cipher): void {
    this.reads = cipher;
    this.writes = cipher;
  }

  close(): void {
    this.seals = null;
    this.reads = null;
    this.writes = null;
  }
}

type Row = Record<string, unknown>;

/** Where the ciphertext of a row lies. */
const SEALED = '$';
/** Besides key and indexes these stay readable: already sealed to the server, or encrypted by themselves (photos). */
const PROTECTED: Record<string, readonly string[]> = {
  ...{ doors: [], visits: [], disputes: [], dispute_events: [], drafts: [], form_drafts: [] },
  ...{ outings: [], fix_blocks: [], sent: [], facts: [] },
  outbox: ['sealed_copy'],
  attachments: ['blob', 'sealed_key'],
};
/** Counters and the identity are needed before the lock opens; they say nothing of anybody. */
const PROTECTED_FACTS = ['me', 'coverage', 'due_first'];

export const PROTECTED_TABLES: readonly string[] = Object.keys(PROTECTED);

function isProtected(table: string, key: unknown): boolean {
  return table !== 'facts' || PROTECTED_FACTS.includes(String(key));
}

/** Readable parts, by name, of the rows of one table. */
class Shape {
  readonly #table: string;
  readonly #key: string;
  readonly #clear: readonly string[];
  readonly #apart: readonly string[];

  constructor(table: DBCoreTable) {
    const names = [table.schema.primaryKey, ...table.schema.indexes].map((index) => String(index.keyPath));
    this.#table = table.name;
    this.#key = names[0] ?? '';
    this.#apart = PROTECTED[table.name] ?? [];
    this.#clear = [...names, ...this.#apart];
  }

  #place(key: unknown): string {
    return `${this.#table}\0${String(key)}`;
  }

  #content(row: Row): Row {
    if (this.#apart.length === 0) return row;
    return Object.fromEntries(Object.entries(row).filter(([name]) => !this.#apart.includes(name)));
  }

  sealed(row: Row, keyring: Keyring): Row {
    const key = row[this.#key];
    if (!isProtected(this.#table, key)) return row;
    if (!keyring.writes) {
      if (keyring.locked && !keyring.reads) throw new StoreLocked(this.#table);
      return row;
    }
    const sealed = keyring.writes.seal(this.#place(key), JSON.stringify(this.#content(row)));
    const onDisk: Row = { [SEALED]: sealed };
    for (const name of this.#clear) if (row[name] !== undefined) onDisk[name] = row[name];
    return onDisk;
  }

  opened(row: Row | undefined, keyring: Keyring): Row | undefined {
    const sealed = row?.[SEALED];
    if (!row || !(sealed instanceof Uint8Array)) return row;
    if (!keyring.reads) throw new StoreLocked(this.#table);
    const content = JSON.parse(keyring.reads.open(this.#place(row[this.#key]), sealed)) as Row;
    for (const name of this.#apart) if (row[name] !== undefined) content[name] = row[name];
    return content;
  }
}

/** A cursor's key and value are getters of the browser's object: they work on no other. */
function openedCursor(cursor: DBCoreCursor, open: (row: Row | undefined) => Row | undefined): DBCoreCursor {
  let met: unknown;
  let plain: Row | undefined;
  return Object.create(cursor, {
    key: { get: () => cursor.key as unknown },
    primaryKey: { get: () => cursor.primaryKey as unknown },
    value: {
      get: () => {
        const value = cursor.value as Row | undefined;
        if (value !== met) {
          met = value;
          plain = open(value);
        }
        return plain;
      },
    },
  }) as DBCoreCursor;
}

function encryptedTable(table: DBCoreTable, keyring: Keyring): DBCoreTable {
  const shape = new Shape(table);
  const open = (row: Row | undefined): Row | undefined => shape.opened(row, keyring);
  // Dexie's own promises are passed on: after an `await` of the language its transaction would be forgotten.
  return {
    ...table,
    mutate: (request) => {
      if (request.type !== 'add' && request.type !== 'put') return table.mutate(request);
      return table.mutate({ ...request, values: sealAll(request.values as Row[], shape, keyring) });
    },
    get: (request) => table.get(request).then(open),
    getMany: (request) => table.getMany(request).then((rows: (Row | undefined)[]) => rows.map(open)),
    query: (request) =>
      table
        .query(request)
        .then((answer) =>
          request.values ? { ...answer, result: (answer.result as Row[]).map(open) } : answer,
        ),
    openCursor: (request) =>
      table
        .openCursor(request)
        .then((cursor) => (cursor && request.values ? openedCursor(cursor, open) : cursor)),
  };
}

function sealAll(rows: readonly Row[], shape: Shape, keyring: Keyring): Row[] {
  return rows.map((row) => shape.sealed(row, keyring));
}

export function encryptedTables(keyring: Keyring): Middleware<DBCore> {
  return {
    ...{ stack: 'dbcore', name: 'encryptedTables' },
    // Next to IndexedDB: above it Dexie compares old rows with new ones, and both must be plain there.
    level: -10,
    create: (down) => ({
      ...down,
      table: (name) => {
        const table = down.table(name);
        return name in PROTECTED ? encryptedTable(table, keyring) : table;
      },
    }),
  };
}
