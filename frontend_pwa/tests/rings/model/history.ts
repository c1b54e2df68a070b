/** PURE: what may happen to two to four phones and their server; fast-check draws, shrinks and repeats it. */
import fc from 'fast-check';

export type Weather =
  'good' | 'partition' | 'lossy' | 'slow' | 'portal' | 'down' | 'busy' | 'cut_short' | 'small_bodies';

/** What a saved record is like: the model server takes the first two, and refuses, defers or breaks on the others. */
export type RecordSort =
  'visit' | 'dispute' | 'foreign_door' | 'invalid' | 'names_other' | 'breaks' | 'long' | 'spoils';

export type Step =
  | { do: 'save'; phone: number; sort: RecordSort; count: number }
  | { do: 'undo'; phone: number }
  | { do: 'wait'; seconds: number }
  | { do: 'weather'; phone: number; weather: Weather }
  | { do: 'online' | 'wake' | 'reopen' | 'sign_in' | 'sign_out_at_server' | 'second_tab'; phone: number }
  | { do: 'kill'; phone: number; tab: number; when: 'now' | 'in_write' | 'after_write'; writes: number }
  | { do: 'no_space'; phone: number; writes: number }
  | { do: 'evict'; phone: number; what: 'database' | 'outbox' }
  | { do: 'jump'; phone: number; days: number }
  | { do: 'deactivate' | 'move' | 'revoke'; phone: number }
  | { do: 'backup' }
  | { do: 'restore'; forgets_sessions: boolean }
  | { do: 'release' }
  | { do: 'bureau_visit' | 'bureau_moves_door'; door: number };

export interface PhonePlan {
  unit: number;
  /** Plain http makes no key: such a phone sends unsigned, with its session. */
  signed: boolean;
  tabs: 1 | 2;
  skew_s: number;
  /** Unsent records of the first released version, before its update. */
  old_records: number;
}

export interface History {
  seed: number;
  phones: PhonePlan[];
  steps: Step[];
}

const phone = fc.nat({ max: 3 });
const WEATHER: Weather[] = [
  ...(['good', 'partition', 'lossy', 'slow', 'portal'] as const),
  ...(['down', 'busy', 'cut_short', 'small_bodies'] as const),
];
const SORTS: RecordSort[] = [
  ...(['visit', 'visit', 'visit', 'dispute', 'dispute'] as const),
  ...(['foreign_door', 'invalid', 'names_other', 'breaks', 'long', 'spoils'] as const),
];
const step = <S extends Step['do']>(name: S): fc.Arbitrary<S> => fc.constant(name);

const anySave = fc.record({
  ...{ do: step('save'), phone, sort: fc.constantFrom(...SORTS), count: fc.integer({ min: 1, max: 3 }) },
});
const anyWait = fc.record({
  do: step('wait'),
  seconds: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 20, max: 90 })),
});
const anyWeather = fc.record({ do: step('weather'), phone, weather: fc.constantFrom(...WEATHER) });
const anyPerson = fc.record({
  do: fc.constantFrom('online', 'wake', 'reopen', 'sign_in', 'sign_out_at_server', 'second_tab'),
  phone,
});
const anyKill = fc.record({
  ...{ do: step('kill'), phone, tab: fc.nat({ max: 1 }), writes: fc.integer({ min: 1, max: 4 }) },
  when: fc.constantFrom('now', 'in_write', 'after_write'),
});
const anyStorage = fc.oneof(
  fc.record({ do: step('no_space'), phone, writes: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ do: step('evict'), phone, what: fc.constantFrom('database', 'outbox') }),
  fc.record({ do: step('jump'), phone, days: fc.constantFrom(-3650, -1, 1, 3650) }),
);
const anyOffice = fc.oneof(
  fc.record({ do: fc.constantFrom('deactivate', 'move', 'revoke'), phone }),
  fc.record({ do: step('release') }),
);
const anyServer = fc.oneof(
  fc.record({ do: step('backup') }),
  fc.record({ do: step('restore'), forgets_sessions: fc.boolean() }),
  fc.record({ do: fc.constantFrom('bureau_visit', 'bureau_moves_door'), door: fc.nat({ max: 5 }) }),
);

export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: anySave },
  { weight: 6, arbitrary: anyWait },
  { weight: 4, arbitrary: anyWeather },
  { weight: 3, arbitrary: anyPerson },
  { weight: 2, arbitrary: anyKill },
  { weight: 2, arbitrary: anyStorage },
  { weight: 1, arbitrary: anyOffice },
  { weight: 3, arbitrary: anyServer },
  { weight: 1, arbitrary: fc.record({ do: step('undo'), phone }) },
);

const anyPlan: fc.Arbitrary<PhonePlan> = fc.record({
  unit: fc.nat({ max: 1 }),
  signed: fc.constantFrom(true, true, true, false),
  tabs: fc.constantFrom(1, 1, 2),
  skew_s: fc.constantFrom(0, 0, 40, -86_400, 3650 * 86_400),
  old_records: fc.constantFrom(0, 0, 0, 2),
});

const phonesOf = (count: number): fc.Arbitrary<PhonePlan[]> =>
  fc.array(anyPlan, { minLength: count, maxLength: count });
/** Two phones already show most of what four show, in half the time. */
const anyPhones = fc.oneof(
  { weight: 6, arbitrary: phonesOf(2) },
  { weight: 2, arbitrary: phonesOf(3) },
  { weight: 1, arbitrary: phonesOf(4) },
);

export const anyHistory: fc.Arbitrary<History> = fc.record({
  seed: fc.nat(),
  phones: anyPhones,
  steps: fc.array(anyStep, { minLength: 4, maxLength: 18, size: 'max' }),
});

/** Only the network: saves go on while phones are cut off, lose answers and come back. */
export const anyPartition: fc.Arbitrary<History> = fc.record({
  seed: fc.nat(),
  phones: anyPhones,
  steps: fc.array(
    fc.oneof(
      { weight: 3, arbitrary: anySave },
      { weight: 2, arbitrary: anyWait },
      {
        weight: 2,
        arbitrary: fc.record({ do: step('weather'), phone, weather: fc.constantFrom('partition', 'lossy') }),
      },
    ),
    { minLength: 4, maxLength: 10, size: 'max' },
  ),
});
