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

/** What a new dispute is found at; null where it was brought in. */
export interface DisputeOrigin {
  premises: string | null;
  visit: string | null;
  patrol: string | null;
}

export type Route =
  | { screen: 'today' }
  | { screen: 'doors'; tab: DoorTab }
  | { screen: 'visit'; premises: string }
  | { screen: 'new_door' }
  | { screen: 'scan' }
  /** A visit that was made, and its correction. */
  | { screen: 'visit_record'; id: string }
  | { screen: 'correct'; id: string }
  | { screen: 'outing' }
  | { screen: 'outings' }
  | { screen: 'outing_done'; id: string }
  | { screen: 'recorders' }
  | { screen: 'map' }
  | { screen: 'lock_settings' }
  | { screen: 'help'; page: string }
  | { screen: 'unsent' }
  | { screen: 'quarantine'; state: QuarantineState }
  | { screen: 'held'; id: string }
  | { screen: 'devices' }
  | { screen: 'enrol'; code: string }
  | { screen: 'disputes' }
  | { screen: 'dispute'; id: string }
  | ({ screen: 'dispute_new' } & DisputeOrigin)
  | { screen: 'dispute_step'; id: string; event: string }
  | { screen: 'agreement'; id: string }
  | { screen: 'coverage'; view: CoverageView }
  | { screen: 'imports' }
  | { screen: 'import_job'; id: string }
  | { screen: 'editions' }
  | { screen: 'start_codes' }
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

function parseDisputes(parts: readonly string[], params: URLSearchParams): Route {
  const [, id, more, event] = parts;
  if (!id) return { screen: 'disputes' };
  const origin = {
    premises: params.get('premises'),
    visit: params.get('visit'),
    patrol: params.get('patrol'),
  };
  if (id === 'new') return { screen: 'dispute_new', ...origin };
  if (more === 'step' && event) return { screen: 'dispute_step', id, event };
  return more === 'agreement' ? { screen: 'agreement', id } : { screen: 'dispute', id };
}

function parseDoors(id: string | undefined, params: URLSearchParams): Route {
  if (id === 'new') return { screen: 'new_door' };
  if (id === 'scan') return { screen: 'scan' };
  return { screen: 'doors', tab: oneOf(params.get('tab'), DOOR_TABS, 'due') };
}

/** Screens whose address is their name and nothing more. */
const PLAIN = ['unsent', 'settings', 'devices', 'outing', 'recorders', 'map', 'editions'] as const;

/** Unknown addresses lead to Today; an address never breaks the app. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split('?');
  const parts = path.split('/');
  const [screen, id] = parts;
  const params = new URLSearchParams(query);
  if (screen === 'doors') return parseDoors(id, params);
  if (screen === 'visit' && id) return { screen, premises: id };
  if (screen === 'visits' && id) return { screen: parts[2] === 'correct' ? 'correct' : 'visit_record', id };
  if (screen === 'disputes') return parseDisputes(parts, params);
  if (screen === 'outings') return id ? { screen: 'outing_done', id } : { screen };
  if (screen === 'coverage') return { screen, view: parseView(params) };
  if (screen === 'quarantine' && id) return { screen: 'held', id };
  if (screen === 'quarantine')
    return { screen, state: oneOf(params.get('state'), ['open', 'decided'], 'open') };
  if (screen === 'enrol') return { screen, code: writtenCode(id ?? '') };
  if (screen === 'imports') return id ? { screen: 'import_job', id } : { screen };
  if (screen === 'start-codes') return { screen: 'start_codes' };
  if (screen === 'lock') return { screen: 'lock_settings' };
  if (screen === 'help') return { screen, page: id ?? '' };
  const plain = PLAIN.find((name) => name === screen);
  return { screen: plain ?? 'today' };
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

function originQuery({ premises, visit, patrol }: DisputeOrigin): string {
  const known = Object.entries({ premises, visit, patrol }).filter(([, id]) => id !== null) as [
    string,
    string,
  ][];
  return known.length === 0 ? '' : `?${new URLSearchParams(known).toString()}`;
}

export function formatRoute(route: Route): string {
  switch (route.screen) {
    case 'doors':
      return `#/doors?tab=${route.tab}`;
    case 'visit':
      return `#/visit/${route.premises}`;
    case 'new_door':
      return '#/doors/new';
    case 'scan':
      return '#/doors/scan';
    case 'visit_record':
      return `#/visits/${route.id}`;
    case 'correct':
      return `#/visits/${route.id}/correct`;
    case 'outing_done':
      return `#/outings/${route.id}`;
    case 'import_job':
      return `#/imports/${route.id}`;
    case 'start_codes':
      return '#/start-codes';
    case 'lock_settings':
      return '#/lock';
    case 'help':
      return `#/help/${route.page}`;
    case 'dispute':
      return `#/disputes/${route.id}`;
    case 'dispute_new':
      return `#/disputes/new${originQuery(route)}`;
    case 'dispute_step':
      return `#/disputes/${route.id}/step/${route.event}`;
    case 'agreement':
      return `#/disputes/${route.id}/agreement`;
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
