/** SHELL: what this officer made today, in words, newest first: visits of any phone, other records of this one. */
import { duringDay } from '../domain/dates';
import type { Mutation } from '../domain/mutations';
import { t } from './language.svelte';
import type { Office } from './office.svelte';
import { titleOf } from './record_words';

export interface MadeToday {
  id: string;
  at: string;
  where: string;
  what: string;
  /** The screen that shows it; null where there is none. */
  address: string | null;
  unsent: boolean;
}

/** Positions, legs and photos go with their records: nobody counts them. */
const SHOWN: ReadonlySet<string> = new Set([
  ...['visit.correct', 'dispute.open', 'dispute.event', 'premises.propose'],
  ...['patrol.observe', 'outreach.record'],
]);

function addressOf(mutation: Mutation): string | null {
  if (mutation.kind === 'dispute.open') return `#/disputes/${mutation.record_id}`;
  if (mutation.kind === 'dispute.event') return `#/disputes/${mutation.payload.dispute}`;
  return mutation.kind === 'visit.correct' ? `#/visits/${mutation.payload.corrects}` : null;
}

function visits(office: Office, unsent: ReadonlySet<string>): MadeToday[] {
  return office.todaysVisits
    .filter((visit) => visit.mine)
    .map((visit) => {
      const door = office.doorById.get(visit.premises);
      return {
        ...{ id: visit.id, at: visit.occurred_at, what: t(`outcome.${visit.outcome}`) },
        where: door ? door.name || door.address : t('door.unknown'),
        address: `#/visits/${visit.id}`,
        unsent: unsent.has(visit.id),
      };
    });
}

function others(office: Office, unsent: ReadonlySet<string>): MadeToday[] {
  const today = duringDay(office.today_on, office.zone);
  const made = new Map(
    [...office.sent, ...office.outbox]
      .map((row) => row.mutation)
      .filter((mutation) => SHOWN.has(mutation.kind) && today(mutation.recorded_at))
      .map((mutation) => [mutation.id, mutation]),
  );
  return [...made.values()].map((mutation) => ({
    ...{ id: mutation.id, at: mutation.recorded_at, where: titleOf(mutation, office), what: '' },
    address: addressOf(mutation),
    unsent: unsent.has(mutation.record_id),
  }));
}

export function madeToday(office: Office): MadeToday[] {
  const unsent = new Set(office.outbox.map((row) => row.mutation.record_id));
  return [...visits(office, unsent), ...others(office, unsent)].sort((a, b) => b.at.localeCompare(a.at));
}
