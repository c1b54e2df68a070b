import { describe, expect, test } from 'vitest';
import { pinyinInitials } from '../../src/domain/pinyin';
import { DoorIndex, folded, searchDoors } from '../../src/domain/search';
import { aDoor } from '../builders';

const doors = [
  aDoor({ id: 'a', address: '灵泉街道宜阳大道18号' }),
  aDoor({ id: 'b', address: '灵泉街道东风路118号' }),
  aDoor({ id: 'c', address: '秀江街道中山西路3号', kind: 'enterprise', name: '好又多超市' }),
  aDoor({ id: 'd', address: 'Mannerheimintie 5 A 12', door_plate: 'FI-5A' }),
];
const found = (query: string): string[] => searchDoors(doors, query, 10).map((door) => door.id);

describe('searching a door', () => {
  test('by a part of the address', () => {
    expect(found('东风')).toEqual(['b']);
  });
  test('by several words in any order', () => {
    expect(found('18 灵泉')).toEqual(['a', 'b']);
  });
  test('by the name of an enterprise', () => {
    expect(found('超市')).toEqual(['c']);
  });
  test('by pinyin initials', () => {
    expect(found('dfl')).toEqual(['b']);
    expect(found('hydcs')).toEqual(['c']);
  });
  test('by door plate, whatever the case and width of the letters', () => {
    expect(found('ｆｉ-5a')).toEqual(['d']);
  });
  test('a match at the beginning comes before one inside', () => {
    const rows = [
      aDoor({ id: 'inside', address: '新东风路1号' }),
      aDoor({ id: 'start', address: '东风路1号' }),
    ];
    expect(searchDoors(rows, '东风', 10).map((door) => door.id)).toEqual(['start', 'inside']);
  });
  test('a number standing alone comes before one inside a longer number', () => {
    expect(found('18')[0]).toBe('a');
  });
  test('the whole of a field comes before its beginning', () => {
    const rows = [
      aDoor({ id: 'long', address: 'x', door_plate: 'A-1801' }),
      aDoor({ id: 'whole', address: 'y', door_plate: 'A-18' }),
    ];
    expect(searchDoors(rows, 'a-18', 10).map((door) => door.id)).toEqual(['whole', 'long']);
  });
  test('of equally good doors the nearest comes first', () => {
    const rows = [aDoor({ id: 'far', lat: 27.9 }), aDoor({ id: 'near', lat: 27.801 })];
    const here = { lon: 114.38, lat: 27.8 };
    expect(searchDoors(rows, '宜阳', 10, here).map((door) => door.id)).toEqual(['near', 'far']);
  });
  test('initials of the address and the name are found together with a number', () => {
    expect(found('yydd 18')).toEqual(['a']);
  });
  test('an empty query finds nothing', () => {
    expect(found('   ')).toEqual([]);
  });
  test('a renamed door is found by its new name only', () => {
    expect(searchDoors([aDoor({ address: '新街1号' })], '灵泉', 10)).toEqual([]);
  });
});

test('initials of Chinese words, digits and Latin letters', () => {
  expect(pinyinInitials('宜春市灵泉街道12号b座')).toBe('ycslqjd12hbz');
});
test('a character outside the basic plane breaks nothing', () => {
  expect(pinyinInitials('𬮤山镇')).toHaveLength(3);
});
test('folding makes full-width digits half-width', () => {
  expect(folded('１８ 号')).toBe('18号');
});

test('an index that is still growing finds what it has so far, and the rest later', () => {
  const index = new DoorIndex(doors);
  index.grow(2);
  expect([index.complete, index.search('超市', 10).length]).toEqual([false, 0]);
  index.grow(10);
  expect([index.complete, index.search('超市', 10).length]).toEqual([true, 1]);
});

test('an index follows its list: a changed door is found as it is now, the others stay known', () => {
  const index = new DoorIndex(doors);
  index.grow(3);
  const renamed = aDoor({ id: 'b', address: '明月路5号' });
  const next = index.following([doors[0], renamed, ...doors.slice(2)].filter((door) => door !== undefined));
  expect(next.share).toBe(0.75);
  expect(next.search('东风', 10)).toEqual([]);
  expect(next.search('myl', 10).map((door) => door.id)).toEqual(['b']);
});
