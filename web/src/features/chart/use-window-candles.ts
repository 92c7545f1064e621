import { useCallback, useEffect, useRef, useState } from 'react';
import { fetchCandles } from '@/lib/api/client';
import { type ApiProblem, toProblem } from '@/lib/api/problem';
import type { Bar } from '@/lib/api/schemas';
import { type UnixMs, unixMs } from '@/lib/time';
import { durationMs, type Timeframe } from '@/lib/timeframe';
import { mergeBars } from './candle-series';

/** Bars of one request. */
const PAGE = 1000;
/** More than these are not held: what is farthest from where one looks goes. */
export const HELD_MAX = 8000;

export interface WindowWanted {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** Bars that open at this or later are not wanted; null: up to the newest. */
  readonly to: UnixMs | null;
  /** A time that is to be among the bars; null: the end. */
  readonly focus: UnixMs | null;
}

export interface WindowCandles {
  /** A stretch without a hole of the loading's own. */
  readonly bars: readonly Bar[];
  readonly phase: 'loading' | 'ready' | 'failed';
  readonly problem: ApiProblem | null;
  readonly more: (side: 'older' | 'newer') => void;
  readonly retry: () => void;
}

/** Joins a page to what is held, and lets go of the far end where that is too much. */
export function joined(held: readonly Bar[], page: readonly Bar[], side: 'older' | 'newer'): readonly Bar[] {
  const all = mergeBars(held, page);
  if (all.length <= HELD_MAX) return all;
  return side === 'older' ? all.slice(0, HELD_MAX) : all.slice(-HELD_MAX);
}

/** A stretch of stored candles around a time, which grows where one looks. */
export function useWindowCandles({ symbol, timeframe, to, focus }: WindowWanted): WindowCandles {
  const name = `${symbol} ${timeframe} ${to}`;
  const [state, setState] = useState<{ name: string; bars: readonly Bar[]; problem: ApiProblem | null }>();
  const held = state?.name === name ? state : undefined;
  const newest = useRef(held);
  newest.current = held;
  const busy = useRef<AbortController | null>(null);
  /** Where there is nothing more. */
  const ends = useRef<{ older: boolean; newer: boolean }>({ older: false, newer: false });

  const ask = useCallback(
    async (range: { from?: UnixMs; to?: UnixMs }, join: 'older' | 'newer' | null) => {
      busy.current?.abort();
      const abort = new AbortController();
      busy.current = abort;
      const bounds = { ...range, ...(range.to === undefined && to !== null ? { to } : {}) };
      try {
        const page = await fetchCandles({ symbol, timeframe, limit: PAGE, ...bounds }, abort.signal);
        if (abort.signal.aborted) return;
        const known = newest.current?.bars ?? [];
        if (join === null) ends.current = { older: page.candles.length < PAGE / 2, newer: false };
        else if (page.candles.length === 0) ends.current = { ...ends.current, [join]: true };
        const bars = join === null ? page.candles : joined(known, page.candles, join);
        setState({ name, bars, problem: null });
      } catch (error) {
        if (abort.signal.aborted) return;
        setState({ name, bars: newest.current?.bars ?? [], problem: toProblem(error) });
      } finally {
        if (busy.current === abort) busy.current = null;
      }
    },
    [name, symbol, timeframe, to],
  );

  const begin = useCallback(() => {
    const back = durationMs(timeframe) * (PAGE / 2);
    void ask(focus === null ? {} : { from: unixMs(Math.max(0, focus - back)) }, null);
  }, [ask, focus, timeframe]);

  useEffect(() => {
    const bars = newest.current?.bars ?? [];
    const [first, last] = [bars[0], bars.at(-1)];
    const within =
      focus === null || (first && last && focus >= first.time && focus <= last.time + durationMs(timeframe));
    if (first && within) return;
    begin();
  }, [begin, focus, timeframe]);
  useEffect(() => () => busy.current?.abort(), []);

  const more = useCallback(
    (side: 'older' | 'newer') => {
      const bars = newest.current?.bars ?? [];
      const [first, last] = [bars[0], bars.at(-1)];
      if (!first || !last || busy.current || ends.current[side]) return;
      if (side === 'older') void ask({ to: first.time }, 'older');
      else void ask({ from: unixMs(last.time + 1) }, 'newer');
    },
    [ask],
  );
  const phase = held === undefined ? 'loading' : held.bars.length === 0 && held.problem ? 'failed' : 'ready';
  return { bars: held?.bars ?? NONE, phase, problem: held?.problem ?? null, more, retry: begin };
}

const NONE: readonly Bar[] = [];
