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
  /** Of a run over several symbols: those of each, over the same time; without it all have `candles`. */
  readonly candlesOf?: (symbol: string) => readonly MadeCandle[];
  readonly venue?: string;
  readonly createdAt?: number;
  readonly live?: boolean;
  /** Without it: no policies, costs, robustness. */
  readonly withEvidence?: boolean;
}

/** What each symbol does with an equal share of the capital, and what the account is together. */
function account(symbols: readonly string[], making: RunMaking, fast: number, slow: number, capital: number) {
  const { candles, candlesOf = () => candles, venue = 'practice' } = making;
  const share = capital / symbols.length;
  const each = symbols.map((symbol) => {
    const own = candlesOf(symbol);
    const { trades, equity } = cross(own, fast, slow, share, 10);
    return { symbol, own, equity, trades: trades.map((trade) => ({ ...trade, symbol })) };
  });
  const trades = each
    .flatMap((one) => one.trades)
    .sort((a, b) => a.entry_time - b.entry_time)
    .map((trade, id) => ({ ...trade, id }));
  let peak = capital;
  const equity = (each[0]?.equity ?? []).map(({ time }, i) => {
    const now = each.reduce((sum, one) => sum + (one.equity[i]?.equity ?? share), 0);
    peak = Math.max(peak, now);
    return { time, equity: round(now), drawdown: round(1 - now / peak) };
  });
  const parts = each.map((one): Contract['BacktestSymbol'] => {
    const closed = one.trades.filter((trade) => trade.exit_reason !== 'open');
    const sum = (of: (trade: Contract['BacktestTrade']) => number) =>
      round(one.trades.reduce((total, trade) => total + of(trade), 0));
    return {
      symbol: one.symbol,
      venue,
      trades: closed.length,
      won: closed.filter((trade) => trade.pnl > 0).length,
      net_profit: round((one.equity.at(-1)?.equity ?? share) - share),
      fees: sum((trade) => trade.fees),
      slippage: sum((trade) => trade.slippage),
    };
  });
  const growth = each.map(({ own }) => (own.at(-1)?.[4] ?? 1) / (own[0]?.[1] ?? 1));
  const held = growth.reduce((sum, one) => sum + one, 0) / symbols.length - 1;
  return { trades, equity, parts, held };
}

/** A run that is done. */
export function madeRun(making: RunMaking): Contract['Backtest'] {
  const {
    id = 'b_1',
    name = '',
    request = {},
    candles,
    venue = 'practice',
    createdAt = Date.UTC(2026, 0, 3),
    live = false,
    withEvidence = true,
  } = making;
  const symbols = (request.symbol ?? 'BTCUSDT').split(',').map((one) => one.split(':').at(-1) ?? '');
  const capital = request.capital ?? 10_000;
  const number = (given: unknown, first: number) => (typeof given === 'number' ? given : first);
  const [fast, slow] = [number(request.inputs?.fast, 12), number(request.inputs?.slow, 26)];
  const { trades, equity, parts, held } = account(symbols, making, fast, slow, capital);
  const [from, to] = [candles[0]?.[0] ?? 0, (candles.at(-1)?.[0] ?? 0) + 3_600_000];
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
    symbol: symbols.join(','),
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
    symbols: parts,
    limits: limitsOf(request, symbols.length),
    metrics,
    long: metrics,
    short: figuresOf([], [], capital, held),
    ...calendar(equity, capital),
    fills_policy: { time: 'next_open', intrabar: 'pessimistic', ambiguous_bars: 7 },
    costs: {
      commission: 'bps:10',
      slippage_model: 'fixed_bps:5',
      funding_model: 'none',
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

function limitsOf(request: Partial<Contract['BacktestRequest']>, count: number): Contract['AccountLimits'] {
  const { max_positions = 0, exposure_percent = 100 } = request;
  const equal = exposure_percent / (max_positions > 0 ? Math.min(max_positions, count) : count);
  return {
    max_positions,
    exposure_percent,
    symbol_exposure_percent: request.symbol_exposure_percent ?? round(equal),
  };
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
