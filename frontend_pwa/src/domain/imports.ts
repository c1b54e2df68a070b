/** PURE: an administrator's import on its way in: what it shows, what must be said about its file, what is missing. */

export const FILE_KINDS = ['premises', 'streets', 'areas', 'officers'] as const;
export type FileKind = (typeof FILE_KINDS)[number];
export type ImportKind = FileKind | 'edition';
export type ImportState = 'waiting' | 'running' | 'looked' | 'checked' | 'applied' | 'refused' | 'cancelled';
export type ImportStep = 'look' | 'check' | 'apply';
export type ImportOptions = Record<string, string | string[]>;

export interface ImportRow {
  id: string;
  kind: ImportKind;
  file_name: string;
  options: ImportOptions;
  step: ImportStep;
  state: ImportState;
  rows_done: number;
  rows_of: number | null;
  counts: Record<string, number>;
  problem: { code: string; detail: string } | null;
  by: string;
  made_at: string;
  ended_at: string | null;
}

export interface FoundColumn {
  name: string;
  samples: string[];
}

export interface Found {
  columns: FoundColumn[];
  layers: string[];
  rows: number | null;
  crs: string;
  /** Not said by the file but prescribed by its format. */
  crs_implied: boolean;
  is_table: boolean;
  asks: ('encoding' | 'layer' | 'crs')[];
  guesses: Record<string, string>;
}

export interface ImportDetail extends ImportRow {
  found: Found | null;
  file_here: boolean;
  has_report: boolean;
}

export interface Remark {
  row: number;
  code: string;
  outcome: 'refused' | 'note';
  problem: string;
  detail: string;
}

export interface RemarksPage {
  summary: { problem: string; outcome: 'refused' | 'note'; rows: number }[];
  results: Remark[];
  next: number | null;
}

/** An edition of a list of areas, and how many areas of each level it has. */
export interface EditionRow {
  list: string;
  edition: string;
  in_force: boolean;
  valid_from: string;
  areas: Partial<Record<'prefecture' | 'county' | 'township' | 'village', number>>;
}

/** Endings that the server reads, for the file chooser. */
const TABLES = '.csv,.tsv,.txt,.xlsx,.ods';
export const ENDINGS: Record<FileKind, string> = {
  premises: `${TABLES},.geojson,.json,.zip,.gpkg,.fgb,.parquet,.kml`,
  streets: '.geojson,.json,.zip,.gpkg,.fgb,.parquet,.kml,.pbf',
  areas: '.geojson,.json,.zip,.gpkg,.fgb,.parquet,.kml',
  officers: TABLES,
};
export const FILE_BYTES = 1024 ** 3;

export const isBusy = (job: ImportRow): boolean => job.state === 'waiting' || job.state === 'running';

/** How much is done, 0 to 1; null where nobody knows of how much. */
export function shareDone(job: ImportRow): number | null {
  if (job.state !== 'running' || !job.rows_of) return null;
  return Math.min(1, job.rows_done / job.rows_of);
}

export type Field =
  | ('lon_field' | 'lat_field' | 'ref_field' | 'address_field' | 'kind_field' | 'name_field' | 'plate_field')
  | ('class_field' | 'code_field' | 'parent_field' | 'username_field' | 'unit_field' | 'badge_field')
  | 'roles_field';
/** A question that a dry run waits for. */
export type Question = Field | 'level' | 'edition' | 'kind' | 'crs';
interface Wanted {
  field: Field;
  needed: boolean;
}

/** The columns that an import reads; those it cannot do without. `kind_field` may be answered for all rows instead. */
const COLUMNS: Record<FileKind, Wanted[]> = {
  premises: [
    { field: 'ref_field', needed: true },
    { field: 'address_field', needed: true },
    { field: 'name_field', needed: false },
    { field: 'plate_field', needed: false },
  ],
  streets: [
    { field: 'ref_field', needed: true },
    { field: 'name_field', needed: false },
    { field: 'class_field', needed: false },
  ],
  areas: [
    { field: 'code_field', needed: true },
    { field: 'name_field', needed: true },
    { field: 'parent_field', needed: false },
  ],
  officers: [
    { field: 'username_field', needed: true },
    { field: 'name_field', needed: true },
    { field: 'unit_field', needed: true },
    { field: 'badge_field', needed: false },
    { field: 'roles_field', needed: false },
  ],
};

export function columnsOf(kind: FileKind, found: Found): Wanted[] {
  const placed = found.is_table && kind !== 'officers';
  const where = (['lon_field', 'lat_field'] as const).map((field) => ({ field, needed: true }));
  return [...(placed ? where : []), ...COLUMNS[kind]];
}

export const CRS_CHOICES = ['wgs84', 'gcj02', 'bd09', 'epsg'] as const;
export type CrsChoice = (typeof CRS_CHOICES)[number];

/** What a person has said so far. Nothing is preset but what the file's own names suggest. */
export interface Said {
  /** Option → column; `''`: none. The address may be joined from several. */
  columns: Record<string, string>;
  more_address: string[];
  crs: CrsChoice | 'file' | null;
  epsg: string;
  /** Doors: which column says the kind (`column`), or one kind for all rows. */
  kind: 'column' | 'household' | 'enterprise' | null;
  level: string | null;
  list: string;
  edition: string;
  since: string;
}

