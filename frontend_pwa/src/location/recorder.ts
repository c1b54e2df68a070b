/** SHELL: the phone's positions while an outing records. It asks for nothing before `start` and after `stop`. */
import type { TrackFix } from '../domain/outing';

export interface RecorderEvents {
  onFix: (fix: TrackFix) => void;
  /** denied: the officer or the browser forbids it. unavailable: no position for now. */
  onTrouble: (trouble: 'denied' | 'unavailable') => void;
  /** The permission was given after it had been refused. */
  onAllowed: () => void;
}

const PERMISSION_DENIED = 1;
/** Who stands still may hear nothing from a watch for minutes; standing somewhere is no gap, so it is asked again. */
const ASK_AGAIN_MS = 15_000;
// never a position from before: the track would begin where the officer was
const FRESH: PositionOptions = { enableHighAccuracy: true, maximumAge: 0 };
/** Some receivers say a time that is years off; a position this fresh was taken now. */
const CLOCK_TRUST_MS = 60_000;

export class Recorder {
  #watch: number | null = null;
  #permission: PermissionStatus | null = null;
  #clock: ReturnType<typeof setInterval> | undefined;
  /** When it last heard or asked. */
  #heard_ms = 0;
  readonly #events: RecorderEvents;
  readonly #now: () => number;

  constructor(events: RecorderEvents, now_ms: () => number) {
    this.#events = events;
    this.#now = now_ms;
  }

  start(): void {
    if (this.#watch !== null) return;
    if (!('geolocation' in navigator)) {
      this.#events.onTrouble('unavailable');
      return;
    }
    this.#watch = navigator.geolocation.watchPosition(this.#took, this.#failed, FRESH);
    this.#clock = setInterval(() => {
      if (this.#now() - this.#heard_ms >= ASK_AGAIN_MS) this.#ask();
    }, ASK_AGAIN_MS / 3);
    this.#ask();
    void this.#follow();
  }

  stop(): void {
    if (this.#watch !== null) navigator.geolocation.clearWatch(this.#watch);
    this.#watch = null;
    clearInterval(this.#clock);
    if (this.#permission) this.#permission.onchange = null;
    this.#permission = null;
  }

  readonly #took = (position: GeolocationPosition): void => {
    // an answer that was under way when it was stopped belongs to nobody
    if (this.#watch === null) return;
    this.#heard_ms = this.#now();
    this.#events.onFix(this.#fixOf(position));
  };

  readonly #failed = (error: GeolocationPositionError): void => {
    if (this.#watch === null) return;
    this.#events.onTrouble(error.code === PERMISSION_DENIED ? 'denied' : 'unavailable');
  };

  #ask(): void {
    this.#heard_ms = this.#now();
    navigator.geolocation.getCurrentPosition(this.#took, () => undefined, {
      ...FRESH,
      timeout: ASK_AGAIN_MS,
    });
  }

  /** A permission changed in the browser's settings is noticed at once, where the browser says so. */
  async #follow(): Promise<void> {
    const permission = await navigator.permissions?.query({ name: 'geolocation' }).catch(() => null);
    if (!permission || this.#watch === null) return;
    this.#permission = permission;
    permission.onchange = () => {
      if (permission.state === 'denied') this.#events.onTrouble('denied');
      else this.#again();
    };
  }

  /** A watch that was refused stays silent for good: a new one is needed. */
  #again(): void {
    this.stop();
    this.start();
    this.#events.onAllowed();
  }

  #fixOf({ coords, timestamp }: GeolocationPosition): TrackFix {
    const now_ms = this.#now();
    return {
      t_ms: Math.abs(now_ms - timestamp) < CLOCK_TRUST_MS ? Math.round(timestamp) : now_ms,
      ...{ lon: coords.longitude, lat: coords.latitude, accuracy_m: coords.accuracy },
      ...{ speed_mps: coords.speed, heading_deg: coords.heading },
    };
  }
}
