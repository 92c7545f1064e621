import { describe, expect, it } from 'vitest';
import { unixMs } from './time';
import {
  durationMs,
  isTimeframe,
  neighbourTimeframe,
  openTime,
  TIMEFRAME_GROUPS,
  TIMEFRAMES,
  timeframeName,
} from './timeframe';

describe('timeframes', () => {
  it('are thirteen, finest first, each in one group', () => {
    const widths = TIMEFRAMES.map(durationMs);
    expect(TIMEFRAMES).toHaveLength(13);
    expect(widths).toEqual([...widths].sort((a, b) => a - b));
    expect(TIMEFRAME_GROUPS.flatMap((group) => group.members)).toEqual(TIMEFRAMES);
  });

  it('refuse those that the server refuses', () => {
    expect(['1s', '3d', '1mo', '', '1M'].filter(isTimeframe)).toEqual([]);
  });

  it('have names for people', () => {
    expect(timeframeName('1m')).toBe('1 minute');
    expect(timeframeName('12h')).toBe('12 hours');
  });

  it('start weeks on Monday and days at midnight', () => {
    // 2026-01-08 is a Thursday; its week began on Monday the 5th.
    const thursday = unixMs(Date.UTC(2026, 0, 8, 17, 31));
    expect(openTime(thursday, '1w')).toBe(Date.UTC(2026, 0, 5));
    expect(openTime(thursday, '1d')).toBe(Date.UTC(2026, 0, 8));
    expect(openTime(thursday, '15m')).toBe(Date.UTC(2026, 0, 8, 17, 30));
  });

  it('step over those the instrument does not have, and stay at the ends', () => {
    expect(neighbourTimeframe('1h', 1, ['1h', '4h', '1d'])).toBe('4h');
    expect(neighbourTimeframe('1h', -1, ['1h', '4h', '1d'])).toBe('1h');
    expect(neighbourTimeframe('1d', 1, ['1h', '4h', '1d'])).toBe('1d');
  });
});
