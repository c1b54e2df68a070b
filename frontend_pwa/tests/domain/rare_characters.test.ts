import { expect, test } from 'vitest';
import { maskedName } from '../../src/domain/parties';
import { searchDoors } from '../../src/domain/search';
import { aDoor } from '../builders';

/** A township of Yichun whose first character lies outside the Basic Multilingual Plane: two units of a string. */
const TOWNSHIP = '𬮤山镇';
const halves = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

test('a door in a township with a rare character is found by that character', () => {
  const doors = [
    aDoor({ id: 'rare', address: `${TOWNSHIP}老街3号` }),
    aDoor({ id: 'other', address: '柏木乡老街3号' }),
  ];
  expect(searchDoors(doors, '𬮤', 5).map((door) => door.id)).toEqual(['rare']);
  expect(searchDoors(doors, '𬮤山 老街', 5).map((door) => door.id)).toEqual(['rare']);
});
test('a name with a rare character is masked by whole characters', () => {
  for (const name of ['李𬭤', '𬭤', '𬮤𬭤', '欧阳𬭤']) {
    const masked = maskedName(name);
    expect(masked).not.toMatch(halves);
    expect(masked).toContain('*');
  }
});
