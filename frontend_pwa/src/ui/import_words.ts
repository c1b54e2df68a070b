/** SHELL: an import in words. */
import type { ImportRow } from '../domain/imports';
import { t, textOf } from './language.svelte';

/** The file, or the edition that is to be in force. */
export function importName(job: ImportRow): string {
  if (job.kind !== 'edition') return job.file_name;
  return [job.options['list'], job.options['edition']].join(' ');
}

/** How it stands: what runs, or what waits for whom. */
export function importState(job: ImportRow): string {
  if (job.state === 'waiting' || job.state === 'running') return t(`import_step.${job.step}`);
  return t(`import_state.${job.state}`);
}

/** Of these the server says more than the words do: which, how large, from what to what. */
const TELLING = new Set([
  ...['geometry_type', 'geometry_unreadable', 'geometry_repaired', 'coordinates_unreadable', 'overlap'],
  ...['hole', 'code_of_another_list', 'too_long', 'area_new', 'area_gone', 'area_redrawn'],
  ...['area_renamed', 'area_renumbered', 'station_missing', 'station_taken_over'],
  ...['level_missing'],
]);

export const remarkDetail = (remark: { problem: string; detail: string }): string =>
  TELLING.has(remark.problem) ? remark.detail : '';

/** A remark on a row; one of a newer server shows its own word. */
export const remarkWords = (problem: string): string => textOf(`row_problem.${problem}`) ?? problem;

const MOVED = ['doors', 'doors_left', 'street_pieces', 'beats', 'tracks', 'days'];

/** What had to move, in the order in which it matters; nothing of an import that moves nothing. */
export const movedCounts = (counts: Record<string, number>): [string, number][] =>
  MOVED.flatMap((name) => {
    const count = counts[name];
    return count === undefined || (count === 0 && name === 'doors_left') ? [] : [[name, count]];
  });

/** What had to move because of an import. */
export const movedWords = (count: string): string => textOf(`moved_count.${count}`) ?? count;
