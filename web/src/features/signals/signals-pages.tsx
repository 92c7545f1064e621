import { BoardPage } from './board/board-page';
import type { ChartOf } from './symbol/chart-section';
import { SymbolPage } from './symbol/symbol-page';

/** The board of all symbols, or the page of one. */
export function SignalsPages({ symbol, chart }: { symbol: string | null; chart: ChartOf }) {
  // Another symbol begins anew: what was chosen for one says nothing of the other.
  return symbol === null ? <BoardPage /> : <SymbolPage key={symbol} symbol={symbol} chart={chart} />;
}
