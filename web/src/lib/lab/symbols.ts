import type { Run, SymbolPart } from '@/lib/lab/run-schemas';
import type { Trade } from '@/lib/lab/strategy-schemas';

/* Runs over several symbols: the API writes them as one text, `BTCUSDT,ETHUSDT`. */

/** So many symbols share an account at most. */
export const SYMBOLS_MAX = 50;

/** Each once, in order. */
export function splitSymbols(text: string): readonly string[] {
  const all = text.split(',').map((one) => one.trim());
  return [...new Set(all.filter((one) => one !== ''))];
}

export function joinSymbols(symbols: readonly string[]): string {
  return symbols.join(',');
}

/** More than these are not all named. */
const NAMED_MAX = 3;

/** `BTCUSDT, ETHUSDT and 7 more`. */
export function symbolsWords(text: string): string {
  const all = splitSymbols(text);
  if (all.length <= NAMED_MAX) return all.join(', ');
  return `${all.slice(0, 2).join(', ')} and ${all.length - 2} more`;
}

/** All of them, where the words do not name them all: what a pointer that rests is told. */
export function symbolsTitle(text: string): string | undefined {
  const all = splitSymbols(text);
  return all.length > NAMED_MAX ? all.join(', ') : undefined;
}

/** What one symbol of a run is. */
export type RunSymbol = Pick<SymbolPart, 'symbol' | 'venue'>;

/** The symbols of a run, also of one that was kept before a run told them. */
export function symbolsOf(run: Pick<Run, 'symbol' | 'venue' | 'symbols'>): readonly RunSymbol[] {
  if (run.symbols && run.symbols.length > 0) return run.symbols;
  const venues = splitSymbols(run.venue);
  const all = splitSymbols(run.symbol);
  return all.map((symbol, i) => ({
    symbol,
    venue: (venues.length === all.length ? venues[i] : venues[0]) ?? run.venue,
  }));
}

/** As the API names it: `binance:BTCUSDT`. */
export function symbolId({ venue, symbol }: RunSymbol): string {
  return `${venue}:${symbol}`;
}

/** Which of a run's symbols a trade is of. */
export function symbolOfTrade(trade: Trade, symbols: readonly RunSymbol[]): RunSymbol | undefined {
  return symbols.find((one) => one.symbol === trade.symbol || symbolId(one) === trade.symbol) ?? symbols[0];
}
