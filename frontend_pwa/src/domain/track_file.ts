/** PURE: a GPX file that is added to an ended outing, and what the server says came of it. */

/** How many of its points were kept, were there already, or could not be. */
export interface TrackFileCounts {
  points: number;
  stored: number;
  known: number;
  outside: number;
  untimed: number;
  misplaced: number;
}

export type TrackFileAnswer =
  | { kind: 'loaded'; value: TrackFileCounts }
  | { kind: 'no_network' | 'busy' | 'signed_out' }
  | { kind: 'refused'; code: string };

export type AddTrack = (outing: string, file: Blob) => Promise<TrackFileAnswer>;

/** What the server reads of one file. */
export const TRACK_FILE_MAX_BYTES = 32 * 1024 * 1024;

/** The outing is not on the server, or not its end: its records are still on their way. */
export function isNotThereYet(answer: TrackFileAnswer): boolean {
  return answer.kind === 'refused' && (answer.code === 'not_found' || answer.code === 'outing_running');
}
