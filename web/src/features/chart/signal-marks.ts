import { type Direction, sideOf } from '@/lib/signals/direction';
import { type SignalTurn, turnSide } from '@/lib/signals/turns';
import type { UnixMs } from '@/lib/time';
import { type CandleSeries, lowerBound } from './candle-series';

/** A change of direction, where it stands: under a bar's low where it speaks for a rise, else over its high. */
export interface SignalMark {
  readonly time: UnixMs;
  readonly direction: Direction;
  readonly below: boolean;
  readonly price: number;
}

/** One mark a turn whose bar is loaded. */
export function signalMarks(turns: readonly SignalTurn[], { bars }: CandleSeries): readonly SignalMark[] {
  return turns.flatMap((turn) => {
    const time = turn.signal.bar_time;
    const bar = bars[lowerBound(bars, time)];
    if (bar?.time !== time) return [];
    const below = turnSide(turn) > 0;
    return [{ time, direction: turn.to, below, price: below ? bar.low : bar.high }];
  });
}

/** How a mark is drawn, by the room that a bar has: side in pixels, and whether its sign fits a frame. */
export interface MarkSize {
  readonly side: number;
  readonly framed: boolean;
}

const SIDE_MAX = 15;
const SIDE_MIN = 6;
const FRAMED_FROM = 11;

export function markSize(barSpacing: number): MarkSize {
  const side = Math.round(Math.min(SIDE_MAX, Math.max(SIDE_MIN, barSpacing * 2)));
  return { side, framed: side >= FRAMED_FROM };
}

/** Whether a mark has room: of bars that stand close, only buys and sells are marked. */
export function hasRoom(direction: Direction, { framed }: MarkSize): boolean {
  return framed || sideOf(direction) !== 0;
}
