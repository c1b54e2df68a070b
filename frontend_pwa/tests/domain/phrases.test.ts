import { expect, test } from 'vitest';
import { phrasesShown, withOwnPhrase, withPhrase } from '../../src/domain/phrases';
import { loudness, minutesAndSeconds, voiceFormat } from '../../src/domain/voice';

test('a phrase goes behind what is written, with a comma where none stands', () => {
  expect(withPhrase('', 'dog', ', ')).toBe('dog');
  expect(withPhrase('door open', 'dog', ', ')).toBe('door open, dog');
  expect(withPhrase('门开着。', '有狗', '，')).toBe('门开着。有狗');
});
test('the officer’s own list takes the place of the catalogue’s', () => {
  expect(phrasesShown(undefined, 'a\nb')).toEqual(['a', 'b']);
  expect(phrasesShown([], 'a\nb')).toEqual([]);
});
test('a phrase is kept once, short and without line ends', () => {
  expect(withOwnPhrase(['a'], ' b\n c ')).toEqual(['b c', 'a']);
  expect(withOwnPhrase(['a'], 'a')).toEqual(['a']);
  expect(withOwnPhrase(['a'], '  ')).toEqual(['a']);
});

test('a voice note is recorded in the first format that the browser has', () => {
  expect(voiceFormat((recorded) => recorded.startsWith('audio/mp4'))?.media_type).toBe('audio/mp4');
  expect(voiceFormat(() => false)).toBeNull();
});
test('silence is 0 and a full wave fills the meter', () => {
  expect(loudness(new Uint8Array(64).fill(128))).toBe(0);
  expect(loudness(Uint8Array.from({ length: 64 }, (_, n) => (n % 2 ? 255 : 0)))).toBe(1);
});
test('lengths are said in minutes and seconds', () => {
  expect([0, 65_400, 120_000].map(minutesAndSeconds)).toEqual(['0:00', '1:05', '2:00']);
});
