import { instrumentId } from '@/lib/market/instrument';
import type { SignalSummary } from '@/lib/signals/schemas';
import type { BoardSort } from './board-address';

function keyOf(row: SignalSummary, { by }: BoardSort): number | string | null {
  switch (by) {
    case 'symbol':
    case 'price':
    case 'score':
    case 'confidence':
    case 'probability':
      return row[by];
    default:
      return row.timeframes.find((cell) => cell.timeframe === by)?.score ?? null;
  }
}

/** The rows in order. Those without a value come last, whichever way it goes; equal ones stay as they came. */
export function sorted(rows: readonly SignalSummary[], sort: BoardSort | null): readonly SignalSummary[] {
  if (!sort) return rows;
  const sign = sort.falling ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [first, second] = [keyOf(a, sort), keyOf(b, sort)];
    if (first === null || second === null) return Number(first === null) - Number(second === null);
    if (first === second) return 0;
    return first < second ? -sign : sign;
  });
}

/** Those whose symbol holds every word; a word with a colon is looked for in `venue:symbol`. */
export function named(rows: readonly SignalSummary[], text: string): readonly SignalSummary[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) =>
    words.every((word) => (word.includes(':') ? instrumentId(row) : row.symbol).toLowerCase().includes(word)),
  );
}

/** Those that are among `found`; null: nothing is filtered. */
export function matching(
  rows: readonly SignalSummary[],
  found: readonly { readonly venue: string; readonly symbol: string }[] | null,
): readonly SignalSummary[] {
  if (!found) return rows;
  const ids = new Set(found.map(instrumentId));
  return rows.filter((row) => ids.has(instrumentId(row)));
}
