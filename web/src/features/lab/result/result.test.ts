import { describe, expect, it } from 'vitest';
import { makeFormats } from '@/lib/formats';
import { type Figure, runSchema } from '@/lib/lab/run-schemas';
import { tradeSchema } from '@/lib/lab/strategy-schemas';
import { madeCandles, madeRun } from '@/lib/testing-runs';
import { unixMs } from '@/lib/time';
import { bestOf } from '../runs/best-of';
import { strengthOf } from './calendar';
import { fanOf, readCostCurve, readLeaks, readPolicies, readRobustness } from './evidence';
import { thinnedTo } from './excursions';
import { aboutFigure, betterSign, figureText, unitText } from './figure-words';
import { basketOf, coarseTimeframe, curvesOf, endingAt, onSharedSteps } from './growth';
import { limitsWords, sortedParts, winRate } from './symbol-rows';
import { pageOf, sortedTrades } from './trade-rows';
import { verdictOf } from './verdict';

const formats = makeFormats({ timeZone: 'UTC', numberFormat: '1,234.56' });
const run = runSchema.parse(madeRun({ candles: madeCandles(3000) }));
const HOUR = 3_600_000;

describe('curves', () => {
  const point = (hour: number, equity: number, drawdown: number) => ({
    time: unixMs(hour * HOUR),
    equity,
    drawdown,
  });

  it('stand on equal steps of time, with the deepest drawdown of each', () => {
    const points = [point(0, 100, 0), point(1, 90, 0.1), point(2, 110, 0), point(9, 120, 0)];
    const { equity, drawdown } = curvesOf(points, [], 100);
    expect(equity.map(({ time }) => time / HOUR)).toEqual([0, 3, 6, 9]);
    expect(equity.map(({ value }) => value)).toEqual([100, 110, 110, 120]);
    expect(drawdown.map(({ value }) => value)).toEqual([-0, -0.1, -0, -0]);
  });

  it('hold the market beside it from its first close on', () => {
    const points = [point(0, 100, 0), point(1, 100, 0), point(2, 100, 0)];
    const bars = [
      { time: unixMs(1 * HOUR), close: 75 },
      { time: unixMs(2 * HOUR), close: 100 },
    ];
    const market = basketOf([{ first: 50, bars }]);
    expect(curvesOf(points, market, 100).held).toEqual([
      { time: HOUR, value: 150 },
      { time: 2 * HOUR, value: 200 },
    ]);
  });

  it('hold equal money in each of several markets, from its first price on', () => {
    const bar = (hour: number, close: number) => ({ time: unixMs(hour * HOUR), close });
    const market = basketOf([
      { first: 10, bars: [bar(0, 10), bar(1, 15), bar(2, 20)] },
      // Listed later; one bar is missing.
      { first: 200, bars: [bar(1, 100), bar(3, 300)] },
    ]);
    expect(market.map(({ time, growth }) => [time / HOUR, growth])).toEqual([
      [0, 1],
      [1, 1],
      [2, 1.25],
      [3, 1.75],
    ]);
    expect(basketOf([])).toEqual([]);
  });

  it('end where the figure of holding does', () => {
    const at = (hour: number, growth: number) => ({ time: unixMs(hour * HOUR), growth });
    // The last bar that is drawn ends after the run.
    expect(endingAt([at(0, 1), at(4, 1.5), at(8, 2)], unixMs(6 * HOUR), 0.7)).toEqual([
      at(0, 1),
      at(4, 1.5),
      at(6, 1.7),
    ]);
    expect(endingAt([at(0, 1)], unixMs(HOUR), null)).toEqual([at(0, 1)]);
    expect(endingAt([], unixMs(HOUR), 0.7)).toEqual([]);
  });

  it('of different times are put on the steps of one', () => {
    const at = (hour: number, value: number) => ({ time: unixMs(hour * HOUR), value });
    const [fine, coarse, none] = onSharedSteps([
      { points: [at(6, 1), at(7, 2), at(8, 3), at(9, 4)] },
      { points: [at(0, 5), at(8, 6)] },
      { points: [] },
    ]);
    expect(fine?.points).toEqual([at(6, 1), at(9, 4)]);
    expect(coarse?.points).toEqual([at(0, 5), at(3, 5), at(6, 5), at(9, 6)]);
    expect(none?.points).toEqual([]);
  });

  it('bear a run without a bar', () => {
    expect(curvesOf([], [], 100)).toEqual({ equity: [], drawdown: [], held: [] });
  });

  it('have their market in bars of one request', () => {
    expect(coarseTimeframe(unixMs(0), unixMs(365 * 24 * HOUR), '1m', 4000)).toBe('4h');
    expect(coarseTimeframe(unixMs(0), unixMs(24 * HOUR), '1h', 4000)).toBe('1h');
  });
});

