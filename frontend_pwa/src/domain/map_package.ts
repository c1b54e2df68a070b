/** PURE: what the phone knows about the map package of its station. */

/** GET /api/v1/map/package/facts */
export interface PackageFacts {
  /** SHA-256 of the file. */
  version: string;
  size_bytes: number;
  built_at: string;
  /** West, south, east, north of the own townships; the file reaches further. */
  bounds: [number, number, number, number];
  minzoom: number;
  maxzoom: number;
}

/** Why a package is not here or not newer; each has its own words. */
export type PackageTrouble =
  'no_network' | 'not_built' | 'no_room' | 'damaged' | 'refused' | 'elsewhere' | 'signed_out';

export interface KeptPackage {
  facts: PackageFacts;
  file: File;
}

export interface PackageState {
  /** False until the phone's storage was looked at. */
  looked: boolean;
  /** False where this browser has no place for files: the map works without a ground. */
  storable: boolean;
  kept: KeptPackage | null;
  /** What the server has, when it is not what is kept. */
  offered: PackageFacts | null;
  /** Bytes of `offered` that are here already. */
  got_bytes: number;
  loading: boolean;
  trouble: PackageTrouble | null;
  /** False after the officer deleted it: it is not fetched again by itself. */
  wanted: boolean;
}

export const nothingKnown: PackageState = {
  ...{ looked: false, storable: true, kept: null, offered: null, got_bytes: 0 },
  ...{ loading: false, trouble: null, wanted: true },
};

/** What screens may do with the package. */
export interface PackageControl {
  readonly state: PackageState;
  /** Calls now and at every change; returns how to stop. */
  watch(call: (state: PackageState) => void): () => void;
  /** Asks the server what there is, and fetches it when that needs no asking. */
  look(): Promise<void>;
  /** The officer wants it: goes on from where it stands. */
  load(): Promise<void>;
  /** What has come stays, for going on later. */
  cancel(): void;
  /** The officer does not want it on this phone. */
  remove(): Promise<void>;
  stop(): void;
}

/** Above this size the officer is asked first: a minute on a weak mast, and perhaps paid by the megabyte. */
export const ASK_ABOVE_BYTES = 8 * 1024 * 1024;

export function fetchedByItself(state: PackageState, saves_data: boolean): boolean {
  const { offered } = state;
  return offered !== null && state.wanted && !saves_data && offered.size_bytes <= ASK_ABOVE_BYTES;
}

export function isFacts(value: unknown): value is PackageFacts {
  if (typeof value !== 'object' || value === null) return false;
  const { version, size_bytes, bounds } = value as Partial<PackageFacts>;
  const named = typeof version === 'string' && /^[0-9a-f]{64}$/.test(version);
  return named && typeof size_bytes === 'number' && Array.isArray(bounds) && bounds.length === 4;
}
