/** PURE: which screen an address (the part after #) names, and the address of a screen. */
import { writtenCode, type QuarantineState } from './oversight';

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
  /** What is looked at there is read by the screen itself (coverage_view.ts): Today does without. */
  | { screen: 'coverage'; query: string }
  | { screen: 'imports' }
  | { screen: 'import_job'; id: string }
  | { screen: 'editions' }
  | { screen: 'start_codes' }
  | { screen: 'settings' };

const DOOR_TABS: readonly DoorTab[] = ['due', 'nearby', 'search'];

function oneOf<T extends string>(value: string | null, choices: readonly T[], otherwise: T): T {
  return choices.find((choice) => choice === value) ?? otherwise;
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
  if (screen === 'coverage') return { screen, query };
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
      return route.query === '' ? '#/coverage' : `#/coverage?${route.query}`;
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