describe('a figure', () => {
  const figure = (more: Partial<Figure>): Figure => ({
    value: 0.1234,
    n: 84,
    of: 'trades',
    unit: 'fraction',
    formula: 'x / y',
    ...more,
  });
  it('is written in its unit', () => {
    expect(figureText(formats, 'total_return', figure({}))).toBe('+12.34%');
    expect(figureText(formats, 'max_drawdown', figure({}))).toBe('12.34%');
    expect(figureText(formats, 'net_profit', figure({ unit: 'money', value: -1234.5 }))).toBe('−1,234.50');
    expect(figureText(formats, 'trades', figure({ unit: 'count', value: 1234 }))).toBe('1,234');
    expect(figureText(formats, 'average_trade_time', figure({ unit: 'time_ms', value: 5_400_000 }))).toBe(
      '1 h 30 min',
    );
    expect(unitText(figure({ unit: 'money' }), 'USDT')).toBe('USDT');
  });
  it('that is not told says why, and rests on so many', () => {
    const absent = figure({ value: null, why: 'too_few', year_days: 365 });
    expect(figureText(formats, 'sharpe', absent)).toBeNull();
    expect(aboutFigure(formats, absent)).toBe(
      'x / y. Of 84 trades. A year has 365 days. Not told: the sample is too small.',
    );
  });
  it('is better the more, the less, or neither', () => {
    expect(['sharpe', 'max_drawdown', 'trades', 'buy_and_hold_return'].map(betterSign)).toEqual([
      1, -1, 0, 0,
    ]);
    expect([...bestOf([1, null, 3, 3], 1)]).toEqual([2, 3]);
    expect([...bestOf([0.2, 0.1], -1)]).toEqual([1]);
    for (const [values, sign] of [
      [[1, 2], 0],
      [[1, 1], 1],
      [[1, null], 1],
    ] as const)
      expect(bestOf(values, sign).size).toBe(0);
  });
});

describe('what stands beside a result', () => {
  it('is read as the server tells it', () => {
    expect(readPolicies(run.policies).map((one) => one.run)).toEqual([true, true, false, true]);
    expect(readCostCurve(run.cost_curve)[0]?.bps).toBe(0);
    expect(readLeaks(run.leaks)?.passed).toBe(true);
    const told = readRobustness(run.robustness);
    expect(told?.checks.map((one) => one.key)).toEqual([
      'psr',
      'dsr',
      'monte_carlo',
      'shuffle',
      'random_entries',
      'stretches',
    ]);
    expect(told?.stretches).toHaveLength(6);
    expect(told?.monteCarlo && fanOf(told.monteCarlo)?.bands[0]).toHaveLength(5);
  });

  it('may be absent, or of a shape that nobody knows', () => {
    for (const part of [undefined, null, {}, 3, 'text', [], { passed: 'yes' }, { psr: 7, monte_carlo: [] }]) {
      expect(readLeaks(part)).toBeNull();
      expect(readRobustness(part)).toBeNull();
      expect(readPolicies(part)).toEqual([]);
      expect(readCostCurve(part)).toEqual([]);
    }
    expect(readCostCurve([{ bps: 5 }, { bps: 'x' }, null])).toHaveLength(1);
    const half = readRobustness({ verdict: 'So so.', psr: { grade: 'splendid', verdict: 'Well.' } });
    expect(half?.checks).toEqual([
      { key: 'psr', name: 'More than luck', grade: 'unknown', verdict: 'Well.' },
    ]);
  });
});

