// A small backtest, so that made-up trades, equity and candles belong together. For tests and for the fixture server.
import type { components } from './api/schema.ts';

type Contract = components['schemas'];

export type MadeCandle = readonly [
  time: number,
  open: number,
  high: number,
  low: number,
  close: number,
  volume: number,
];

const round = (value: number, digits = 6) => Number(value.toFixed(digits));

/** What cannot be divided is not told. */
const figure = (
  value: number | null,
  n: number,
  of: string,
  unit: string,
  formula: string,
  more: Partial<Contract['BacktestFigure']> = {},
): Contract['BacktestFigure'] => {
  const shared = { n, of, unit, formula, ...more };
  if (value !== null && !Number.isFinite(value)) return { value: null, ...shared, why: 'undefined' };
  return { value: value === null ? null : round(value), ...shared };
};

/** The trades of a cross of two plain averages, all in, with `bps` of cost a fill; and the equity at each close. */
export function cross(
  candles: readonly MadeCandle[],
  fast: number,
  slow: number,
  capital: number,
  bps: number,
) {
  const closes = candles.map((one) => one[4]);
  const mean = (at: number, length: number) =>
    closes.slice(at - length + 1, at + 1).reduce((sum, one) => sum + one, 0) / length;
  const trades: Contract['BacktestTrade'][] = [];
  const equity: Contract['EquityPoint'][] = [];
  const cost = bps / 10_000;
  let [cash, peak] = [capital, capital];
  let held: { at: number; price: number; quantity: number; fee: number } | null = null;
  const close = (at: number, price: number, reason: string) => {
    if (!held) return;
    const fees = held.fee + held.quantity * price * cost;
    const pnl = held.quantity * (price - held.price) - fees;
    const path = candles.slice(held.at, at + 1);
    trades.push({
      id: trades.length,
      symbol: '',
      side: 'long',
      entry_time: candles[held.at]?.[0] ?? 0,
      entry_price: round(held.price),
      exit_time: candles[at]?.[0] ?? 0,
      exit_price: round(price),
      quantity: round(held.quantity),
      pnl: round(pnl),
      pnl_pct: round((100 * pnl) / (held.quantity * held.price)),
      fees: round(fees),
      slippage: 0,
      mae: round(Math.max(0, 100 * (1 - Math.min(...path.map((one) => one[3])) / held.price))),
      mfe: round(Math.max(0, 100 * (Math.max(...path.map((one) => one[2])) / held.price - 1))),
      bars: at - held.at,
      exit_reason: reason,
    });
    if (reason === 'open') return;
    cash = cash + held.fee + pnl;
    held = null;
  };
  for (let i = 0; i < candles.length; i++) {
    const [time = 0, open = 0, , , last = 0] = candles[i] ?? [];
    if (i > slow) {
      const above = mean(i - 1, fast) > mean(i - 1, slow);
      const before = mean(i - 2, fast) > mean(i - 2, slow);
      if (held && !above && before) close(i, open, 'signal');
      else if (!held && above && !before) {
        const fee = cash * cost;
        held = { at: i, price: open, quantity: (cash - fee) / open, fee };
        cash -= fee;
      }
    }
    const now = held ? cash + held.quantity * (last - held.price) : cash;
    peak = Math.max(peak, now);
    equity.push({ time, equity: round(now), drawdown: round(1 - now / peak) });
  }
  if (held) close(candles.length - 1, candles.at(-1)?.[4] ?? 0, 'open');
  return { trades, equity };
}

export function calendar(equity: readonly Contract['EquityPoint'][], capital: number) {
  const rows = (monthly: boolean) => {
    const ends = new Map<string, number>();
    for (const { time, equity: value } of equity)
      ends.set(new Date(time).toISOString().slice(0, monthly ? 7 : 4), value);
    let before = capital;
    return [...ends].map(([name, end]) => {
      const change = round(end / before - 1);
      before = end;
      return {
        year: Number(name.slice(0, 4)),
        month: monthly ? Number(name.slice(5)) : null,
        days: monthly ? 30 : 365,
        change,
      };
    });
  };
  return { months: rows(true), years: rows(false) };
}

