import type { Ticker } from '@/lib/api/schemas';
import { instrumentId } from '@/lib/market/instrument';

export type Tickers = Readonly<Record<string, Ticker>>;

/** Folds tickers in by instrument. One that is older than what is there is left out. */
export function applyTickers(tickers: Tickers, incoming: readonly Ticker[]): Tickers {
  const next: Record<string, Ticker> = { ...tickers };
  for (const ticker of incoming) {
    const id = instrumentId(ticker);
    const known = next[id];
    if (known && known.time !== null && ticker.time !== null && ticker.time < known.time) continue;
    next[id] = ticker;
  }
  return next;
}