describe('the verdict', () => {
  const texts = (of: typeof run) => verdictOf(of, 'USDT', formats).map((one) => one.text);
  const total = (value: number | null, more: object = {}) => {
    const metrics = { ...run.metrics };
    const figure = metrics.total_return;
    if (figure) metrics.total_return = { ...figure, value };
    return { ...run, metrics, ...more };
  };

  it('says first what was made, beside doing nothing', () => {
    expect(texts(run)[0]).toMatch(
      /^It made .* after costs: 10,000\.00 became .* USDT\. Buying and holding came to /,
    );
    expect(texts(total(-0.1))[0]).toMatch(/^It lost 10\.00% after costs.*doing nothing was better/);
  });

  it('holds all of several symbols beside what was made', () => {
    const both = { ...run, symbol: 'BTCUSDT,ETHUSDT', symbols: undefined };
    expect(texts(both)[0]).toMatch(/Buying and holding all in equal parts came to /);
  });

  it('does not believe a handful of trades', () => {
    const few = runSchema.parse(madeRun({ candles: madeCandles(300) }));
    expect(texts(few)[1]).toMatch(/^Only \d+ closed trades: too few/);
  });

  it('says before all that the future was looked at', () => {
    const leaking = { ...run, leaks: { passed: false, text: 'The future moved the past.', found: [] } };
    const [first] = verdictOf(leaking, 'USDT', formats);
    expect(first).toMatchObject({ grade: 'bad' });
    expect(first?.text).toMatch(/worthless/);
  });

  it('says nothing of what is not there', () => {
    const bare = {
      ...run,
      metrics: undefined,
      trade_count: undefined,
      robustness: null,
      leaks: null,
      break_even_bps: null,
    };
    expect(texts(bare)).toEqual([]);
  });
});

describe('trades in rows', () => {
  const trades = (run.trades ?? []).map((one) => tradeSchema.parse(one));
  it('are sorted by a column, and found on their page', () => {
    const falling = sortedTrades(trades, { by: 'pnl', falling: true });
    expect(falling[0]?.pnl).toBe(Math.max(...trades.map((one) => one.pnl)));
    expect(sortedTrades(trades, { by: 'id', falling: false })).toEqual(trades);
    expect(pageOf(trades, trades[30]?.id ?? 0)).toBe(1);
    expect(pageOf(trades, null)).toBe(0);
  });
  it('are thinned evenly for a plot', () => {
    expect(thinnedTo([1, 2, 3, 4, 5, 6], 3)).toEqual([1, 3, 5]);
    expect(thinnedTo([1, 2], 3)).toEqual([1, 2]);
  });
});

describe('symbols in rows', () => {
  const part = (symbol: string, trades: number, won: number, net_profit: number) => ({
    symbol,
    venue: 'binance',
    trades,
    won,
    net_profit,
    fees: 1,
    slippage: 0,
  });
  const parts = [part('BTCUSDT', 4, 3, -5), part('ETHUSDT', 0, 0, 0), part('SOLUSDT', 10, 5, 9)];
  const order = (by: Parameters<typeof sortedParts>[1]['by'], falling: boolean) =>
    sortedParts(parts, { by, falling }).map((one) => one.symbol[0]);

  it('are sorted by what they added, and without a win rate come last', () => {
    expect(order('net_profit', true)).toEqual(['S', 'E', 'B']);
    expect(order('symbol', false)).toEqual(['B', 'E', 'S']);
    expect(order('won', true)).toEqual(['B', 'S', 'E']);
    expect(order('won', false)).toEqual(['S', 'B', 'E']);
    expect(order('fees', true)).toEqual(['B', 'E', 'S']);
    expect(parts.map(winRate)).toEqual([0.75, null, 0.5]);
  });

  it('share an account with limits that are told in a sentence', () => {
    const limits = { max_positions: 0, exposure_percent: 100, symbol_exposure_percent: 25 };
    const percent = (value: number) => `${value} %`;
    expect(limitsWords(limits, 4, percent)).toBe(
      'At most 4 positions at once, worth up to 100 % of the equity together, and 25 % in one symbol.',
    );
    expect(limitsWords({ ...limits, max_positions: 1, exposure_percent: 200 }, 4, percent)).toMatch(
      /^At most 1 position at once, worth up to 200 % .* together, part of it borrowed/,
    );
  });
});

describe('a month', () => {
  it('is coloured by how much it changed', () => {
    expect([0, 0.001, 0.03, -0.09, 0.4].map(strengthOf)).toEqual([0, 0, 1, 3, 5]);
  });
});
