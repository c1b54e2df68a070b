import { describe, expect, test } from 'vitest';
import {
  choicesOf,
  parsedPayload,
  payloadFields,
  typedLeaf,
  withField,
} from '../../src/domain/payload_fields';

const visit = {
  premises: 'p1',
  outcome: 'met',
  place: { lon: 114.3, lat: 27.8 },
  hazards: [
    { id: 'h1', kind: 'fire', note: '' },
    { id: 'h2', kind: 'gas', note: 'smell' },
  ],
  campaign: null,
};

describe('a payload as a list', () => {
  test('every value is listed under the path by which the server names it', () => {
    expect(payloadFields(visit, []).map((field) => field.path)).toEqual([
      ...['premises', 'outcome', 'place.lon', 'place.lat'],
      ...[
        'hazards.0.id',
        'hazards.0.kind',
        'hazards.0.note',
        'hazards.1.id',
        'hazards.1.kind',
        'hazards.1.note',
      ],
      'campaign',
    ]);
  });
  test('what the server objects to comes first, and one of several says which', () => {
    const [first] = payloadFields(visit, ['hazards.1.kind']);
    expect(first).toEqual({ path: 'hazards.1.kind', name: 'kind', nth: 2, value: 'gas', refused: true });
  });
  test('an objection to a group marks everything in it', () => {
    const marked = payloadFields(visit, ['place']).filter((field) => field.refused);
    expect(marked.map((field) => field.path)).toEqual(['place.lon', 'place.lat']);
  });
  test('a value that is missing is listed too, so that it can be filled in', () => {
    const [first] = payloadFields(visit, ['reason']);
    expect(first).toMatchObject({ path: 'reason', value: null, refused: true });
  });
  test('the member of a union that the server puts before a path is not part of the payload', () => {
    const [first] = payloadFields({ action: 'new', lon: 181 }, ['new.lon']);
    expect(first).toMatchObject({ path: 'lon', value: 181, refused: true });
  });
  test('an objection to the whole names no field', () => {
    expect(payloadFields(visit, ['']).some((field) => field.refused)).toBe(false);
  });
});

describe('mending', () => {
  test('one value changes and the payload that came is not touched', () => {
    const before = structuredClone(visit);
    const mended = withField(visit, 'hazards.1.kind', 'water');
    expect(mended).toEqual({ ...visit, hazards: [visit.hazards[0], { ...visit.hazards[1], kind: 'water' }] });
    expect(visit).toEqual(before);
  });
  test('a missing value and its groups are made', () => {
    expect(withField({}, 'place.lon', 1)).toEqual({ place: { lon: 1 } });
  });
  test('a number stays a number, words stay words, and an emptied value is nothing', () => {
    expect(typedLeaf('114.5', 1)).toBe(114.5);
    expect(typedLeaf('', 1)).toBeNull();
    expect(typedLeaf('12', 'Li')).toBe('12');
    expect(typedLeaf('', 'Li')).toBe('');
    expect(typedLeaf('x', null)).toBe('x');
  });
  test('only an object is a payload', () => {
    expect(parsedPayload('{"a": 1}')).toEqual({ a: 1 });
    for (const text of ['{', '[1]', '1', 'null', '']) expect(parsedPayload(text)).toBeNull();
  });
  test('where the contract lists the words, they are offered', () => {
    expect(choicesOf('visit.record', 'hazards.3.kind')?.values).toContain('gas');
    expect(choicesOf('patrol.observe', 'category')).toBeNull();
    expect(choicesOf('visit.record', 'note')).toBeNull();
  });
});
