import type { AccountLimits, SymbolPart } from '@/lib/lab/run-schemas';
import type { Sorting } from '../sort-heading';

export const SYMBOL_COLUMNS = ['symbol', 'trades', 'won', 'net_profit', 'fees', 'slippage'] as const;
export type SymbolColumn = (typeof SYMBOL_COLUMNS)[number];

/** The share of closed trades that won; null: none was closed. */
export function winRate({ trades, won }: Pick<SymbolPart, 'trades' | 'won'>): number | null {
  return trades > 0 ? won / trades : null;
}

/** The symbols in order; those without a win rate come last, equal ones stay as they came. */
export function sortedParts(
  parts: readonly SymbolPart[],
  { by, falling }: Sorting<SymbolColumn>,
): readonly SymbolPart[] {
  const sign = falling ? -1 : 1;
  const keyOf = (part: SymbolPart) => (by === 'won' ? winRate(part) : part[by]);
  return [...parts].sort((a, b) => {
    const [one, other] = [keyOf(a), keyOf(b)];
    if (one === other) return 0;
    if (one === null || other === null) return one === null ? 1 : -1;
    return one < other ? -sign : sign;
  });
}

/** What the account may have open, in a sentence. `percent` writes a number of percent. */
export function limitsWords(
  { max_positions: positions, exposure_percent: all, symbol_exposure_percent: each }: AccountLimits,
  symbols: number,
  percent: (value: number) => string,
): string {
  const most = positions === 0 ? symbols : positions;
  const borrowed = all > 100 ? ', part of it borrowed' : '';
  return `At most ${most} ${most === 1 ? 'position' : 'positions'} at once, worth up to ${percent(all)} of the equity together${borrowed}, and ${percent(each)} in one symbol.`;
}
