/** SHELL: how full the battery is, where the browser tells: an outing keeps the screen on, and that costs. */

export interface BatteryState {
  level: number;
  charging: boolean;
}

interface BatteryManager extends EventTarget, BatteryState {}

/** Calls at once and at each change; returns how to stop. Only Chromium tells; elsewhere nothing is called. */
export function followBattery(changed: (state: BatteryState) => void): () => void {
  const ask = (navigator as { getBattery?: () => Promise<BatteryManager> }).getBattery;
  let stopped = false;
  let stop = (): void => {
    stopped = true;
  };
  void ask
    ?.call(navigator)
    .then((battery) => {
      if (stopped) return;
      const tell = (): void => changed({ level: battery.level, charging: battery.charging });
      for (const name of ['levelchange', 'chargingchange']) battery.addEventListener(name, tell);
      stop = () => {
        for (const name of ['levelchange', 'chargingchange']) battery.removeEventListener(name, tell);
      };
      tell();
    })
    .catch(() => undefined);
  return () => {
    stop();
  };
}
