import type { Instrument } from '@/lib/api/schemas';
import { instrumentId } from '@/lib/market/instrument';
import type { Tickers } from '@/lib/market/tickers';

/** `desk` is the order of the configuration. */
export type Order = 'desk' | 'symbol' | 'gainers' | 'losers';

export const ORDER_NAMES: Record<Order, string> = {
  desk: 'Desk order',
  symbol: 'A to Z',
  gainers: 'Risen most',
  losers: 'Fallen most',
};

export function isOrder(text: string | null): text is Order {
  return text !== null && text in ORDER_NAMES;
}

/** Instruments whose change is not known come last. Equal ones keep the desk's order. */
export function orderInstruments(
  instruments: readonly Instrument[],
  order: Order,
  tickers: Tickers,
): readonly Instrument[] {
  if (order === 'desk') return instruments;
  if (order === 'symbol') return [...instruments].sort((a, b) => a.symbol.localeCompare(b.symbol));
  const sign = order === 'gainers' ? -1 : 1;
  const change = (one: Instrument) => tickers[instrumentId(one)]?.change_24h ?? null;
  return [...instruments].sort((a, b) => {
    const [first, second] = [change(a), change(b)];
    if (first === null || second === null) return Number(first === null) - Number(second === null);
    return sign * (first - second);
  });
}
