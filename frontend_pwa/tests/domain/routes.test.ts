import { describe, expect, test } from 'vitest';
import { DEFAULT_VIEW, figuresQuery, formatRoute, parseRoute, type Route } from '../../src/domain/routes';

const view = { ...DEFAULT_VIEW, metric: 'visits', window: '2026-11-01..2026-11-22', part: 'night' } as const;
const routes: Route[] = [
  { screen: 'today' },
  { screen: 'doors', tab: 'nearby' },
  { screen: 'visit', premises: 'abc' },
  { screen: 'disputes' },
  { screen: 'dispute', id: 'd1' },
  { screen: 'unsent' },
  { screen: 'quarantine', state: 'open' },
  { screen: 'quarantine', state: 'decided' },
  { screen: 'held', id: 'm1' },
  { screen: 'devices' },
  { screen: 'enrol', code: 'ABCD-EFGH' },
  { screen: 'settings' },
  {
    screen: 'coverage',
    view: {
      ...view,
      area: '360902001',
      sort: 'visits',
      descending: true,
      show: 'table',
      as_of: '2026-11-20',
    },
  },
];

describe('addresses', () => {
  test.each(routes)('the address of $screen leads back to it', (route) => {
    expect(parseRoute(formatRoute(route))).toEqual(route);
  });
  test.each(['', '#', '#/', '#/nowhere', '#/visit', '#//%%%'])(
    'the unknown address “%s” leads to Today',
    (hash) => {
      expect(parseRoute(hash)).toEqual({ screen: 'today' });
    },
  );
  test('a view with nonsense in it falls back to the default, part by part', () => {
    expect(parseRoute('#/coverage?metric=x&window=9d&part=dusk&as_of=today&sort=-y')).toEqual({
      screen: 'coverage',
      view: { ...DEFAULT_VIEW, descending: true },
    });
  });
  test('a period that ends before it begins is not taken', () => {
    const route = parseRoute('#/coverage?window=2026-11-22..2026-11-01');
    expect(route.screen === 'coverage' && route.view.window).toBe('30d');
  });
});

test('the question to the server names window, part and day, and nothing of the screen', () => {
  expect(figuresQuery({ ...view, as_of: '2026-11-20' })).toBe(
    'window=2026-11-01..2026-11-22&part=night&as_of=2026-11-20',
  );
});
