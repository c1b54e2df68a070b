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

interface Entry {
  at: string;
  words: () => Omit<MadeToday, 'at'>;
}

function visits(office: Office, unsent: ReadonlySet<string>): Entry[] {
  return office.todaysVisits
    .filter((visit) => visit.mine)
    .map((visit) => ({
      at: visit.occurred_at,
      words: () => {
        const door = office.doorById.get(visit.premises);
        return {
          ...{ id: visit.id, address: `#/visits/${visit.id}`, unsent: unsent.has(visit.id) },
          where: door ? door.name || door.address : t(office.loaded ? 'door.unknown' : 'app.loading'),
          what: t(`outcome.${visit.outcome}`),
        };
      },
    }));
}

function others(office: Office, unsent: ReadonlySet<string>): Entry[] {
  const today = duringDay(office.today_on, office.zone);
  const made = new Map(
    [...office.sent, ...office.outbox]
      .map((row) => row.mutation)
      .filter((mutation) => SHOWN.has(mutation.kind) && today(mutation.recorded_at))
      .map((mutation) => [mutation.id, mutation]),
  );
  return [...made.values()].map((mutation) => ({
    at: mutation.recorded_at,
    words: () => ({
      ...{ id: mutation.id, where: titleOf(mutation, office), what: '' },
      ...{ address: addressOf(mutation), unsent: unsent.has(mutation.record_id) },
    }),
  }));
}

/** The newest ones in words, and how many there are: hundreds are counted after each save and not spelt out. */
export function madeToday(office: Office, shown: number): { rows: MadeToday[]; total: number } {
  const unsent = new Set(office.outbox.map((row) => row.mutation.record_id));
  const entries = [...visits(office, unsent), ...others(office, unsent)];
  const newest = entries.sort((a, b) => (a.at < b.at ? 1 : -1)).slice(0, shown);
  return { rows: newest.map(({ at, words }) => ({ at, ...words() })), total: entries.length };
}
