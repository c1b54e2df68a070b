/** PURE: what the phones said: which records are "saved", what was taken back, and what went wrong with the rules. */

export interface Said {
  id: string;
  sha256: string;
  phone: number;
}

export class Ledger {
  readonly saved = new Map<string, Said>();
  /** Rules that were broken, in the words of the rule. */
  readonly broken: string[] = [];
  readonly trace: string[] = [];
  #ids = 0;

  newId(prefix: string): string {
    this.#ids += 1;
    return `${prefix}${String(this.#ids).padStart(4, '0')}`;
  }

  sayBroken(rule: string): void {
    if (!this.broken.includes(rule)) this.broken.push(rule);
  }

  /** Undone, or lost with a database that the browser threw away: no longer promised. */
  release(ids: Iterable<string>): void {
    for (const id of ids) this.saved.delete(id);
  }

  savedOn(phone: number): Said[] {
    return [...this.saved.values()].filter((said) => said.phone === phone);
  }
}
