import { describe, expect, test } from 'vitest';
import {
  atLevel,
  DEFAULT_VIEW,
  figuresQuery,
  parseView,
  viewQuery,
  windowQuery,
  type CoverageView,
} from '../../src/domain/coverage_view';

const view: CoverageView = {
  ...DEFAULT_VIEW,
  ...{ metric: 'visits', window: '2026-11-01..2026-11-22', part: 'night', as_of: '2026-11-20' },
};
const streets: CoverageView = {
  ...atLevel(view, 'streets', '360902001'),
  ...{ area: '17', unwalked_days: 30, show: 'table' },
};

describe('the address of a view', () => {
  test.each([
    ['as it begins', DEFAULT_VIEW],
    ['of a township', { ...view, area: '360902001', sort: 'visits', descending: true, show: 'table' }],
    ['of a county', { ...view, within: '袁州区' }],
    ['of streets', streets],
    ['of streets sorted by name', { ...streets, sort: 'name', descending: false }],
    ['of squares', { ...atLevel(view, 'cells', null), metric: 'patrol_hours' }],
  ] as const)('%s leads back to it', (_, one) => {
    expect(parseView(viewQuery(one))).toEqual(one);
  });
  test('with nonsense in it falls back to the default, part by part', () => {
    expect(parseView('level=planet&metric=x&window=9d&part=dusk&as_of=today&sort=-y&unwalked=3')).toEqual({
      ...DEFAULT_VIEW,
      descending: true,
    });
  });
  test('with a metric that its level does not have shows the first that it has', () => {
    expect(parseView('level=streets&metric=disputes_found').metric).toBe('street_coverage');
  });
  test('a period that ends before it begins is not taken', () => {
    expect(parseView('window=2026-11-22..2026-11-01').window).toBe('30d');
  });
});

describe('another level', () => {
  test('keeps period, part and day and a metric that it knows', () => {
    const { metric, window, part, as_of } = atLevel(view, 'beats', '360902001');
    expect([metric, window, part, as_of]).toEqual(['visits', view.window, 'night', '2026-11-20']);
  });
  test('of streets begins with what nobody has walked for longest', () => {
    const { sort, descending, metric } = atLevel(view, 'streets', null);
    expect([sort, descending, metric]).toEqual(['days_since_pass', true, 'street_coverage']);
  });
  test('leaves behind the chosen place and what only streets have', () => {
    const { area, unwalked_days, sort } = atLevel(streets, 'villages', '360902001');
    expect([area, unwalked_days, sort]).toEqual([null, null, 'name']);
  });
});

describe('the question to the server', () => {
  test('names window, part and day, and nothing of the screen', () => {
    expect(figuresQuery(view)).toBe('window=2026-11-01..2026-11-22&part=night&as_of=2026-11-20');
  });
  test('names the township of smaller places, never a county', () => {
    expect(figuresQuery(streets)).toContain('township=360902001');
    expect(figuresQuery({ ...view, within: '袁州区' })).not.toContain('township');
  });
  test('about one place does not name the township again', () => {
    expect(windowQuery(streets)).toBe(figuresQuery(view));
  });
});