const text = (value: string | string[] | undefined): string =>
  (Array.isArray(value) ? value[0] : value) ?? '';

function crsOf(job: ImportDetail): Pick<Said, 'crs' | 'epsg'> {
  const crs = text(job.options['crs']);
  if (crs === 'gcj02' || crs === 'bd09') return { crs, epsg: '' };
  if (crs === 'EPSG:4326') return { crs: 'wgs84', epsg: '' };
  if (crs !== '') return { crs: 'epsg', epsg: crs.replace(/^EPSG:/i, '') };
  return { crs: job.found?.crs ? 'file' : null, epsg: '' };
}

function kindOf(job: ImportDetail): Said['kind'] {
  const all = text(job.options['kind']);
  if (all === 'household' || all === 'enterprise') return all;
  return job.options['kind_field'] || job.found?.guesses['kind_field'] ? 'column' : null;
}

/** What was said before a dry run stays said; before the first one, the guesses. */
export function saidOf(job: ImportDetail): Said {
  const { options, found } = job;
  const asked = job.step !== 'look';
  const columns: Record<string, string> = {};
  if (found && job.kind !== 'edition') {
    for (const { field } of [...columnsOf(job.kind, found), { field: 'kind_field' }]) {
      const before = text(options[field]);
      columns[field] = asked ? (before === '-' ? '' : before) : (found.guesses[field] ?? '');
    }
  }
  const address = options['address_field'];
  return {
    columns,
    more_address: Array.isArray(address) ? address.slice(1) : [],
    ...crsOf(job),
    kind: kindOf(job),
    level: text(options['level']) || null,
    list: text(options['list']),
    edition: text(options['edition']),
    since: text(options['active_from']) || text(options['valid_from']),
  };
}

/** What must still be said before a dry run, by the names of the questions. */
export function missing(job: ImportDetail, said: Said): Question[] {
  const { kind, found } = job;
  if (kind === 'edition' || !found) return [];
  const columns = columnsOf(kind, found)
    .filter(({ field, needed }) => needed && !said.columns[field])
    .map(({ field }) => field);
  const crsAsked = kind !== 'officers' && (said.crs === null || (said.crs === 'epsg' && !isEpsg(said.epsg)));
  const doors =
    kind === 'premises' && (said.kind === null || (said.kind === 'column' && !said.columns['kind_field']));
  return [
    ...(kind === 'areas' && said.level === null ? (['level'] as const) : []),
    ...(kind === 'streets' && said.edition.trim() === '' ? (['edition'] as const) : []),
    ...columns,
    ...(doors ? (['kind'] as const) : []),
    ...(crsAsked ? (['crs'] as const) : []),
  ];
}

export const isEpsg = (text: string): boolean => /^\s*(epsg:)?\s*\d{4,6}\s*$/i.test(text);

function crsSaid(said: Said): string {
  if (said.crs === null || said.crs === 'file') return '';
  if (said.crs === 'wgs84') return 'EPSG:4326';
  return said.crs === 'epsg' ? `EPSG:${/\d+/.exec(said.epsg)?.[0] ?? ''}` : said.crs;
}

function ownOptions(kind: ImportKind, said: Said): ImportOptions {
  switch (kind) {
    case 'areas':
      return { level: said.level ?? '', list: said.list, edition: said.edition, valid_from: said.since };
    case 'streets':
      return { edition: said.edition.trim() };
    case 'premises':
      return {
        address_field: [said.columns['address_field'] ?? '', ...said.more_address].filter(
          (name) => name !== '',
        ),
        kind_field: said.kind === 'column' ? (said.columns['kind_field'] ?? '') : '-',
        kind: said.kind === 'column' ? '' : (said.kind ?? ''),
        active_from: said.since,
      };
    default:
      return {};
  }
}

/** The options of a dry run. `-` says of a column that it is not to be read, whatever the file calls one. */
export function optionsOf(job: ImportDetail, said: Said): ImportOptions {
  const { kind, found } = job;
  const opened = { encoding: text(job.options['encoding']), layer: text(job.options['layer']) };
  const columns =
    kind === 'edition' || !found
      ? []
      : columnsOf(kind, found).map(({ field }) => [field, said.columns[field] || '-'] as const);
  const crs = kind === 'officers' ? '' : crsSaid(said);
  const all: ImportOptions = { ...opened, crs, ...Object.fromEntries(columns), ...ownOptions(kind, said) };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value.length > 0));
}

/** Whether the file has to be opened in another way than before: its text or its layers are not clear. */
export function asksToOpen(job: ImportDetail): 'encoding' | 'layer' | null {
  if (!job.file_here) return null;
  const refused = job.state === 'refused' ? job.problem?.code : '';
  if (refused === 'encoding_missing' || refused === 'encoding_wrong') return 'encoding';
  if (refused === 'layer_unclear') return 'layer';
  return job.found?.asks.find((ask) => ask !== 'crs') ?? null;
}
