import type { Bar } from '@/lib/api/schemas';
import type { Trade } from '@/lib/lab/strategy-schemas';
import type { UnixMs } from '@/lib/time';
import { lowerBound } from './candle-series';

/** A trade where it stands among bars that are loaded. */
export interface TradeMark {
  readonly trade: Trade;
  /** Open time of the bars that hold its begin and its end; null: that one is not loaded. */
  readonly entry: UnixMs | null;
  readonly exit: UnixMs | null;
}

/** The last bar that opens at `time` or before; what is past the end of the last bar counts to it. */
export function barAt(bars: readonly Bar[], time: UnixMs, widthMs: number): UnixMs | null {
  const at = lowerBound(bars, time);
  const bar = bars[at]?.time === time ? bars[at] : bars[at - 1];
  if (!bar) return null;
  // In a hole, or right of all that is loaded.
  const held = time < bar.time + widthMs || (bar === bars.at(-1) && time <= bar.time + widthMs);
  return held ? bar.time : at < bars.length ? bar.time : null;
}

/** Those of which a part is among the bars. */
export function tradeMarks(
  trades: readonly Trade[],
  bars: readonly Bar[],
  widthMs: number,
): readonly TradeMark[] {
  const [first, last] = [bars[0], bars.at(-1)];
  if (!first || !last) return [];
  return trades
    .filter((trade) => trade.exit_time >= first.time && trade.entry_time <= last.time + widthMs)
    .map((trade) => ({
      trade,
      entry: barAt(bars, trade.entry_time, widthMs),
      exit: trade.exit_reason === 'open' ? null : barAt(bars, trade.exit_time, widthMs),
    }));
}
