import { describe, expect, it } from 'vitest';
import type { Bar } from '@/lib/api/schemas';
import { makeFormats } from '@/lib/formats';
import { historySchema } from '@/lib/signals/schemas';
import { turnsOf } from '@/lib/signals/turns';
import { signalHistory } from '@/lib/testing-signals';
import { unixMs } from '@/lib/time';
import { emptySeries } from './candle-series';
import { turnWords } from './signal-card';
import { hasRoom, markSize, signalMarks } from './signal-marks';

const HOUR_MS = 3_600_000;
const LAST = 1_767_225_600_000;
const { signals } = historySchema.parse(signalHistory('BTCUSDT', '1h', LAST, 60));
const turns = turnsOf(signals);
const bar = (time: number): Bar => ({
  time: unixMs(time),
  open: 100,
  high: 105,
  low: 95,
  close: 101,
  volume: 1,
});
const bars = signals.map((one) => bar(one.bar_time));
const series = { ...emptySeries('1h'), bars };

describe('the marks of signals', () => {
  it('are one a change of direction, buys under the low and sells over the high', () => {
    const marks = signalMarks(turns, series);
    expect(marks.map((one) => one.time)).toEqual(turns.map((turn) => turn.signal.bar_time));
    for (const mark of marks) expect(mark.price).toBe(mark.below ? 95 : 105);
    const sides = Object.fromEntries(marks.map((one) => [one.direction, one.below]));
    expect(sides).toMatchObject({ buy: true, strong_buy: true, sell: false, strong_sell: false });
  });

  it('stand at bars that are there: none at a hole or before the first', () => {
    const first = turns[0]?.signal.bar_time ?? 0;
    const holed = { ...series, bars: bars.filter((one) => one.time !== first) };
    expect(signalMarks(turns, holed)).toHaveLength(turns.length - 1);
    expect(signalMarks(turns, emptySeries('1h'))).toEqual([]);
    const later = { ...series, bars: [bar(LAST + HOUR_MS)] };
    expect(signalMarks(turns, later)).toEqual([]);
  });

  it('are small where bars stand close, and only buys and sells are marked then', () => {
    const sides = [0.4, 2, 4, 8, 20].map((spacing) => markSize(spacing).side);
    expect(sides).toEqual([...sides].sort((a, b) => a - b));
    expect(hasRoom('neutral', markSize(1))).toBe(false);
    expect(hasRoom('sell', markSize(1))).toBe(true);
    expect(hasRoom('neutral', markSize(8))).toBe(true);
  });
});

describe('what a mark tells', () => {
  const formats = makeFormats({ timeZone: 'UTC', numberFormat: '1,234.56' });
  const [turn] = turns;
  if (!turn) throw new Error('no turn');
  const told = (direction: 'buy' | 'neutral', ...changes: (number | null)[]) => {
    const horizons = ['1h', '4h', '1d'] as const;
    const outcomes = horizons.map((horizon, i) => ({
      horizon,
      probability: null,
      change: changes[i] ?? null,
    }));
    const signal = { ...turn.signal, direction, score: 64.2, regime: 'range' as const, outcomes };
    return turnWords({ signal, from: 'sell', to: direction }, formats);
  };

  it('is score, what was before, the regime, and what became of it as far as that is known', () => {
    expect(told('buy', 0.004, -0.01)).toBe(
      'Signal: buy at 64, before sell; ranging; after 1 hour +0.40%, as said; after 4 hours \u22121.00%, the other way',
    );
    expect(told('buy')).toBe('Signal: buy at 64, before sell; ranging; its outcomes are open');
    expect(told('neutral', 0.004)).toBe('Signal: neutral at 64, before sell; ranging; after 1 hour +0.40%');
  });
});
