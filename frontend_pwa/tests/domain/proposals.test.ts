import { describe, expect, test } from 'vitest';
import type { Mutation } from '../../src/domain/mutations';
import { overlayDoors } from '../../src/domain/overlay';
import {
  emptyDoor,
  newDoorGaps,
  newDoorMutation,
  placedDoor,
  possibleDuplicates,
  proposedStates,
  stateMutation,
  streetOf,
} from '../../src/domain/proposals';
import { aDoor, aMe } from '../builders';

const doors = [
  aDoor({ id: 'a', address: '灵泉街道宜阳大道18号', door_plate: 'A-018', lon: 114.38, lat: 27.8 }),
  aDoor({ id: 'b', address: '灵泉街道东风路3号', door_plate: 'A-003', lon: 114.4, lat: 27.8 }),
];
const HERE = { lon: 114.38001, lat: 27.8, accuracy_m: 6 };
const placed = placedDoor(emptyDoor('new', ''), doors, HERE, 'fix');

describe('a new door', () => {
  test('begins with the street of the nearest one', () => {
    expect(placed).toMatchObject({ address: '灵泉街道宜阳大道', placed: 'fix' });
  });
  test('keeps an address that was written before the place was known', () => {
    const written = { ...emptyDoor('new', ''), address: '明月路5号' };
    expect(placedDoor(written, doors, HERE, 'fix').address).toBe('明月路5号');
  });
  test('needs a number behind the street, and a place', () => {
    expect(newDoorGaps(emptyDoor('new', ''))).toEqual(['address', 'place']);
    expect(newDoorGaps(placed)).toEqual(['address']);
    expect(newDoorGaps({ ...placed, address: `${placed.address}20号` })).toEqual([]);
  });
  test('of a household has no name, whatever was typed before', () => {
    const draft = { ...placed, address: '宜阳大道20号', name: 'shop' };
    const made = { id: 'm', recorded_at: '' };
    expect(newDoorMutation(draft, made)?.payload).toMatchObject({ name: '' });
    expect(newDoorMutation({ ...draft, kind: 'enterprise' }, made)?.payload).toMatchObject({ name: 'shop' });
  });
  test('can be visited at once, and is there once when the feed brings it', () => {
    const made = newDoorMutation({ ...placed, address: '宜阳大道20号' }, { id: 'm', recorded_at: '' });
    const pending = [{ ...made, seq: 1, payload_sha256: '' } as Mutation];
    const shown = overlayDoors(doors, new Map(), pending, aMe());
    expect(shown.map((door) => [door.id, door.proposed])).toEqual([
      ['a', false],
      ['b', false],
      ['new', true],
    ]);
    expect(overlayDoors([aDoor({ id: 'new' })], new Map(), pending, aMe())).toHaveLength(1);
  });
});

describe('a door that may be there already is pointed out', () => {
  const why = (part: Partial<typeof placed>): string[] =>
    possibleDuplicates(doors, { ...placed, ...part }).map((found) => `${found.door.id} ${found.why}`);
  test('by its plate, written in whatever width', () => {
    expect(why({ door_plate: 'ａ-003', lon: null, lat: null })).toEqual(['b plate']);
  });
  test('by its address', () => {
    expect(why({ address: '灵泉街道 东风路3号', lon: null, lat: null })).toEqual(['b address']);
  });
  test('by standing within ten metres, when the place is the phone’s own', () => {
    expect(why({})).toEqual(['a near']);
    expect(why({ placed: 'door' })).toEqual([]);
    expect(why({ kind: 'enterprise' })).toEqual([]);
  });
});

test('the street of an address is what stands before its number', () => {
  expect(streetOf('Mannerheimintie 5 A')).toBe('Mannerheimintie ');
  expect(streetOf('村口')).toBe('');
});

test('a changed state is a proposal: the door itself stays as it is', () => {
  const [door] = doors;
  if (!door) throw new Error('there is a door');
  const made = stateMutation(door, 'vacant', ' locked ', { id: 'm', record_id: 'r', recorded_at: '' });
  expect(made.payload).toEqual({
    ...{ action: 'change_state', premises: 'a', state: 'vacant', base: { state: 'active' } },
    reason: 'locked',
  });
  const pending = [{ ...made, seq: 1, payload_sha256: '' } as Mutation];
  expect(proposedStates(pending).get('a')).toBe('vacant');
  expect(overlayDoors(doors, new Map(), pending, aMe())[0]?.state).toBe('active');
});
