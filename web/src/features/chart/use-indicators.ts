import { notifyManager, type QueryClient, useQueries, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import { evaluate, type Inputs } from '@/lib/language/language-client';
import type { ChartIndicator } from '@/lib/layouts/chart-layout';
import type { InstrumentId } from '@/lib/market/instrument';
import { useSocket } from '@/lib/socket/socket-context';
import type { Timeframe } from '@/lib/timeframe';
import type { CandleSeries } from './candle-series';
import { type IndicatorData, IndicatorFeed, LOADING, type LoadedBars } from './indicator-feed';

/** An indicator of the layout with what it has on this chart. */
export interface LoadedIndicator {
  readonly indicator: ChartIndicator;
  readonly data: IndicatorData;
}

/** After bars of the past have changed, so long is waited for more of them. */
const REVISED_AFTER_MS = 1000;

/** All that comes within this is drawn at once: each tick of a market brings a message an indicator. */
const FLUSH_MS = 100;

type Key = readonly unknown[];

/** What is on its way into the query cache. */
class Batch {
  private readonly waiting = new Map<string, { cache: QueryClient; key: Key; data: IndicatorData }>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  read(cache: QueryClient, key: Key): IndicatorData | undefined {
    return this.waiting.get(JSON.stringify(key))?.data ?? cache.getQueryData<IndicatorData>(key);
  }

  write(cache: QueryClient, key: Key, data: IndicatorData): void {
    this.waiting.set(JSON.stringify(key), { cache, key, data });
    this.timer ??= setTimeout(() => this.flush(), FLUSH_MS);
  }

  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const all = [...this.waiting.values()];
    this.waiting.clear();
    notifyManager.batch(() => {
      for (const { cache, key, data } of all) cache.setQueryData<IndicatorData>(key, data);
    });
  }
}

interface Wanted {
  readonly text: string;
  readonly inputs: Inputs;
}

const nameOf = ({ text, inputs }: Wanted) => JSON.stringify([text, inputs]);

function loadedBars({ bars }: CandleSeries): LoadedBars | null {
  const [first, last] = [bars[0], bars.at(-1)];
  return first && last ? { oldest: first.time, newest: last.time, count: bars.length } : null;
}

/** The values of the layout's indicators over the candles, live while the component shows them. Equal texts share one feed. */
export function useIndicators(
  instrument: InstrumentId,
  timeframe: Timeframe,
  indicators: readonly ChartIndicator[],
  series: CandleSeries,
): readonly LoadedIndicator[] {
  const cache = useQueryClient();
  const socket = useSocket();
  const feeds = useRef(new Map<string, IndicatorFeed>());
  const batch = useRef(new Batch());
  const bars = useMemo(() => loadedBars(series), [series]);
  const newestBars = useRef(bars);
  useEffect(() => {
    newestBars.current = bars;
  });

  // Another chart has other feeds; the effect below makes them.
  // biome-ignore lint/correctness/useExhaustiveDependencies: they say when it is another chart
  useEffect(() => {
    const made = feeds.current;
    const waiting = batch.current;
    return () => {
      for (const feed of made.values()) feed.stop();
      made.clear();
      waiting.flush();
    };
  }, [instrument, timeframe]);

  const names = JSON.stringify([...new Set(indicators.map(nameOf))].sort());
  useEffect(() => {
    const made = feeds.current;
    const wanted: string[] = JSON.parse(names);
    for (const [name, feed] of made) {
      if (wanted.includes(name)) continue;
      feed.stop();
      made.delete(name);
    }
    for (const name of wanted) {
      if (made.has(name)) continue;
      const [text, inputs] = JSON.parse(name) as [string, Inputs];
      const key = ['indicator', instrument, timeframe, name];
      const feed = new IndicatorFeed({
        instrument,
        timeframe,
        text,
        inputs,
        evaluate,
        subscribe: (request, handlers) => socket.subscribe(request, handlers),
        read: () => batch.current.read(cache, key),
        write: (data) => batch.current.write(cache, key, data),
      });
      made.set(name, feed);
      feed.start();
      if (newestBars.current) feed.setBars(newestBars.current);
    }
  }, [cache, socket, instrument, timeframe, names]);

  useEffect(() => {
    if (bars) for (const feed of feeds.current.values()) feed.setBars(bars);
  }, [bars]);

  useRevisions(instrument, timeframe, names !== '[]', () => {
    for (const feed of feeds.current.values()) feed.reload();
  });

  const queries = useQueries({
    queries: indicators.map((one) => ({
      queryKey: ['indicator', instrument, timeframe, nameOf(one)],
      queryFn: () => LOADING,
      enabled: false,
      structuralSharing: false,
      gcTime: 5 * 60_000,
    })),
  });
  const data = queries.map((query) => query.data ?? LOADING);
  // The same list as long as nothing in it has changed.
  const known = useRef<readonly LoadedIndicator[]>([]);
  const next = indicators.map((indicator, index) => ({ indicator, data: data[index] ?? LOADING }));
  const same =
    next.length === known.current.length &&
    next.every(
      (one, index) =>
        one.indicator === known.current[index]?.indicator && one.data === known.current[index]?.data,
    );
  if (!same) known.current = next;
  return known.current;
}

/** Calls `revised` a moment after bars of the past have come or changed. */
function useRevisions(
  instrument: InstrumentId,
  timeframe: Timeframe,
  active: boolean,
  revised: () => void,
): void {
  const socket = useSocket();
  const newest = useRef(revised);
  useEffect(() => {
    newest.current = revised;
  });
  useEffect(() => {
    if (!active) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = socket.subscribe(
      { channel: 'market_data', params: { symbol: instrument, timeframe } },
      {
        snapshot: () => {},
        data: ({ kind }) => {
          if (kind === 'revised')
            timer ??= setTimeout(() => {
              timer = undefined;
              newest.current();
            }, REVISED_AFTER_MS);
        },
      },
    );
    return () => {
      clearTimeout(timer);
      end();
    };
  }, [socket, instrument, timeframe, active]);
}
