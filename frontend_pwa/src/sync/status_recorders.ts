/** PURE: what a screen is told of recorder apps: phone apps that record with the screen locked. */
import type { Loaded } from './status';

export const RECORDER_APPS = ['owntracks', 'traccar'] as const;
export type RecorderApp = (typeof RECORDER_APPS)[number];

export interface RecorderRow {
  id: string;
  app: RecorderApp;
  created_at: string;
  last_seen_at: string | null;
  /** Positions that belonged to no outing. */
  dropped_count: number;
}

/** The secret is in this answer only; the server keeps a hash of it. */
export interface NewRecorder {
  id: string;
  app: RecorderApp;
  endpoint: string;
  username: string;
  secret: string;
  config_url: string;
}

export interface RecordersSource {
  list: () => Promise<Loaded<{ results: RecorderRow[] }>>;
  make: (app: RecorderApp) => Promise<Loaded<NewRecorder>>;
  revoke: (id: string) => Promise<Loaded<unknown>>;
}
