import { describe, expect, it } from 'vitest';
import type { Bar, CandlePage } from '@/lib/api/schemas';
import type { MarketDataEvent } from '@/lib/socket/messages';
import { unixMs } from '@/lib/time';
import {
  applyEvent,
  applyForming,
  applyPage,
  type CandleSeries,
  emptySeries,
  findGaps,
  lowerBound,
  mergeBars,
  missingBefore,
  sourceOf,
} from './candle-series';

const MINUTE = 60_000;
const START = 1_767_236_400_000;

/** The bar that opens `minute` minutes after the start; its close tells which version of it this is. */
function bar(minute: number, close = 1): Bar {
  return {
    time: unixMs(START + minute * MINUTE),
    open: 1,
    high: Math.max(1, close),
    low: 0.5,
    close,
    volume: 1,
  };
}

function page(minutes: readonly number[], more: Partial<CandlePage> = {}): CandlePage {
  return {
    symbol: 'BTCUSDT',
    venue: 'practice',
    timeframe: '1m',
    source: [],
    candles: minutes.map((minute) => bar(minute)),
    gaps: [],
    gapped: [],
    backfill: { state: 'idle', oldest: null },
    ...more,
  };
}

function event(kind: MarketDataEvent['kind'], minute: number, close = 1, gapped = false): MarketDataEvent {
  return { kind, symbol: 'BTCUSDT', venue: 'practice', timeframe: '1m', candle: bar(minute, close), gapped };
}

const minutes = (series: CandleSeries) => series.bars.map((one) => (one.time - START) / MINUTE);
const loaded = (...those: number[]) => applyPage(emptySeries('1m'), page(those));

describe('merging bars', () => {
  it('keeps them in order, each open time once, the newer version', () => {
    const merged = mergeBars([bar(1), bar(3), bar(5)], [bar(2, 2), bar(3, 2), bar(6, 2)]);
    expect(merged.map((one) => [(one.time - START) / MINUTE, one.close])).toEqual([
      [1, 1],
      [2, 2],
      [3, 2],
      [5, 1],
      [6, 2],
    ]);
  });

  it('does what a map by open time does, whatever comes', () => {
    // A small generator with a printed seed, so that a failure can be repeated.
    for (let seed = 1; seed <= 300; seed++) {
      let state = seed;
      const random = (below: number) => {
        state = (state * 48_271) % 2_147_483_647;
        return state % below;
      };
      const list = (close: number) => {
        const chosen = new Set(Array.from({ length: random(8) }, () => random(12)));
        return [...chosen].sort((a, b) => a - b).map((minute) => bar(minute, close));
      };
      const [known, incoming] = [list(1), list(2)];
      const model = new Map([...known, ...incoming].map((one) => [one.time, one]));
      const expected = [...model.values()].sort((a, b) => a.time - b.time);
      expect(mergeBars(known, incoming), `seed ${seed}`).toEqual(expected);
    }
  });
});

describe('live messages', () => {
  it('turn the forming bar into the closed one', () => {
    let series = applyEvent(loaded(1, 2), event('forming', 3, 1.5));
    expect(series.forming?.close).toBe(1.5);
    series = applyEvent(series, event('closed', 3, 1.7));
    expect(series.forming).toBeNull();
    expect(series.bars.at(-1)?.close).toBe(1.7);
    expect(minutes(series)).toEqual([1, 2, 3]);
  });

  it('leave out a forming bar that is already closed, or older than the one there is', () => {
    const series = applyEvent(loaded(1, 2), event('forming', 4));
    expect(applyEvent(series, event('forming', 2, 9))).toBe(series);
    expect(applyEvent(series, event('forming', 3, 9))).toBe(series);
    expect(applyForming(series, bar(2)).forming).toBeNull();
  });

  it('share the closed bars while only the forming one moves', () => {
    const series = loaded(1, 2);
    expect(applyEvent(series, event('forming', 3)).bars).toBe(series.bars);
  });

  it('put a revised bar in its place and keep the forming one', () => {
    const series = applyEvent(applyEvent(loaded(1, 3), event('forming', 4)), event('revised', 2, 7));
    expect(minutes(series)).toEqual([1, 2, 3]);
    expect(series.bars[1]?.close).toBe(7);
    expect(series.forming).not.toBeNull();
  });

  it('may come twice', () => {
    const once = applyEvent(loaded(1), event('closed', 2, 5));
    expect(applyEvent(once, event('closed', 2, 5))).toEqual(once);
  });

  it('mark a bar folded over a hole, until it is revised whole', () => {
    const holed = applyEvent(loaded(1), event('closed', 2, 1, true));
    expect([...holed.gapped]).toEqual([bar(2).time]);
    expect(applyEvent(holed, event('revised', 2)).gapped.size).toBe(0);
  });
});

describe('pages', () => {
  it('come in before, after and over what is there', () => {
    let series = loaded(10, 11);
    series = applyPage(series, page([7, 8, 9]));
    series = applyPage(series, page([11, 12]));
    expect(minutes(series)).toEqual([7, 8, 9, 10, 11, 12]);
  });

  it('end a forming bar that they hold closed', () => {
    const series = applyEvent(loaded(1), event('forming', 2));
    expect(applyPage(series, page([1, 2])).forming).toBeNull();
    expect(applyPage(series, page([0, 1])).forming).not.toBeNull();
  });

  it('say what bars were folded over a hole, also that they no longer are', () => {
    const series = applyPage(emptySeries('1m'), page([1, 2], { gapped: [bar(2).time] }));
    expect(series.gapped.size).toBe(1);
    expect(applyPage(series, page([1, 2])).gapped.size).toBe(0);
  });

  it('say which stored series each stretch came from; the later word counts', () => {
    const piece = (timeframe: '1m' | '15m', from: number, to: number) => ({
      timeframe,
      from: bar(from).time,
      to: bar(to).time,
    });
    let series = applyPage(emptySeries('1m'), page([0, 29], { source: [piece('15m', 0, 30)] }));
    series = applyPage(series, page([10, 19], { source: [piece('1m', 10, 20)] }));
    expect(series.sources).toEqual([piece('15m', 0, 10), piece('1m', 10, 20), piece('15m', 20, 30)]);
    expect(sourceOf(series, bar(12).time)).toBe('1m');
    expect(sourceOf(series, bar(30).time)).toBeNull();
  });
});

describe('holes', () => {
  it('are found between bars, up to the forming one', () => {
    const series = applyEvent(loaded(1, 2, 5), event('forming', 8));
    expect(findGaps(series)).toEqual([
      { from: bar(3).time, to: bar(5).time },
      { from: bar(6).time, to: bar(8).time },
    ]);
    expect(findGaps(loaded(1, 2, 3))).toEqual([]);
    expect(findGaps(emptySeries('1m'))).toEqual([]);
  });

  it('before a new bar are asked for', () => {
    expect(missingBefore(loaded(1, 2), bar(3))).toBeNull();
    expect(missingBefore(loaded(1, 2), bar(2))).toBeNull();
    expect(missingBefore(loaded(1, 2), bar(6))).toEqual({ from: bar(3).time, to: bar(6).time });
    expect(missingBefore(emptySeries('1m'), bar(6))).toBeNull();
  });
});

it('the lower bound is the first bar at or after a time', () => {
  const { bars } = loaded(1, 3, 5);
  expect([0, 1, 2, 5, 6].map((minute) => lowerBound(bars, bar(minute).time))).toEqual([0, 0, 1, 2, 3]);
});
