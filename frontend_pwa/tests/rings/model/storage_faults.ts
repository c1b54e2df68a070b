/** SHELL: what may befall a phone's database: a write that is broken off, and a phone that dies in or after one. */

export type WriteFault = 'no_space' | 'killed_in' | 'killed_after';

interface Armed {
  fault: WriteFault;
  /** Counts down: the fault befalls the write at which it gets to zero. */
  writes: number;
  /** How many turns of the database the write lives. */
  turns: number;
  onKilled: () => void;
}

type Transaction = typeof IDBDatabase.prototype.transaction;

function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort();
  } catch {
    // it had ended already
  }
}

export class StorageFaults {
  readonly #armed = new Map<IDBDatabase, Armed>();
  readonly #open = new Map<IDBDatabase, Set<IDBTransaction>>();
  readonly #real: Transaction = IDBDatabase.prototype.transaction;

  install(): void {
    const { watch, real } = { watch: this.#watch.bind(this), real: this.#real };
    IDBDatabase.prototype.transaction = function (this: IDBDatabase, ...given: Parameters<Transaction>) {
      const transaction = real.apply(this, given);
      if (given[1] === 'readwrite') watch(this, transaction);
      return transaction;
    };
  }

  remove(): void {
    IDBDatabase.prototype.transaction = this.#real;
  }

  arm(database: IDBDatabase, armed: Armed): void {
    this.#armed.set(database, armed);
  }

  disarm(database: IDBDatabase): void {
    this.#armed.delete(database);
  }

  /** The process is gone: what it had not committed never was. */
  abortAll(database: IDBDatabase): void {
    for (const transaction of this.#open.get(database) ?? []) abort(transaction);
    this.#open.delete(database);
    this.#armed.delete(database);
  }

  #watch(database: IDBDatabase, transaction: IDBTransaction): void {
    const open = this.#open.get(database) ?? new Set();
    this.#open.set(database, open.add(transaction));
    const ended = (): void => void open.delete(transaction);
    transaction.addEventListener('complete', ended);
    transaction.addEventListener('abort', ended);
    const armed = this.#armed.get(database);
    if (!armed) return;
    armed.writes -= 1;
    if (armed.writes > 0) return;
    this.#armed.delete(database);
    this.#befall(transaction, armed);
  }

  #befall(transaction: IDBTransaction, armed: Armed): void {
    // Heard before the app hears it: the record is in the database, and nobody was told.
    if (armed.fault === 'killed_after') transaction.addEventListener('complete', armed.onKilled);
    else
      after(armed.turns, () => {
        abort(transaction);
        if (armed.fault === 'killed_in') armed.onKilled();
      });
  }
}

function after(turns: number, call: () => void): void {
  setImmediate(() => {
    if (turns <= 1) call();
    else after(turns - 1, call);
  });
}
