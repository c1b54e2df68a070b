/** SHELL: the best position so far. It watches while a screen needs it and never makes anybody wait. */
import { betterFix, type Fix } from '../domain/distance';
import type { NoPlaceReason } from '../domain/words';

export interface LocationState {
  fix: Fix | null;
  /** Why there is no fix (yet). */
  reason: NoPlaceReason;
}

/** GeolocationPositionError.code → the contract's word. */
const REASONS: Record<number, NoPlaceReason> = { 1: 'denied', 2: 'unavailable', 3: 'timeout' };

export class BestFix {
  state: LocationState = { fix: null, reason: 'not_asked' };
  #watch: number | null = null;
  readonly #changed: (state: LocationState) => void;

  constructor(changed: (state: LocationState) => void) {
    this.#changed = changed;
  }

  /** Starts only when the officer has allowed it before, so that Today never opens with a question. */
  async startIfAllowed(): Promise<void> {
    try {
      const permission = await navigator.permissions.query({ name: 'geolocation' });
      if (permission.state === 'granted') this.start();
    } catch {
      // a browser that cannot say is asked when a visit is written
    }
  }

  start(): void {
    if (this.#watch !== null) return;
    if (!('geolocation' in navigator)) {
      this.#set({ ...this.state, reason: 'unavailable' });
      return;
    }
    this.#set({ ...this.state, reason: 'timeout' });
    this.#watch = navigator.geolocation.watchPosition(
      (position) => {
        this.#take(position);
      },
      (error) => {
        this.#set({ ...this.state, reason: REASONS[error.code] ?? 'unavailable' });
      },
      { enableHighAccuracy: true, maximumAge: 60_000 },
    );
  }

  stop(): void {
    if (this.#watch !== null) navigator.geolocation.clearWatch(this.#watch);
    this.#watch = null;
  }

  #take({ coords, timestamp }: GeolocationPosition): void {
    const { longitude: lon, latitude: lat, accuracy: accuracy_m } = coords;
    const fix = betterFix(this.state.fix, { lon, lat, accuracy_m, at_ms: timestamp });
    this.#set({ fix, reason: this.state.reason });
  }

  #set(state: LocationState): void {
    this.state = state;
    this.#changed(state);
  }
}
