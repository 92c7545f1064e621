import { describe, expect, it } from 'vitest';
import type { Direction } from '@/lib/signals/direction';
import { historySchema, signalEventSchema } from '@/lib/signals/schemas';
import { signalEvent, signalHistory } from '@/lib/testing-signals';
import { unixMs } from '@/lib/time';
import {
  signalAt,
  turnSide,
  turnsOf,
  WINDOW_BARS,
  WINDOWS_MAX,
  windowOf,
  windowsOf,
  withSignal,
} from './turns';

const HOUR_MS = 3_600_000;
const LAST = 1_767_225_600_000;
const BTC = { symbol: 'BTCUSDT', mood: 0.8, price: 87_600 };
const history = historySchema.parse(signalHistory('BTCUSDT', '1h', LAST, 60));

/** Signals an hour apart that say these directions. */
function saying(...directions: (Direction | null)[]) {
  const [one] = history.signals;
  if (!one) throw new Error('no signal');
  return directions.map((direction, index) => ({
    ...one,
    direction,
    bar_time: unixMs(LAST + index * HOUR_MS),
  }));
}

describe('changes of direction', () => {
  it('are where a signal says another direction than the one before, and nowhere else', () => {
    const signals = saying('buy', 'buy', 'strong_buy', 'strong_buy', 'neutral', 'sell', 'sell');
    expect(turnsOf(signals).map(({ signal, from, to }) => [signals.indexOf(signal), from, to])).toEqual([
      [2, 'buy', 'strong_buy'],
      [4, 'strong_buy', 'neutral'],
      [5, 'neutral', 'sell'],
    ]);
  });

  it('do not begin with the first signal, and pass over those that say nothing', () => {
    expect(turnsOf([])).toEqual([]);
    expect(turnsOf(saying('sell'))).toEqual([]);
    expect(turnsOf(saying(null, 'sell', null, 'sell'))).toEqual([]);
    expect(turnsOf(saying('sell', null, 'buy'))).toHaveLength(1);
  });

  it('between two of them the direction stays: said again in order they are the directions of all signals', () => {
    const turns = turnsOf(history.signals);
    expect(turns.length).toBeGreaterThan(5);
    let now = history.signals[0]?.direction;
    for (const signal of history.signals) {
      now = turns.find((turn) => turn.signal === signal)?.to ?? now;
      expect(signal.direction).toBe(now);
    }
  });

  it('speak for a rise or a fall; back to neutral, against what they end', () => {
    const side = (from: Direction, to: Direction) =>
      turnsOf(saying(from, to)).map((turn) => turnSide(turn))[0];
    expect(side('neutral', 'buy')).toBe(1);
    expect(side('strong_buy', 'buy')).toBe(1);
    expect(side('buy', 'strong_sell')).toBe(-1);
    expect(side('sell', 'neutral')).toBe(1);
    expect(side('strong_buy', 'neutral')).toBe(-1);
  });
});

describe('the signal at a time', () => {
  it('is the last whose bar opened then or before', () => {
    const signals = saying('buy', 'sell', 'buy');
    expect(signalAt(signals, unixMs(LAST - 1))).toBeNull();
    expect(signalAt(signals, unixMs(LAST))).toBe(signals[0]);
    expect(signalAt(signals, unixMs(LAST + 2 * HOUR_MS - 1))).toBe(signals[1]);
    expect(signalAt(signals, unixMs(LAST + 50 * HOUR_MS))).toBe(signals[2]);
    expect(signalAt([], unixMs(LAST))).toBeNull();
  });
});

describe('a signal told live', () => {
  const event = (bar: number, more: object = {}) =>
    signalEventSchema.parse({ ...signalEvent(BTC, '1h', bar), ...more });

  it('is appended as it would be kept, with its outcomes open', () => {
    const next = withSignal(history, event(LAST + HOUR_MS, { score: 12, direction: 'strong_sell' }));
    expect(next.signals).toHaveLength(61);
    expect(next.signals.at(-1)).toMatchObject({
      bar_time: LAST + HOUR_MS,
      emitted_at: LAST + 2 * HOUR_MS,
      score: 12,
      direction: 'strong_sell',
      outcomes: [{ change: null }, { change: null }, { change: null }],
    });
    expect(historySchema.parse(next)).toEqual(next);
  });

  it('changes nothing where it is kept already, older, or of something else', () => {
    expect(withSignal(history, event(LAST))).toBe(history);
    expect(withSignal(history, event(LAST - HOUR_MS))).toBe(history);
    expect(withSignal(history, event(LAST + HOUR_MS, { timeframe: '4h' }))).toBe(history);
    expect(withSignal(history, event(LAST + HOUR_MS, { venue: 'binance' }))).toBe(history);
  });
});

describe('the windows that are asked for', () => {
  const span = WINDOW_BARS * HOUR_MS;

  it('hold every bar once, the oldest first', () => {
    const [oldest, newest] = [unixMs(LAST - 1234 * HOUR_MS), unixMs(LAST)];
    const windows = windowsOf('1h', oldest, newest);
    expect(windows[0]?.from).toBeLessThanOrEqual(oldest);
    expect(windows.at(-1)?.to).toBeGreaterThan(newest);
    for (const [index, one] of windows.entries()) {
      expect(one.to - one.from).toBe(span);
      if (index > 0) expect(one.from).toBe(windows[index - 1]?.to);
    }
  });

  it('are the same for whatever part of them is on the chart', () => {
    expect(windowOf('1h', unixMs(LAST))).toEqual(windowOf('1h', unixMs(windowOf('1h', unixMs(LAST)).to - 1)));
    expect(windowsOf('1h', unixMs(LAST), unixMs(LAST))).toEqual([windowOf('1h', unixMs(LAST))]);
  });

  it('are no more than so many, the newest', () => {
    const windows = windowsOf('1h', unixMs(0), unixMs(LAST));
    expect(windows).toHaveLength(WINDOWS_MAX);
    expect(windows.at(-1)).toEqual(windowOf('1h', unixMs(LAST)));
    expect(windowsOf('1h', unixMs(LAST + 2 * span), unixMs(LAST))).toEqual([]);
  });
});
