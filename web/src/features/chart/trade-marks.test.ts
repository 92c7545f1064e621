import { describe, expect, it } from 'vitest';
import type { Bar } from '@/lib/api/schemas';
import type { Trade } from '@/lib/lab/strategy-schemas';
import { unixMs } from '@/lib/time';
import { valueAt } from './curve-chart';
import { strategyMarks } from './strategy-legend';
import { barAt, tradeMarks } from './trade-marks';
import { HELD_MAX, joined } from './use-window-candles';

const WIDTH = 60_000;
const bar = (minute: number): Bar => ({
  time: unixMs(minute * WIDTH),
  open: 1,
  high: 2,
  low: 0.5,
  close: 1.5,
  volume: 1,
});
// Minutes 3 and 4 are missing.
const BARS = [0, 1, 2, 5, 6].map(bar);
const at = (minutes: number) => unixMs(minutes * WIDTH);
const trade = (from: number, to: number, more: Partial<Trade> = {}) =>
  ({ id: 1, entry_time: at(from), exit_time: at(to), exit_reason: 'signal', ...more }) as Trade;

describe('the bar of a time', () => {
  it('is the one that holds it', () => {
    expect(barAt(BARS, at(1), WIDTH)).toBe(at(1));
    expect(barAt(BARS, at(1.9), WIDTH)).toBe(at(1));
  });
  it('in a hole is the one before', () => {
    expect(barAt(BARS, at(3.5), WIDTH)).toBe(at(2));
  });
  it('at the end of the last bar is the last bar, as of what was closed there', () => {
    expect(barAt(BARS, at(7), WIDTH)).toBe(at(6));
    expect(barAt(BARS, at(8), WIDTH)).toBeNull();
    expect(barAt(BARS, at(-1), WIDTH)).toBeNull();
    expect(barAt([], at(1), WIDTH)).toBeNull();
  });
});

describe('trades on bars', () => {
  it('are those of which a part is loaded', () => {
    const marks = tradeMarks(
      [trade(-9, -5), trade(-3, 1), trade(1, 6), trade(6, 40), trade(20, 30)],
      BARS,
      WIDTH,
    );
    expect(marks.map(({ entry, exit }) => [entry, exit])).toEqual([
      [null, at(1)],
      [at(1), at(6)],
      [at(6), null],
    ]);
  });
  it('have no end while they are open', () => {
    expect(tradeMarks([trade(1, 7, { exit_reason: 'open' })], BARS, WIDTH)[0]?.exit).toBeNull();
  });
});

describe('a stretch of candles', () => {
  it('grows to both sides, and lets go of the far end', () => {
    expect(joined(BARS, [bar(7)], 'newer')).toHaveLength(6);
    const many = Array.from({ length: HELD_MAX }, (_, i) => bar(i));
    expect(joined(many, [bar(HELD_MAX)], 'newer')[0]?.time).toBe(at(1));
    expect(
      joined(
        many.map((one) => ({ ...one, time: unixMs(one.time + WIDTH) })),
        [bar(0)],
        'older',
      )[0]?.time,
    ).toBe(at(0));
  });
});

describe('a curve', () => {
  const curve = {
    name: 'x',
    color: '1' as const,
    points: [1, 3].map((minute) => ({ time: at(minute), value: minute })),
  };
  it('has the value of its last point until then', () => {
    expect([0, 1, 2, 3, 9].map((minute) => valueAt(curve, at(minute)))).toEqual([null, 1, 1, 3, 3]);
  });
});

describe('strategies on the desk', () => {
  it('are marked with the name of their run', () => {
    const event = { run: 'b_1', strategy: 'ema-cross' } as never;
    const other = { run: 'b_9', strategy: 'supertrend' } as never;
    const run = { id: 'b_1', name: 'Slow cross', strategy: 'ema-cross' } as never;
    const live = { strategies: [{ run, position: null, last: null }], events: [event, other] };
    expect(strategyMarks(live).map((one) => one.name)).toEqual(['Slow cross', 'supertrend']);
    expect(strategyMarks(undefined)).toEqual([]);
  });
});
