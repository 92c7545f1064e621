import { describe, expect, it } from 'vitest';
import { signalAnswer, signalBoard, signalEvent, signalRecord, signalSummary } from '@/lib/testing-signals';
import { unixMs } from '@/lib/time';
import { applySignals, closeTime } from './board-fold';
import { BAND_EDGES, DIRECTIONS, heatOf, ratingDirection, toneOf } from './direction';
import { answerSchema, boardSchema, recordSchema, signalEventSchema, summarySchema } from './schemas';

const HOUR_MS = 3_600_000;
const NOW = 1_767_225_600_000 + 20 * 60_000;
const BTC = { symbol: 'BTCUSDT', mood: 0.8, price: 87_600 };
const ETH = { symbol: 'ETHUSDT', mood: -0.4, price: 2970 };
const board = () => boardSchema.parse(signalBoard([BTC, ETH], '4h', NOW));
const event = (bar: number, more: object = {}) =>
  signalEventSchema.parse({ ...signalEvent(BTC, '1h', bar), ...more });
const cellOf = (of: ReturnType<typeof board>, symbol: string, timeframe: string) =>
  of.symbols.find((one) => one.symbol === symbol)?.timeframes.find((one) => one.timeframe === timeframe);

describe('what the server says', () => {
  it('is read as it is told', () => {
    for (const horizon of ['1h', '4h', '1d'] as const) {
      expect(summarySchema.parse(signalSummary(BTC, horizon, NOW))).toMatchObject({ horizon });
      expect(answerSchema.parse(signalAnswer(ETH, horizon, NOW))).toMatchObject({ horizon });
    }
    expect(recordSchema.parse(signalRecord('BTCUSDT', '1h', '4h', NOW)).bands.buy.n).toBe(412);
  });

  it('may be that there is nothing to say yet', () => {
    const nothing = { timeframe: null, score: null, direction: null, confidence: null, probability: null };
    const told = { ...signalAnswer(BTC, '4h', NOW), ...nothing, regime: null, as_of: null, reasons: [] };
    expect(answerSchema.parse({ ...told, track_record: null }).score).toBeNull();
  });

  it.each([
    ['a score beyond the scale', { score: 100.5 }],
    ['a direction that is none', { direction: 'hold' }],
    ['a probability beyond one', { probability: 1.2 }],
  ])('is refused where it is %s', (_, wrong) => {
    expect(summarySchema.safeParse({ ...signalSummary(BTC, '4h', NOW), ...wrong }).success).toBe(false);
  });

  it('adds up: 50 and the reasons are the score', () => {
    const { reasons, score } = signalAnswer(BTC, '4h', NOW);
    expect(reasons.reduce((sum, one) => sum + one.contribution, 50)).toBeCloseTo(score ?? 0, 3);
  });
});

describe('a signal told live', () => {
  const next = unixMs(Math.floor(NOW / HOUR_MS) * HOUR_MS);

  it('replaces the cell of its timeframe, and tells the price and the time', () => {
    const news = event(next, { score: 12, direction: 'strong_sell', price: 90_000 });
    const after = applySignals(board(), [news]);
    expect(cellOf(after, 'BTCUSDT', '1h')).toMatchObject({
      score: 12,
      direction: 'strong_sell',
      bar_time: next,
    });
    expect(after.symbols[0]).toMatchObject({ price: 90_000, as_of: next + HOUR_MS, stale: false });
    expect(closeTime(news)).toBe(next + HOUR_MS);
    // The rest is as it was.
    expect(cellOf(after, 'BTCUSDT', '4h')).toEqual(cellOf(board(), 'BTCUSDT', '4h'));
    expect(after.symbols[1]).toEqual(board().symbols[1]);
  });

  it('ends that a symbol is stale', () => {
    const before = board();
    const stale = before.symbols.map((one) => ({ ...one, stale: true, stale_since: unixMs(1) }));
    const after = applySignals({ ...before, symbols: stale }, [event(next)]);
    expect(after.symbols.map((one) => one.stale)).toEqual([false, true]);
  });

  it('changes nothing where it is older, told twice, or of a symbol that is not there', () => {
    const before = board();
    expect(applySignals(before, [])).toBe(before);
    expect(applySignals(before, [event(next - 5 * HOUR_MS)])).toBe(before);
    expect(applySignals(before, [event(next, { symbol: 'XUSDT' })])).toBe(before);
    expect(applySignals(before, [event(next, { venue: 'binance' })])).toBe(before);
    const once = applySignals(before, [event(next)]);
    expect(applySignals(once, [event(next)])).toBe(once);
  });
});

describe('directions', () => {
  it('have a colour each, and its strength by the distance from the middle', () => {
    expect(DIRECTIONS.map(toneOf)).toEqual(['down', 'down', 'flat', 'up', 'up']);
    expect(toneOf(null)).toBe('flat');
    expect([0, 25, 50, 75, 100].map(heatOf)).toEqual([1, 0.5, 0, 0.5, 1]);
    expect(BAND_EDGES).toHaveLength(DIRECTIONS.length + 1);
  });

  it('are those of TradingView for its rating: beyond 0.1 and beyond 0.5', () => {
    expect([-1, -0.51, -0.5, -0.11, -0.1, 0.1, 0.11, 0.5, 0.51].map(ratingDirection)).toEqual([
      'strong_sell',
      'strong_sell',
      'sell',
      'sell',
      'neutral',
      'neutral',
      'buy',
      'buy',
      'strong_buy',
    ]);
  });
});
