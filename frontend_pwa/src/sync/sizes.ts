/** PURE: how much goes over the network at once: halved where it was too much, grown again step by step. */

export interface Sizes {
  records: number;
  /** Upper bound of a push body; a single record may be larger. */
  bytes: number;
  page_rows: number;
}

export const RECORDS_LIMIT = 50;
const LIMITS: Sizes = { records: RECORDS_LIMIT, bytes: 256 * 1024, page_rows: 500 };
const LEAST: Sizes = { records: 1, bytes: 2 * 1024, page_rows: 50 };
/** 64 kB leave a 20 kbit/s mast within the watchdog's 30 s. */
export const FIRST_SIZES: Sizes = { ...LIMITS, bytes: 64 * 1024 };

const halved = (sizes: Sizes, key: keyof Sizes): number => Math.max(LEAST[key], Math.floor(sizes[key] / 2));
const grown = (sizes: Sizes, key: keyof Sizes): number => Math.min(LIMITS[key], Math.ceil(sizes[key] * 1.5));

export function halvedRecords(sizes: Sizes): Sizes {
  return { ...sizes, records: halved(sizes, 'records') };
}

export function afterSlow(sizes: Sizes, direction: 'push' | 'pull'): Sizes {
  if (direction === 'pull') return { ...sizes, page_rows: halved(sizes, 'page_rows') };
  return { ...sizes, records: halved(sizes, 'records'), bytes: halved(sizes, 'bytes') };
}

export function afterTaken(sizes: Sizes): Sizes {
  return { ...sizes, records: grown(sizes, 'records'), bytes: grown(sizes, 'bytes') };
}

export function afterPage(sizes: Sizes): Sizes {
  return { ...sizes, page_rows: grown(sizes, 'page_rows') };
}
