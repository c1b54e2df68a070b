import { describe, expect, test } from 'vitest';
import { formatRoute, parseRoute, type Route } from '../../src/domain/routes';

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
  { screen: 'coverage', query: '' },
  { screen: 'coverage', query: 'level=streets&in=360902001&metric=passes&window=7d' },
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
});