export function figuresOf(
  equity: readonly Contract['EquityPoint'][],
  all: readonly Contract['BacktestTrade'][],
  capital: number,
  held: number,
): Contract['BacktestFigures'] {
  const trades = all.filter((one) => one.exit_reason !== 'open');
  const [n, bars, periods] = [trades.length, equity.length, Math.max(0, Math.floor(equity.length / 24))];
  const end = equity.at(-1)?.equity ?? capital;
  const won = trades.filter((one) => one.pnl > 0);
  const lost = trades.filter((one) => one.pnl < 0);
  const sum = (list: readonly { pnl: number }[]) => list.reduce((total, one) => total + one.pnl, 0);
  const ratio = (value: number, formula: string, least = 30): Contract['BacktestFigure'] =>
    periods < least
      ? figure(null, periods, 'periods', 'ratio', formula, { why: 'too_few' })
      : figure(value, periods, 'periods', 'ratio', formula, { year_days: 365 });
  const some = (value: number, unit: string, formula: string, least = 10) =>
    n < least
      ? figure(null, n, 'trades', unit, formula, { why: 'too_few' })
      : figure(value, n, 'trades', unit, formula);
  return {
    net_profit: figure(end - capital, bars, 'bars', 'money', 'final equity - capital'),
    gross_profit: figure(sum(won), n, 'trades', 'money', 'sum of pnl > 0'),
    gross_loss: figure(-sum(lost), n, 'trades', 'money', '-sum of pnl < 0'),
    total_return: figure(end / capital - 1, bars, 'bars', 'fraction', 'final equity / capital - 1'),
    cagr: figure(
      (end / capital) ** (8760 / Math.max(1, bars)) - 1,
      periods,
      'periods',
      'fraction',
      '(final equity / capital)^(1 / years) - 1',
      { year_days: 365 },
    ),
    sharpe: ratio(0.94, 'Sharpe 1994: mean(r) / std(r, ddof 1) * sqrt(periods a year), risk-free 0'),
    sortino: ratio(1.31, 'Sortino 1994: mean(r) / sqrt(mean(min(r, 0)^2)) * sqrt(periods a year), target 0'),
    calmar: ratio(0.71, 'Young 1991: cagr / max_drawdown, over the whole run'),
    volatility: figure(0.24, periods, 'periods', 'fraction', 'std(r, ddof 1) * sqrt(periods a year)', {
      year_days: 365,
    }),
    max_drawdown: figure(
      Math.max(...equity.map((one) => one.drawdown)),
      bars,
      'bars',
      'fraction',
      'max((peak - equity) / peak), marked at each close',
    ),
    max_drawdown_bars: figure(
      412,
      bars,
      'bars',
      'bars',
      'of the deepest: from its peak to its recovery, or to the end',
    ),
    buy_and_hold_return: figure(
      held,
      bars,
      'bars',
      'fraction',
      'last close / first close - 1, without costs',
    ),
    var_95: figure(
      null,
      periods,
      'periods',
      'fraction',
      'historical: -(5 % quantile of r, linear between values)',
      { why: 'too_few' },
    ),
    time_in_market: figure(0.52, bars, 'bars', 'fraction', 'bars with a position at the close / bars'),
    turnover: figure(n * 2, 2 * n, 'fills', 'ratio', 'value of all fills / mean equity'),
    fees_paid: figure(
      trades.reduce((total, one) => total + one.fees, 0),
      2 * n,
      'fills',
      'money',
      'sum of fees',
    ),
    slippage_paid: figure(0, 2 * n, 'fills', 'money', 'sum of slippage'),
    trades: figure(n, n, 'trades', 'count', 'closed trades'),
    open_trades: figure(all.length - n, all.length, 'trades', 'count', 'trades open at the end'),
    win_rate: some(won.length / n, 'fraction', 'trades with pnl > 0 / trades'),
    profit_factor: some(sum(won) / -sum(lost), 'ratio', 'gross_profit / gross_loss'),
    expectancy: some(sum(trades) / n, 'money', 'mean(pnl)'),
    average_trade: some(
      trades.reduce((total, one) => total + one.pnl_pct / 100, 0) / n,
      'fraction',
      'mean(pnl / entry value)',
      1,
    ),
    kelly: some(0.11, 'fraction', 'Kelly 1956: win_rate - (1 - win_rate) / payoff', 30),
    average_trade_time: some(86_400_000, 'time_ms', 'mean(exit time - entry time)', 1),
    average_trade_bars: some(24.4, 'bars', 'mean(bars)', 1),
  };
}
