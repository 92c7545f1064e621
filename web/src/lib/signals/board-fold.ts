import { instrumentId } from '@/lib/market/instrument';
import type { SignalBoard, SignalCell, SignalEvent, SignalSummary } from '@/lib/signals/schemas';
import { addMs, type UnixMs } from '@/lib/time';
import { durationMs } from '@/lib/timeframe';

/** When the bar of an event closed. */
export function closeTime({ bar_time, timeframe }: SignalEvent): UnixMs {
  return addMs(bar_time, durationMs(timeframe));
}

function withCell(cell: SignalCell, event: SignalEvent): SignalCell {
  if (cell.timeframe !== event.timeframe) return cell;
  if (cell.bar_time !== null && cell.bar_time >= event.bar_time) return cell;
  const { timeframe, provisional, bar_time, score, direction, confidence, rating_tradingview } = event;
  // An event's probability is over its timeframe's own horizon, which need not be the board's.
  return {
    timeframe,
    provisional,
    bar_time,
    score,
    direction,
    confidence,
    probability: null,
    rating_tradingview,
  };
}

/** One symbol with an event folded in. What the symbol says as a whole is for the server to tell. */
function withEvent(row: SignalSummary, event: SignalEvent): SignalSummary {
  const timeframes = row.timeframes.map((cell) => withCell(cell, event));
  const changed = timeframes.some((cell, index) => cell !== row.timeframes[index]);
  const closed = closeTime(event);
  const newer = row.as_of === null || closed > row.as_of;
  if (!changed && !newer) return row;
  if (!newer) return { ...row, timeframes };
  return { ...row, timeframes, as_of: closed, price: event.price, stale: false, stale_since: null };
}

/** Folds what was told live into the board. Pure; older bars than those that are there change nothing. */
export function applySignals(board: SignalBoard, events: readonly SignalEvent[]): SignalBoard {
  const byId = new Map<string, SignalEvent[]>();
  for (const event of events) {
    const id = instrumentId(event);
    byId.set(id, [...(byId.get(id) ?? []), event]);
  }
  const symbols = board.symbols.map((row) => (byId.get(instrumentId(row)) ?? []).reduce(withEvent, row));
  return symbols.every((row, index) => row === board.symbols[index]) ? board : { ...board, symbols };
}
