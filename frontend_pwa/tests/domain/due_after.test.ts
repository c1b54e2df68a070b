import fc from 'fast-check';
import { expect, test } from 'vitest';
import { doorFinder, overlayDoors } from '../../src/domain/overlay';
import { dueAfter, dueDoors } from '../../src/domain/schedule';
import type { Outcome } from '../../src/domain/words';
import { aDoor, aMe } from '../builders';

const TODAY = '2026-11-22';
const HERE = { lon: 114.38, lat: 27.8 };
const outcomes = fc.constantFrom<Outcome>('met', 'nobody_home', 'vacant', 'refused');
const feeds = fc
  .array(fc.record({ due: fc.integer({ min: 1, max: 30 }), lon: fc.integer({ min: 0, max: 99 }) }), {
    maxLength: 40,
  })
  .map((rows) =>
    rows.map(({ due, lon }, n) =>
      aDoor({
        id: `d${String(n)}`,
        lon: 114 + lon / 100,
        next_due_on: `2026-11-${String(due).padStart(2, '0')}`,
      }),
    ),
  );
const visits = fc.array(
  fc.record({ n: fc.nat(50), outcome: outcomes, day: fc.integer({ min: 1, max: 22 }) }),
);

test('the due doors after own visits are those one would find by looking at every door again', () => {
  fc.assert(
    fc.property(feeds, visits, fc.boolean(), (feed, made, placed) => {
      const pending = new Map(
        made.map(({ n, outcome, day }) => {
          const visited_at = `2026-11-${String(day).padStart(2, '0')}T04:00:00Z`;
          return [`d${String(n)}`, { premises: `d${String(n)}`, outcome, visited_at, corrects: false }];
        }),
      );
      const here = placed ? HERE : null;
      const doors = overlayDoors(feed, pending, [], aMe());
      const after = dueAfter(dueDoors(feed, TODAY, here), feed, doors, TODAY, here);
      const again = dueDoors(doors, TODAY, here);
      // Doors of one day, or of one distance, may stand in either order.
      const key = (row: (typeof again)[number]) => (placed ? row.distance_m : row.overdue_days);
      expect(after.map(key)).toEqual(again.map(key));
      expect(new Set(after.map((row) => row.door))).toEqual(new Set(again.map((row) => row.door)));
    }),
  );
});
test('a door is found by its id as it stands after own visits', () => {
  const feed = [aDoor({ id: 'a' }), aDoor({ id: 'b' })];
  const visit = {
    premises: 'b',
    outcome: 'met',
    visited_at: '2026-11-22T04:00:00Z',
    corrects: false,
  } as const;
  const found = doorFinder(feed, overlayDoors(feed, new Map([['b', visit]]), [], aMe()));
  expect([found.get('a'), found.get('b')?.last_outcome, found.get('c')]).toEqual([feed[0], 'met', undefined]);
});
