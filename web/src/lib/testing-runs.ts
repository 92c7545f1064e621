// Runs in the words of docs/openapi.yaml, for tests and for the fixture server. A run is really made (testing-cross.ts).
import type { components } from './api/schema.ts';
import { calendar, cross, figuresOf, type MadeCandle } from './testing-cross.ts';
import { evidence } from './testing-evidence.ts';
import { DOCUMENT } from './testing-strategies.ts';

type Contract = components['schemas'];

const round = (value: number, digits = 6) => Number(value.toFixed(digits));

export interface RunMaking {
  readonly id?: string;
  readonly name?: string;
  readonly request?: Partial<Contract['BacktestRequest']>;
  readonly candles: readonly MadeCandle[];
  readonly venue?: string;
  readonly createdAt?: number;
  readonly live?: boolean;
  /** Without it: no policies, costs, robustness. */
  readonly withEvidence?: boolean;
}

/** A run that is done. */
export function madeRun({
  id = 'b_1',
  name = '',
  request = {},
  candles,
  venue = 'practice',
  createdAt = Date.UTC(2026, 0, 3),
  live = false,
  withEvidence = true,
}: RunMaking): Contract['Backtest'] {
  const capital = request.capital ?? 10_000;
  const number = (given: unknown, first: number) => (typeof given === 'number' ? given : first);
  const [fast, slow] = [number(request.inputs?.fast, 12), number(request.inputs?.slow, 26)];
  const { trades, equity } = cross(candles, fast, slow, capital, 10);
  const [from, to] = [candles[0]?.[0] ?? 0, (candles.at(-1)?.[0] ?? 0) + 3_600_000];
  const held = (candles.at(-1)?.[4] ?? 1) / (candles[0]?.[1] ?? 1) - 1;
  const metrics = figuresOf(equity, trades, capital, held);
  const value = (key: string) => metrics[key]?.value ?? null;
  const end = equity.at(-1)?.equity ?? capital;
  return {
    id,
    name,
    status: 'done',
    progress: 1,
    strategy: request.strategy ?? 'ema-cross',
    version: 1,
    symbol: (request.symbol ?? 'BTCUSDT').split(':').at(-1) ?? '',
    venue,
    practice: true,
    timeframe: request.timeframe ?? '1h',
    from,
    to,
    bars: candles.length,
    created_at: createdAt,
    finished_at: createdAt + 900,
    live,
    error: null,
    summary: {
      final_equity: end,
      total_return: value('total_return'),
      buy_and_hold_return: held,
      sharpe: value('sharpe'),
      max_drawdown: value('max_drawdown'),
      trades: value('trades'),
      win_rate: value('win_rate'),
      profit_factor: value('profit_factor'),
    },
    request: {
      strategy: 'ema-cross',
      symbol: 'BTCUSDT',
      timeframe: '1h',
      ...request,
    } as Contract['BacktestRequest'],
    document: DOCUMENT,
    inputs: { fast: String(fast), slow: String(slow), stop: '5' },
    initial_capital: capital,
    final_equity: end,
    warm_up_bars: 104,
    metrics,
    long: metrics,
    short: figuresOf([], [], capital, held),
    ...calendar(equity, capital),
    fills_policy: { time: 'next_open', intrabar: 'pessimistic', ambiguous_bars: 7 },
    costs: {
      commission: 'bps:10',
      slippage_model: 'fixed_bps:5',
      fees: value('fees_paid') ?? 0,
      slippage: 81.2,
      funding: 0,
    },
    warnings: [
      'In 7 bars the order of prices decided what filled; it was taken to be pessimistic.',
      '3 entries were refused by limits, protections or funds.',
    ],
    equity: equity.filter((_, i) => i % Math.ceil(equity.length / 2000) === 0 || i === equity.length - 1),
    equity_points: equity.length,
    trades,
    trade_count: trades.length,
    ...(withEvidence ? evidence(value('total_return') ?? 0, trades.length, from, to) : {}),
  } as unknown as Contract['Backtest'];
}

/** The row of a run in a list. */
export function runItem(run: Contract['Backtest']): Contract['BacktestItem'] {
  const { id, name, status, progress, strategy, version, symbol, venue, practice, timeframe, from, to } = run;
  const { bars, created_at, finished_at, live, error, summary } = run;
  return {
    id,
    name,
    status,
    progress,
    strategy,
    version,
    symbol,
    venue,
    practice,
    timeframe,
    from,
    to,
    bars,
    created_at,
    finished_at,
    live,
    error,
    summary,
  };
}

/** A repeatable walk with a trend that turns. */
export function madeCandles(count: number, first = Date.UTC(2025, 0, 1), widthMs = 3_600_000): MadeCandle[] {
  let price = 100;
  return Array.from({ length: count }, (_, i) => {
    const open = price;
    price *=
      1 + 0.0012 * Math.sin(i / 37) + 0.0025 * Math.sin(i * i * 0.7) + 0.0015 * Math.cos(i * 0.21) + 0.00005;
    const [high, low] = [Math.max(open, price) * 1.001, Math.min(open, price) * 0.999];
    return [first + i * widthMs, round(open), round(high), round(low), round(price), 10 + (i % 7)] as const;
  });
}
