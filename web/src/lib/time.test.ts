import { describe, expect, it } from 'vitest';
import { formatCountdown, formatSpan } from './time';

describe('spans', () => {
  it.each([
    [0, '0 s'],
    [-5000, '0 s'],
    [999, '0 s'],
    [45_000, '45 s'],
    [60_000, '1 min'],
    [8_400_000, '2 h 20 min'],
    [7_200_000 + 5000, '2 h'],
    [273_600_000, '3 d 4 h'],
  ])('a span of %d ms is %s', (span, text) => {
    expect(formatSpan(span)).toBe(text);
  });

  it.each([
    [42_000, '0:42'],
    [41_001, '0:42'],
    [725_000, '12:05'],
    [10_800_000, '3:00:00'],
    [183_600_000, '2 d 03:00'],
    [-1, '0:00'],
  ])('a countdown of %d ms is %s', (left, text) => {
    expect(formatCountdown(left)).toBe(text);
  });
});
