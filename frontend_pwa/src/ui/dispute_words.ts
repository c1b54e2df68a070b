/** SHELL: where a dispute is and who works on it, in words. */
import type { SeenDispute } from '../domain/dispute_case';
import { t } from './language.svelte';
import type { Office } from './office.svelte';

export function placeWords(dispute: Pick<SeenDispute, 'premises' | 'place_text'>, office: Office): string {
  if (dispute.premises === null) return dispute.place_text;
  const door = office.doorById.get(dispute.premises);
  return door ? [door.name, door.address].filter(Boolean).join(' · ') : t('door.unknown');
}

export function officerName(id: string | null, office: Office): string {
  const { officer, colleagues } = office.me;
  return [officer, ...colleagues].find((one) => one.id === id)?.name ?? t('dispute.someone');
}

/** What a dispute is found by in the list. */
export function searchWords(dispute: SeenDispute, office: Office): string {
  const { category, summary, assignee_name, author_name } = dispute;
  const people = [assignee_name ?? '', author_name, ...dispute.parties.map((party) => party.name_masked)];
  return [t(`category.${category}`), summary, placeWords(dispute, office), ...people].join(' ');
}
