/** SHELL: what a phone sent, in words: the kind of record, the names of its fields and their values. */
import type { Problem } from '../domain/mutations';
import { choicesOf, type Leaf, type PayloadField } from '../domain/payload_fields';
import { dayAndTime, t, textOf } from './language.svelte';
import type { Office } from './office.svelte';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

/** Enough of an id to tell two apart: ids begin with the time, so their ends differ. */
export const shortId = (id: string): string => id.slice(-8);

/** A kind that this version does not know keeps its own name. */
export function kindWords(kind: string): string {
  return textOf(`record_kind.${kind}`) ?? (kind === '' ? t('record_kind.unreadable') : kind);
}

export function fieldWords(name: string): string {
  return textOf(`field.${name}`) ?? name;
}

export function labelOf(field: PayloadField): string {
  const group = field.path.split('.')[0] ?? '';
  const own = fieldWords(field.name);
  const label = group === field.name ? own : `${fieldWords(group)} · ${own}`;
  return field.nth === null ? label : `${label} ${String(field.nth)}`;
}

/** The words of a choice: `met` of an outcome as the visit form says it. */
export function choiceWords(prefix: string, value: string): string {
  return textOf(`${prefix}.${value}`) ?? value;
}

function nameOf(field: string, id: string, office: Office): string {
  if (field === 'campaign')
    return office.me.campaign?.id === id ? office.me.campaign.name : t('field.value.other_campaign');
  const door = office.doorById.get(id);
  if (door) return door.name || door.address;
  const colleague = [office.me.officer, ...office.me.colleagues].find((one) => one.id === id);
  return colleague?.name ?? shortId(id);
}

export function valueWords(kind: string, field: PayloadField, office: Office): string {
  const { value } = field;
  if (value === null || value === '') return '—';
  if (typeof value === 'boolean') return value ? t('field.value.yes') : t('field.value.no');
  if (typeof value === 'number') return String(value);
  const choices = choicesOf(kind, field.path);
  if (choices) return choiceWords(choices.prefix, value);
  if (UUID.test(value)) return nameOf(field.name, value, office);
  return INSTANT.test(value) ? dayAndTime(value, office.zone) : value;
}

export const isIdentity = (value: Leaf): boolean => typeof value === 'string' && UUID.test(value);

/** The fields a problem names, as the screen calls them. */
export function refusedFields(problem: Problem | null): string {
  const paths = (problem?.errors ?? []).map((error) => error.field).filter(Boolean);
  return paths
    .map((path) => {
      const name = path.split('.').findLast((part) => !/^\d+$/.test(part));
      return name === undefined ? path : fieldWords(name);
    })
    .join(t('field.comma'));
}
