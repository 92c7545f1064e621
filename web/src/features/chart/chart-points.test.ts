import { describe, expect, it } from 'vitest';
import type { Bar } from '@/lib/api/schemas';
import { unixMs } from '@/lib/time';
import { emptySeries } from './candle-series';
import type { ChartColors } from './chart-colors';
import { chartPoints, emptySlots, GAP_SLOTS_MAX } from './chart-points';

const MINUTE = 60_000;
const COLORS = { up: 'up', down: 'down', upSoft: 'up-soft', downSoft: 'down-soft' } as ChartColors;

function bar(minute: number, open = 1, close = 2): Bar {
  return { time: unixMs(minute * MINUTE), open, high: 3, low: 0.5, close, volume: 4 };
}

describe('what the chart draws', () => {
  it('has a point without a value for each bar that is missing', () => {
    const { candles, volumes } = chartPoints({ ...emptySeries('1m'), bars: [bar(1), bar(4)] }, COLORS);
    expect(candles.map((point) => [point.time, 'close' in point])).toEqual([
      [60, true],
      [120, false],
      [180, false],
      [240, true],
    ]);
    expect(volumes.map((point) => 'value' in point)).toEqual([true, false, false, true]);
  });

  it('fills closed bars and outlines the forming one', () => {
    const { candles } = chartPoints({ ...emptySeries('1m'), bars: [bar(1)], forming: bar(2, 2, 1) }, COLORS);
    expect(candles[0]).not.toHaveProperty('color');
    expect(candles[1]).toMatchObject({ color: 'down-soft', borderColor: 'down', wickColor: 'down' });
  });

  it('draws a long hole no wider than its most, in rising times before the next bar', () => {
    const slots = emptySlots(unixMs(0), unixMs(100_000 * MINUTE), MINUTE);
    expect(slots.length).toBeLessThanOrEqual(GAP_SLOTS_MAX);
    expect(slots.length).toBeGreaterThan(GAP_SLOTS_MAX / 2);
    expect(slots).toEqual([...new Set(slots)].sort((a, b) => a - b));
    expect(slots.at(-1)).toBeLessThan(100_000 * 60);
    expect(emptySlots(unixMs(0), unixMs(MINUTE), MINUTE)).toEqual([]);
  });
});
