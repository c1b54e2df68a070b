import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contactGap, isPhone, maskedName, maskedPhone, nextRole } from '../../src/domain/parties';

describe('a masked name', () => {
  test.each([
    ['张三', '张*'],
    ['张三丰', '张**'],
    ['欧阳修远', '欧***'],
    // A surname alone is not a whole name, and the mask says so.
    ['张', '张*'],
    ['  李 四 ', '李 *'],
    ['买买提·艾力', '买**·**'],
    ['John Smith', 'J*** *****'],
    ["Anne-Marie O'Neil", "A***-***** *'****"],
    // 𠮷 (U+20BB7) and 𡈽 lie beyond the BMP: one character each, as a reader sees it.
    ['𠮷野家', '𠮷**'],
    ['王𡈽', '王*'],
    // 葛 with a variation selector is one character too, and é of two code points as well.
    ['葛󠄀城', '葛󠄀*'],
    ['É\u0301le', 'É\u0301**'],
    // Found by chance: nothing behind the first character that could be hidden.
    ['A.', 'A*'],
    ['', ''],
    ['   ', ''],
  ])('of %j is %j', (name, masked) => {
    expect(maskedName(name)).toBe(masked.normalize('NFC'));
  });
  test('of a very long name still fits the contract', () => {
    expect(maskedName('长'.repeat(80))).toBe(`长${'*'.repeat(39)}`);
  });
  test('shows one character of the name and no more, and is masked as the server asks', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }), (name) => {
        const masked = maskedName(name);
        if (masked === '') return;
        expect(masked).toContain('*');
        expect(Array.from(masked).length).toBeLessThanOrEqual(40);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a masked number', () => {
  test.each([
    ['13812348000', '138****8000'],
    ['138 1234 8000', '138****8000'],
    ['138-1234-8000', '138****8000'],
    ['+86 138 1234 8000', '138****8000'],
    ['0086-13812348000', '138****8000'],
    ['１３８１２３４８０００', '138****8000'],
    ['0795-3212345', '079****2345'],
    ['(0795) 321 2345', '079****2345'],
    ['3212345', '3****45'],
    ['12345', '*****'],
    ['110', '***'],
    ['', ''],
  ])('of %j is %j', (phone, masked) => {
    expect(maskedPhone(phone)).toBe(masked);
  });
  test('never shows more than seven digits and hides at least three', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{3,20}$/), (phone) => {
        const masked = maskedPhone(phone);
        expect(masked.replace(/\D/g, '').length).toBeLessThanOrEqual(7);
        expect(masked.split('*').length - 1).toBeGreaterThanOrEqual(3);
      }),
    );
  });
});

test('what cannot be dialled is no number', () => {
  expect(['13812348000', '+86 (0795) 321-2345', '110'].map(isPhone)).toEqual([true, true, true]);
  expect(['问邻居', '12', '1'.repeat(21), '138x1234'].map(isPhone)).toEqual([false, false, false, false]);
});
test('a contact may have a name without a number, but no broken number', () => {
  expect(contactGap({ name: '张三', phone: '' })).toBeNull();
  expect(contactGap({ name: '', phone: '无' })).toBe('phone');
  expect(contactGap({ name: '长'.repeat(81), phone: '' })).toBe('too_long');
});
test('the first party is one side, the second the other, then others', () => {
  expect(nextRole([])).toBe('side_a');
  expect(nextRole([{ role: 'side_a' }])).toBe('side_b');
  expect(nextRole([{ role: 'side_b' }])).toBe('side_a');
  expect(nextRole([{ role: 'side_a' }, { role: 'side_b' }])).toBe('other');
});
