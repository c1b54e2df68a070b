/** SHELL: contacts that were revealed just now. They live in this object alone: a minute, or until the screen is left. */
import { REVEALED_MS, type Contact } from '../domain/parties';

export class Revealed {
  contacts = $state.raw<ReadonlyMap<string, Contact>>(new Map());
  #timers = new Map<string, number>();
  #printing = false;

  show(party: string, contact: Contact): void {
    this.contacts = new Map(this.contacts).set(party, contact);
    window.clearTimeout(this.#timers.get(party));
    this.#timers.set(
      party,
      window.setTimeout(() => {
        this.hide(party);
      }, REVEALED_MS),
    );
  }

  hide(party: string): void {
    const left = new Map(this.contacts);
    left.delete(party);
    this.contacts = left;
  }

  hideAll(): void {
    for (const timer of this.#timers.values()) window.clearTimeout(timer);
    this.#timers.clear();
    this.contacts = new Map();
  }

  /** For as long as a screen stands: whoever puts the phone away or goes elsewhere leaves nothing in sight. */
  watch(): () => void {
    const events = new AbortController();
    const { signal } = events;
    const print = (printing: boolean) => (): void => {
      this.#printing = printing;
    };
    // A printing dialog may hide the page: what is being printed must not change under it.
    addEventListener('beforeprint', print(true), { signal });
    addEventListener('afterprint', print(false), { signal });
    document.addEventListener(
      'visibilitychange',
      () => {
        if (document.hidden && !this.#printing) this.hideAll();
      },
      { signal },
    );
    return () => {
      events.abort();
      this.hideAll();
    };
  }
}
