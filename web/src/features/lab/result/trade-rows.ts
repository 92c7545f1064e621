import type { Trade } from '@/lib/lab/strategy-schemas';
import type { Sorting } from '../sort-heading';

export const TRADE_COLUMNS = [
  'id',
  'symbol',
  'side',
  'entry_time',
  'entry_price',
  'exit_time',
  'exit_price',
  'quantity',
  'pnl',
  'pnl_pct',
  'mae',
  'mfe',
  'bars',
  'fees',
  'exit_reason',
] as const;
export type TradeColumn = (typeof TRADE_COLUMNS)[number];

export type TradeSort = Sorting<TradeColumn>;

export const PAGE_ROWS = 25;

/** The trades in order; equal ones stay as they came. */
export function sortedTrades(trades: readonly Trade[], { by, falling }: TradeSort): readonly Trade[] {
  const sign = falling ? -1 : 1;
  return [...trades].sort((a, b) => (a[by] === b[by] ? 0 : a[by] < b[by] ? -sign : sign));
}

/** On which page a trade stands; 0 where it does not. */
export function pageOf(trades: readonly Trade[], id: number | null): number {
  const at = id === null ? -1 : trades.findIndex((one) => one.id === id);
  return Math.max(0, Math.floor(at / PAGE_ROWS));
}
