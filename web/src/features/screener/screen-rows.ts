import type { ScreenRow } from '@/lib/language/types';
import type { UnixMs } from '@/lib/time';
import { durationMs, openTime, type Timeframe } from '@/lib/timeframe';
import type { Sort } from './screen-address';

/** After a bar has closed its values take a moment. */
export const AFTER_CLOSE_MS = 1500;
/** An answer that has not got the newest bar is asked for again after so long, and no longer than so much after the close. */
const AGAIN_MS = 5000;
const LATE_MS = 30_000;

function keyOf(row: ScreenRow, { by }: Sort): number | string | null {
  if (by === 'symbol') return row.symbol;
  return by === 'price' ? row.price : (row.values[by] ?? null);
}

/** The rows in order. Those without a value come last, whichever way it goes; equal ones stay as they came. */
export function sorted(rows: readonly ScreenRow[], sort: Sort | null): readonly ScreenRow[] {
  if (!sort) return rows;
  const sign = sort.falling ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [first, second] = [keyOf(a, sort), keyOf(b, sort)];
    if (first === null || second === null) return Number(first === null) - Number(second === null);
    if (first === second) return 0;
    return first < second ? -sign : sign;
  });
}

/** How long to wait before asking again: until the next bar has closed, or less while the last one is not in the answer. */
export function nextAskMs(newestBar: UnixMs | null, timeframe: Timeframe, now: UnixMs): number {
  const width = durationMs(timeframe);
  const open = openTime(now, timeframe);
  const behind = newestBar !== null && newestBar < open - width;
  if (behind && now - open < LATE_MS) return AGAIN_MS;
  return open + width - now + AFTER_CLOSE_MS;
}
