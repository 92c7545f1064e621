import { type Direction, HORIZONS, type SignalTimeframe, sideOf } from '@/lib/signals/direction';
import type { KeptSignal, SignalEvent, SignalHistory } from '@/lib/signals/schemas';
import { addMs, type UnixMs, unixMs } from '@/lib/time';
import { durationMs } from '@/lib/timeframe';

/** A signal that says another direction than the one before it. */
export interface SignalTurn {
  readonly signal: KeptSignal;
  readonly from: Direction;
  readonly to: Direction;
}

/** Where the direction changed. The first signal is no change: what was said before it is not known. */
export function turnsOf(signals: readonly KeptSignal[]): readonly SignalTurn[] {
  const turns: SignalTurn[] = [];
  let from: Direction | null = null;
  for (const signal of signals) {
    const to = signal.direction;
    if (to === null) continue;
    if (from !== null && from !== to) turns.push({ signal, from, to });
    from = to;
  }
  return turns;
}

/** 1 where a turn speaks for a rise; where it is to neutral, against what it ends. */
export function turnSide({ from, to }: SignalTurn): 1 | -1 {
  const side = sideOf(to) || -sideOf(from);
  return side < 0 ? -1 : 1;
}

/** The last signal whose bar opened at `time` or before; null: none. `signals`: the oldest first. */
export function signalAt(signals: readonly KeptSignal[], time: UnixMs): KeptSignal | null {
  let low = 0;
  let high = signals.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((signals[middle]?.bar_time ?? 0) <= time) low = middle + 1;
    else high = middle;
  }
  return signals[low - 1] ?? null;
}

/** A signal told live, in the form in which it is kept: its outcomes are open. */
function asKept(event: SignalEvent): KeptSignal {
  const { bar_time, timeframe, direction, regime, score, confidence, price, rating_tradingview } = event;
  return {
    bar_time,
    emitted_at: addMs(bar_time, durationMs(timeframe)),
    direction,
    regime,
    score,
    confidence,
    price,
    rating_tradingview,
    probability_up: null,
    model_id: null,
    // An event's probability is over its timeframe's own horizon alone.
    outcomes: HORIZONS.map((horizon) => ({ horizon, probability: null, change: null })),
  };
}

/** Appends what was told live. What is kept stays as it is: another of the same bar, or of an older one, changes nothing. */
export function withSignal(history: SignalHistory, event: SignalEvent): SignalHistory {
  const last = history.signals.at(-1);
  if (event.provisional || event.timeframe !== history.timeframe || event.venue !== history.venue)
    return history;
  if (last && last.bar_time >= event.bar_time) return history;
  return { ...history, signals: [...history.signals, asKept(event)] };
}

/** So many bars' signals are asked for at once. */
export const WINDOW_BARS = 500;
/** Of so many windows at most, the newest. */
export const WINDOWS_MAX = 24;

/** A stretch of time that begins at a multiple of its length: the same bars are always asked for in the same way. */
export interface SignalWindow {
  readonly from: UnixMs;
  readonly to: UnixMs;
}

export function windowOf(timeframe: SignalTimeframe, time: UnixMs): SignalWindow {
  const span = WINDOW_BARS * durationMs(timeframe);
  const from = Math.floor(time / span) * span;
  return { from: unixMs(from), to: unixMs(from + span) };
}

/** The windows that hold the bars from `oldest` to `newest`, the oldest first. */
export function windowsOf(
  timeframe: SignalTimeframe,
  oldest: UnixMs,
  newest: UnixMs,
): readonly SignalWindow[] {
  const span = WINDOW_BARS * durationMs(timeframe);
  const last = windowOf(timeframe, newest);
  const count = Math.min(WINDOWS_MAX, (last.from - windowOf(timeframe, oldest).from) / span + 1);
  return Array.from({ length: Math.max(0, count) }, (_, index) =>
    windowOf(timeframe, unixMs(last.from - (count - 1 - index) * span)),
  );
}
