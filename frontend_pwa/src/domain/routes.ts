/** PURE: which screen an address (the part after #) names, and the address of a screen. */
import { METRICS, type Metric } from './coverage';
import { isDay } from './dates';
import { writtenCode, type QuarantineState } from './oversight';
import { isWindow } from './windows';

export type Part = 'all' | 'day' | 'night';
export const PARTS: readonly Part[] = ['all', 'day', 'night'];
export type SortKey = 'name' | Metric;

export interface CoverageView {
  metric: Metric;
  window: string;
  part: Part;
  as_of: string | null;
  area: string | null;
  sort: SortKey;
  descending: boolean;
  /** On a phone either the map or the table is shown; at a desk both are. */
  show: 'map' | 'table';
}

export type DoorTab = 'due' | 'nearby' | 'search';

export type Route =
  | { screen: 'today' }
  | { screen: 'doors'; tab: DoorTab }
  | { screen: 'visit'; premises: string }
  | { screen: 'unsent' }
  | { screen: 'quarantine'; state: QuarantineState }
  | { screen: 'held'; id: string }
  | { screen: 'devices' }
  | { screen: 'enrol'; code: string }
  | { screen: 'disputes' }
  | { screen: 'dispute'; id: string }
  | { screen: 'coverage'; view: CoverageView }
  | { screen: 'settings' };

export const DEFAULT_VIEW: CoverageView = {
  ...{ metric: 'household_coverage', window: '30d', part: 'all', as_of: null, area: null },
  ...{ sort: 'name', descending: false, show: 'map' },
};

const DOOR_TABS: readonly DoorTab[] = ['due', 'nearby', 'search'];

function oneOf<T extends string>(value: string | null, choices: readonly T[], otherwise: T): T {
  return choices.find((choice) => choice === value) ?? otherwise;
}

function parseView(query: URLSearchParams): CoverageView {
  const window = query.get('window') ?? '';
  const as_of = query.get('as_of') ?? '';
  const sort = query.get('sort') ?? '';
  return {
    metric: oneOf(query.get('metric'), METRICS, DEFAULT_VIEW.metric),
    window: isWindow(window) ? window : DEFAULT_VIEW.window,
    part: oneOf(query.get('part'), PARTS, DEFAULT_VIEW.part),
    as_of: isDay(as_of) ? as_of : null,
    area: query.get('area'),
    sort: oneOf<SortKey>(sort.replace(/^-/, ''), ['name', ...METRICS], DEFAULT_VIEW.sort),
    descending: sort.startsWith('-'),
    show: oneOf(query.get('show'), ['map', 'table'], 'map'),
  };
}

/** Unknown addresses lead to Today; an address never breaks the app. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split('?');
  const [screen, id] = path.split('/');
  const params = new URLSearchParams(query);
  if (screen === 'doors') return { screen, tab: oneOf(params.get('tab'), DOOR_TABS, 'due') };
  if (screen === 'visit' && id) return { screen, premises: id };
  if (screen === 'disputes') return id ? { screen: 'dispute', id } : { screen };
  if (screen === 'coverage') return { screen, view: parseView(params) };
  if (screen === 'quarantine' && id) return { screen: 'held', id };
  if (screen === 'quarantine')
    return { screen, state: oneOf(params.get('state'), ['open', 'decided'], 'open') };
  if (screen === 'enrol') return { screen, code: writtenCode(id ?? '') };
  if (screen === 'unsent' || screen === 'settings' || screen === 'devices') return { screen };
  return { screen: 'today' };
}

/** The query of a view: only what differs from the default, in a fixed order. */
export function viewQuery(view: CoverageView): string {
  const params = new URLSearchParams();
  params.set('metric', view.metric);
  params.set('window', view.window);
  if (view.part !== 'all') params.set('part', view.part);
  if (view.as_of) params.set('as_of', view.as_of);
  if (view.area) params.set('area', view.area);
  if (view.sort !== 'name' || view.descending)
    params.set('sort', `${view.descending ? '-' : ''}${view.sort}`);
  if (view.show !== 'map') params.set('show', view.show);
  return params.toString();
}

export function formatRoute(route: Route): string {
  switch (route.screen) {
    case 'doors':
      return `#/doors?tab=${route.tab}`;
    case 'visit':
      return `#/visit/${route.premises}`;
    case 'dispute':
      return `#/disputes/${route.id}`;
    case 'coverage':
      return `#/coverage?${viewQuery(route.view)}`;
    case 'quarantine':
      return route.state === 'open' ? '#/quarantine' : `#/quarantine?state=${route.state}`;
    case 'held':
      return `#/quarantine/${route.id}`;
    case 'enrol':
      return `#/enrol/${route.code}`;
    default:
      return `#/${route.screen}`;
  }
}

/** The part of a view that the server answers: its query string. */
export function figuresQuery(view: CoverageView): string {
  const params = new URLSearchParams({ window: view.window, part: view.part });
  if (view.as_of) params.set('as_of', view.as_of);
  return params.toString();
}
