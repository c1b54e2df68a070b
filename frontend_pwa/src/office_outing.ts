/** SHELL: the outing of one officer on this phone: what the browser gives it, and what it gives to the office. */
import { madeIn } from './domain/outing_records';
import { followBattery } from './location/battery';
import { Recorder } from './location/recorder';
import { followVisibility, isHidden } from './location/visibility';
import { WakeLock } from './location/wake_lock';
import type { Office } from './ui/office.svelte';
import { Outing } from './ui/outing.svelte';
import { webLocks } from './web_locks';

export function openOuting(office: Office): void {
  const outing = new Outing({
    ...{
      store: office.store,
      newId: office.newId,
      now_ms: office.now,
      isHidden,
      followVisibility,
      followBattery,
    },
    locks: webLocks(`${office.store.name}-outing`),
    recorder: (events) => new Recorder(events, office.now),
    wakeLock: (changed) => new WakeLock(changed),
    madeIn: (ended) => madeIn(ended, [...office.outbox, ...office.sent]),
    onPatrol: (id) => (office.patrolId = id),
    onSaved: () => office.sync.saved(),
  });
  office.outing = outing;
  outing.open();
}
