import { describe, expect, it } from 'vitest';
import type { Bar } from '@/lib/api/schemas';
import { unixMs } from '@/lib/time';
import { type CandleSeries, emptySeries } from './candle-series';
import { countdownText } from './countdown';
import { readAt } from './reading';

const MINUTE = 60_000;
const at = (minute: number) => unixMs(minute * MINUTE);
const bar = (minute: number, close: number): Bar => ({
  time: at(minute),
  open: 1,
  high: 9,
  low: 1,
  close,
  volume: 1,
});
const series: CandleSeries = {
  ...emptySeries('1m'),
  bars: [bar(1, 2), bar(2, 3), bar(5, 4)],
  forming: bar(6, 5),
  gapped: new Set([at(2)]),
};

describe('reading the chart', () => {
  it('gives the bar under the cursor, with the close before it', () => {
    expect(readAt(series, at(2))).toMatchObject({
      kind: 'bar',
      previousClose: 2,
      forming: false,
      gapped: true,
    });
    expect(readAt(series, at(1))).toMatchObject({ previousClose: null, gapped: false });
  });

  it('gives the forming bar when there is no cursor, else the newest', () => {
    expect(readAt(series, null)).toMatchObject({ forming: true, previousClose: 4 });
    expect(readAt({ ...series, forming: null }, null)).toMatchObject({ forming: false, bar: { close: 4 } });
  });

  it('says that a hole is a hole', () => {
    expect(readAt(series, at(4))).toEqual({ kind: 'gap', gap: { from: at(3), to: at(5) } });
  });

  it('gives nothing where there is nothing', () => {
    expect(readAt(emptySeries('1m'), null)).toBeNull();
    expect(readAt(series, at(100))).toBeNull();
  });
});

describe('the countdown', () => {
  it('counts to the close of the forming bar', () => {
    expect(countdownText(bar(6, 1), '1m', unixMs(at(6) + 18_000))).toBe('0:42');
  });

  it('waits for the exchange’s word for a while, and then is silent', () => {
    expect(countdownText(bar(6, 1), '1m', at(7))).toBe('closing');
    expect(countdownText(bar(6, 1), '1m', unixMs(at(7) + 10_001))).toBeNull();
  });

  it('is silent when the clock does not fit the bar', () => {
    expect(countdownText(bar(6, 1), '1m', at(5))).toBeNull();
    expect(countdownText(null, '1m', at(5))).toBeNull();
  });
});
