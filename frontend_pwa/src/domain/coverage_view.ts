/** PURE: what one looks at on the Coverage screen, and how it is written in the address. */
import { LEVELS, LEVEL_METRICS, type Level, type Metric } from './coverage';
import { isDay } from './dates';
import { isWindow } from './windows';

export type Part = 'all' | 'day' | 'night';
export const PARTS: readonly Part[] = ['all', 'day', 'night'];
export type SortKey = 'name' | Metric;

/** "Not walked for n days": what the table of streets can be narrowed to. */
export const UNWALKED_DAYS = [7, 14, 30, 60, 90] as const;

export interface CoverageView {
  level: Level;
  /** Only the places in here: of townships the name of a county, of smaller places the code of a township. */
  within: string | null;
  metric: Metric;
  window: string;
  part: Part;
  as_of: string | null;
  /** The chosen place, by its code. */
  area: string | null;
  sort: SortKey;
  descending: boolean;
  /** Streets that nobody has walked for so many days. */
  unwalked_days: number | null;
  /** On a phone either the map or the table is shown; at a desk both are. */
  show: 'map' | 'table';
}

export const DEFAULT_VIEW: CoverageView = {
  ...{ level: 'townships', within: null, metric: 'household_coverage', window: '30d', part: 'all' },
  ...{ as_of: null, area: null, sort: 'name', descending: false, unwalked_days: null, show: 'map' },
};

/** Streets stand by how long nobody walked them: that is what one looks for. */
function defaultSort(level: Level): Pick<CoverageView, 'sort' | 'descending'> {
  return level === 'streets'
    ? { sort: 'days_since_pass', descending: true }
    : { sort: 'name', descending: false };
}

function firstMetric(level: Level): Metric {
  return LEVEL_METRICS[level][0] ?? DEFAULT_VIEW.metric;
}

function oneOf<T extends string>(value: string | null, choices: readonly T[], otherwise: T): T {
  return choices.find((choice) => choice === value) ?? otherwise;
}

function parseSort(text: string | null, level: Level): Pick<CoverageView, 'sort' | 'descending'> {
  if (text === null) return defaultSort(level);
  const sort = oneOf<SortKey>(text.replace(/^-/, ''), ['name', ...LEVEL_METRICS[level]], 'name');
  return { sort, descending: text.startsWith('-') };
}

export function parseView(written: string): CoverageView {
  const query = new URLSearchParams(written);
  const window = query.get('window') ?? '';
  const as_of = query.get('as_of') ?? '';
  const level = oneOf(query.get('level'), LEVELS, DEFAULT_VIEW.level);
  const days = Number(query.get('unwalked'));
  return {
    level,
    within: query.get('in'),
    metric: oneOf(query.get('metric'), LEVEL_METRICS[level], firstMetric(level)),
    window: isWindow(window) ? window : DEFAULT_VIEW.window,
    part: oneOf(query.get('part'), PARTS, DEFAULT_VIEW.part),
    as_of: isDay(as_of) ? as_of : null,
    area: query.get('area'),
    ...parseSort(query.get('sort'), level),
    unwalked_days: level === 'streets' ? (UNWALKED_DAYS.find((known) => known === days) ?? null) : null,
    show: oneOf(query.get('show'), ['map', 'table'], 'map'),
  };
}

/** The query of a view: only what differs from the default, in a fixed order. */
export function viewQuery(view: CoverageView): string {
  const params = new URLSearchParams();
  if (view.level !== DEFAULT_VIEW.level) params.set('level', view.level);
  if (view.within) params.set('in', view.within);
  params.set('metric', view.metric);
  params.set('window', view.window);
  if (view.part !== 'all') params.set('part', view.part);
  if (view.as_of) params.set('as_of', view.as_of);
  if (view.area) params.set('area', view.area);
  const usual = defaultSort(view.level);
  if (view.sort !== usual.sort || view.descending !== usual.descending)
    params.set('sort', `${view.descending ? '-' : ''}${view.sort}`);
  if (view.unwalked_days !== null) params.set('unwalked', String(view.unwalked_days));
  if (view.show !== 'map') params.set('show', view.show);
  return params.toString();
}

/** The same view of other places: what the new level does not know falls back to its own first choice. */
export function atLevel(view: CoverageView, level: Level, within: string | null): CoverageView {
  const metric = LEVEL_METRICS[level].includes(view.metric) ? view.metric : firstMetric(level);
  const kept = level === view.level ? view : { ...defaultSort(level), unwalked_days: null };
  return { ...view, ...kept, level, within, metric, area: null };
}

/** What may be added to a link to the same figures elsewhere: window, part and day. */
function windowParams(view: CoverageView): URLSearchParams {
  const params = new URLSearchParams({ window: view.window, part: view.part });
  if (view.as_of) params.set('as_of', view.as_of);
  return params;
}

/** The question about one place, or a tile: without what narrows the list. */
export function windowQuery(view: CoverageView): string {
  return windowParams(view).toString();
}

/** The part of a view that the server answers: its query string. A county is picked out here, not there. */
export function figuresQuery(view: CoverageView): string {
  const params = windowParams(view);
  if (view.level !== 'townships' && view.within) params.set('township', view.within);
  return params.toString();
}
