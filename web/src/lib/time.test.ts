import { describe, expect, it } from 'vitest';
import {
  formatClock,
  formatCountdown,
  formatDay,
  formatMoment,
  formatOpen,
  formatSpan,
  unixMs,
} from './time';

const noon = unixMs(Date.UTC(2026, 0, 3, 12, 5, 9));

describe('times', () => {
  it('are written in UTC, whatever the machine is set to', () => {
    expect(formatDay(noon)).toBe('2026-01-03');
    expect(formatClock(noon)).toBe('12:05');
    expect(formatClock(noon, true)).toBe('12:05:09');
    expect(formatMoment(noon)).toBe('2026-01-03 12:05');
  });

  it('of bars have a clock below a day, and a weekday from a day on', () => {
    expect(formatOpen(noon, 43_200_000)).toBe('2026-01-03 12:05');
    expect(formatOpen(unixMs(Date.UTC(2026, 0, 3)), 86_400_000)).toBe('Sat 2026-01-03');
    expect(formatOpen(unixMs(Date.UTC(2026, 0, 5)), 604_800_000)).toBe('Mon 2026-01-05');
  });

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
