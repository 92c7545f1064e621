import { splitSymbols, symbolsTitle, symbolsWords } from '@/lib/lab/symbols';
import type { Timeframe } from '@/lib/timeframe';

/** The symbols of a run: few by name, of many the first, and all of them where a pointer rests. */
export function SymbolsText({ symbol }: { symbol: string }) {
  return <span title={symbolsTitle(symbol)}>{symbolsWords(symbol)}</span>;
}

/** `BTCUSDT 1h`; of several symbols the timeframe stands apart. */
export function marketWords(symbol: string, timeframe: Timeframe): string {
  return `${symbolsWords(symbol)}${splitSymbols(symbol).length > 1 ? ' · ' : ' '}${timeframe}`;
}

export function MarketText({ symbol, timeframe }: { symbol: string; timeframe: Timeframe }) {
  return <span title={symbolsTitle(symbol)}>{marketWords(symbol, timeframe)}</span>;
}
