/** SHELL: beginning a new door from somewhere else: what is known of it goes along. */
import { keepForm, keptForm } from '../data/save';
import { emptyDoor, type NewDoorDraft } from '../domain/proposals';
import type { Office } from './office.svelte';
import { router } from './router.svelte';

export const NEW_DOOR = 'premises:new';

/** The door that is being written, if there is one. */
export async function keptDoor(office: Office): Promise<NewDoorDraft | null> {
  return ((await keptForm(office.store, NEW_DOOR))?.value as NewDoorDraft | undefined) ?? null;
}

/** Goes to the form with the plate that was scanned; what was written there before stays. */
export async function beginNewDoor(office: Office, door_plate: string): Promise<void> {
  const draft = (await keptDoor(office)) ?? emptyDoor(office.newId(), '');
  await keepForm(office.store, NEW_DOOR, { ...draft, door_plate }, office.now());
  router.go({ screen: 'new_door' });
}
