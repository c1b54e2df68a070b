/** SHELL: keeps the screen on while an outing records, where the browser allows it, and says how that stands. */

/** held: the screen stays on. refused: the browser said no (battery saver). unsupported: it cannot. off: not asked. */
export type WakeState = 'held' | 'refused' | 'unsupported' | 'off';

/** A refusal may end with the battery saver: it is asked again, but not at each fix. */
const ASK_AGAIN_MS = 15_000;

export class WakeLock {
  state: WakeState = 'off';
  #wanted = false;
  #asking = false;
  #lock: WakeLockSentinel | null = null;
  /** When the browser last said no, by the page's own clock. */
  #refused_ms = -Infinity;
  readonly #changed: (state: WakeState) => void;

  constructor(changed: (state: WakeState) => void) {
    this.#changed = changed;
  }

  /** Also asks again: the browser takes the lock away whenever the page is hidden. */
  async hold(): Promise<void> {
    this.#wanted = true;
    if (this.#lock !== null || this.#asking) return;
    if (performance.now() - this.#refused_ms < ASK_AGAIN_MS) return;
    if (!('wakeLock' in navigator)) {
      this.#set('unsupported');
      return;
    }
    this.#asking = true;
    try {
      this.#take(await navigator.wakeLock.request('screen'));
      this.#refused_ms = -Infinity;
    } catch {
      this.#refused_ms = performance.now();
      this.#set('refused');
    }
    this.#asking = false;
    if (!this.#wanted) this.release();
  }

  release(): void {
    this.#wanted = false;
    const lock = this.#lock;
    this.#lock = null;
    void lock?.release().catch(() => undefined);
    this.#set('off');
  }

  #take(lock: WakeLockSentinel): void {
    this.#lock = lock;
    lock.addEventListener('release', () => {
      if (this.#lock !== lock) return;
      this.#lock = null;
      // by the browser: a hidden page loses it and asks again when it is seen; one that is seen was refused it
      if (this.#wanted) this.#set(document.visibilityState === 'hidden' ? 'off' : 'refused');
    });
    this.#set('held');
  }

  #set(state: WakeState): void {
    this.state = state;
    this.#changed(state);
  }
}
