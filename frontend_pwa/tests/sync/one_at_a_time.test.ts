import { expect, test } from 'vitest';
import { oneAtATime } from '../../src/sync/one_at_a_time';

/** Work whose runs end by hand, and how many of them have begun. */
function byHand(): {
  work: () => Promise<void>;
  begun: () => number;
  end: (fails?: boolean) => Promise<void>;
} {
  const ends: ((fails: boolean) => void)[] = [];
  let ended = 0;
  return {
    work: () =>
      new Promise((resolve, reject) => {
        ends.push((fails) => {
          if (fails) reject(new Error('no network'));
          else resolve();
        });
      }),
    begun: () => ends.length,
    end: async (fails = false) => {
      ends[ended++]?.(fails);
      await new Promise((resolve) => setTimeout(resolve));
    },
  };
}

test('the network that comes back while a hopeless try still ends is tried at once, and once', async () => {
  const hand = byHand();
  const wake = oneAtATime(hand.work);
  wake();
  wake();
  wake();
  expect(hand.begun()).toBe(1);
  await hand.end(true);
  expect(hand.begun()).toBe(2);
  await hand.end();
  expect(hand.begun()).toBe(2);
});
test('work that has failed is done again when it is asked for', async () => {
  const hand = byHand();
  const wake = oneAtATime(hand.work);
  wake();
  await hand.end(true);
  wake();
  expect(hand.begun()).toBe(2);
});
