import { describe, expect, test } from 'vitest';
import { classColours, classesOf, classOf } from '../../src/domain/choropleth';
import { isHidden, metricValue } from '../../src/domain/coverage';

describe('classes of the map', () => {
  test('shares have fixed classes, so that two maps can be compared', () => {
    expect(classesOf([0.01, 0.02], 'share').bounds).toEqual([0.2, 0.4, 0.6, 0.8]);
  });
  test('counts get five classes of about as many townships each, with round bounds', () => {
    expect(classesOf([3, 11, 12, 19, 22, 31, 33, 48, 52, 870, null], 'count').bounds).toEqual([
      10, 20, 30, 50,
    ]);
  });
  test('a handful of values gets classes of one width', () => {
    expect(classesOf([22, null], 'count').bounds).toEqual([4, 8, 12, 16]);
  });
  test('small counts are never split below one', () => {
    expect(classesOf([0, 1, 2], 'count').bounds).toEqual([1, 2, 3, 4]);
  });
  test('no value at all still makes classes', () => {
    expect(classesOf([null], 'count').bounds).toEqual([1, 2, 3, 4]);
  });
  test('zero is the lowest class and no data is no class', () => {
    const classes = classesOf([0, 100], 'count');
    expect([classOf(0, classes), classOf(500, classes), classOf(null, classes)]).toEqual([0, 4, null]);
  });
  test('a value on a bound belongs to the class above it', () => {
    expect(classOf(0.2, classesOf([], 'share'))).toBe(1);
  });
  test('each class has a colour in both themes', () => {
    expect([classColours('light').length, classColours('dark').length]).toEqual([5, 5]);
  });
});

describe('the value of a metric', () => {
  test('days since the last visit are counted to the day of the figures', () => {
    expect(metricValue({ last_visit_on: '2026-11-01' }, 'days_since_visit', '2026-11-22')).toBe(21);
  });
  test('a township never visited has no days since the last visit', () => {
    expect(metricValue({ last_visit_on: null }, 'days_since_visit', '2026-11-22')).toBeNull();
  });
  test('a hidden small count is neither zero nor a number', () => {
    const figures = { disputes_found: '<10' as const };
    expect([metricValue(figures, 'disputes_found', ''), isHidden(figures, 'disputes_found')]).toEqual([
      null,
      true,
    ]);
  });
});
