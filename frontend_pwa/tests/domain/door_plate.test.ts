import { describe, expect, test } from 'vitest';
import { doorsWithPlate, writtenPlate } from '../../src/domain/door_plate';
import { aDoor } from '../builders';

const doors = [
  aDoor({ id: 'a', door_plate: 'A-018' }),
  aDoor({ id: 'b', door_plate: '360902-0042' }),
  aDoor({ id: 'none', door_plate: '' }),
];
const found = (scanned: string): string[] => doorsWithPlate(doors, scanned).map((door) => door.id);

describe('the code on a door plate names its door', () => {
  test('when it says the plate and nothing else', () => {
    expect(found('A-018')).toEqual(['a']);
  });
  test('in whatever case, width and spacing', () => {
    expect(found(' ａ-０18 ')).toEqual(['a']);
  });
  test('inside an address, as a value or a part of its path', () => {
    expect(found('https://mp.example/door?code=360902-0042&v=1')).toEqual(['b']);
    expect(found('https://mp.example/d/A-018')).toEqual(['a']);
    expect(found('https://mp.example/d?code=A%2D018')).toEqual(['a']);
  });
  test('behind a label', () => {
    expect(found('门牌：A-018')).toEqual(['a']);
  });
  test('and never one whose plate is only a part of it', () => {
    expect(found('A-0181')).toEqual([]);
    expect(found('')).toEqual([]);
  });
  test('two doors with one plate are both shown', () => {
    const twice = [...doors, aDoor({ id: 'c', door_plate: 'a-018' })];
    expect(doorsWithPlate(twice, 'A-018').map((door) => door.id)).toEqual(['a', 'c']);
  });
});

test('of an unknown plate the code is what a form begins with', () => {
  expect(writtenPlate('https://mp.example/door?code=360902-0099')).toBe('360902-0099');
  expect(writtenPlate('B-7')).toBe('B-7');
});
