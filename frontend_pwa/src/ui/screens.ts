/** SHELL: every screen but Today, fetched when it is first opened; the service worker keeps them all on the phone. */
import { allTexts } from './language.svelte';

import type { Office } from './office.svelte';

export const screens = {
  agreement: () => import('./screens/Agreement.svelte'),
  correct: () => import('./screens/Correct.svelte'),
  coverage: () => import('./screens/Coverage.svelte'),
  devices: () => import('./screens/Devices.svelte'),
  dispute: () => import('./screens/Dispute.svelte'),
  dispute_new: () => import('./screens/DisputeNew.svelte'),
  dispute_step: () => import('./screens/DisputeStep.svelte'),
  disputes: () => import('./screens/Disputes.svelte'),
  doors: () => import('./screens/Doors.svelte'),
  enrol: () => import('./screens/Enrol.svelte'),
  held: () => import('./screens/Held.svelte'),
  editions: () => import('./screens/Editions.svelte'),
  help: () => import('./screens/Help.svelte'),
  import_job: () => import('./screens/ImportJob.svelte'),
  imports: () => import('./screens/Imports.svelte'),
  lock: () => import('./screens/Lock.svelte'),
  lock_settings: () => import('./screens/LockSettings.svelte'),
  map: () => import('./screens/Map.svelte'),
  new_door: () => import('./screens/NewDoor.svelte'),
  outing: () => import('./screens/Outing.svelte'),
  outing_done: () => import('./screens/OutingDone.svelte'),
  outings: () => import('./screens/Outings.svelte'),
  quarantine: () => import('./screens/Quarantine.svelte'),
  recorders: () => import('./screens/Recorders.svelte'),
  scan: () => import('./screens/Scan.svelte'),
  sign_in: () => import('./screens/SignIn.svelte'),
  settings: () => import('./screens/Settings.svelte'),
  start_codes: () => import('./screens/StartCodes.svelte'),
  unsent: () => import('./screens/Unsent.svelte'),
  visit: () => import('./screens/Visit.svelte'),
  visit_record: () => import('./screens/VisitRecord.svelte'),
};

/** What the common job needs next: fetched while Today is looked at, so that the first tap waits for nothing. */
export function warmScreens(office: Office): void {
  const idle = globalThis.requestIdleCallback ?? ((call: () => void) => setTimeout(call, 1000));
  idle(() => {
    void Promise.allSettled([allTexts(), screens.doors(), screens.visit(), screens.outing()]);
    // A browser that is closing fetches nothing; then nobody searches either.
    import('./door_search.svelte').then(
      ({ doorSearch }) => doorSearch(office).follow(office.doors),
      () => undefined,
    );
  });
}
