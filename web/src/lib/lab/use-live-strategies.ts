import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { fetchRuns } from '@/lib/lab/lab-client';
import { fetchPosition, type StrategyPosition } from '@/lib/lab/position';
import type { RunItem } from '@/lib/lab/run-schemas';
import { symbolId, symbolsOf } from '@/lib/lab/symbols';
import type { InstrumentId } from '@/lib/market/instrument';
import type { StrategyEvent } from '@/lib/signals/schemas';
import { useSocket } from '@/lib/socket/socket-context';
import type { Timeframe } from '@/lib/timeframe';

/** What another device has switched on is seen so late. */
const AGAIN_MS = 5 * 60_000;
/** The list has no filter for it, and an account has at most 20 of them among its newest and its named runs. */
const LOOKED_THROUGH = 200;
/** Of a chart; older ones go. */
export const EVENTS_MAX = 500;

/** The runs whose strategies run on the desk. */
export function useLiveRuns(): readonly RunItem[] {
  const { data } = useQuery({
    queryKey: ['lab', 'live'],
    queryFn: async ({ signal }) =>
      (await fetchRuns({ limit: LOOKED_THROUGH }, signal)).items.filter((one) => one.live),
    staleTime: 60_000,
    refetchInterval: AGAIN_MS,
    retry: false,
  });
  return data ?? NO_RUNS;
}

const NO_RUNS: readonly RunItem[] = [];
const NO_EVENTS: readonly StrategyEvent[] = [];

const isAlone = (run: RunItem) => symbolsOf(run).length === 1;
const nameOf = (event: StrategyEvent) => `${event.run} ${event.bar_time} ${event.event} ${event.side}`;

/** In order of time, each once. */
export function foldStrategyEvents(
  known: readonly StrategyEvent[],
  events: readonly StrategyEvent[],
): readonly StrategyEvent[] {
  if (events.length === 0) return known;
  const all = new Map([...known, ...events].map((event) => [nameOf(event), event]));
  return [...all.values()].sort((a, b) => a.bar_time - b.bar_time).slice(-EVENTS_MAX);
}

export interface LiveStrategy {
  readonly run: RunItem;
  /** What it holds, where the server says. */
  readonly position: StrategyPosition | null;
  /** What it did last since the page is open. */
  readonly last: StrategyEvent | null;
}

export interface LiveStrategies {
  readonly strategies: readonly LiveStrategy[];
  readonly events: readonly StrategyEvent[];
}

/** Whether a run is of an instrument, alone or among others. */
export function runsOn(run: Pick<RunItem, 'symbol' | 'venue'>, instrument: InstrumentId): boolean {
  return symbolsOf(run).some((one) => symbolId(one) === instrument);
}

/** The strategies that run on a chart's bars, and what they do. Nothing is asked for where none does. */
export function useLiveStrategies(instrument: InstrumentId, timeframe: Timeframe): LiveStrategies {
  const socket = useSocket();
  const cache = useQueryClient();
  const all = useLiveRuns();
  const runs = useMemo(
    () => all.filter((one) => one.timeframe === timeframe && runsOn(one, instrument)),
    [all, instrument, timeframe],
  );
  const chart = `${instrument} ${timeframe}`;
  const [told, setTold] = useState<{ chart: string; events: readonly StrategyEvent[] }>({
    chart,
    events: [],
  });
  const wanted = runs.length > 0;
  useEffect(() => {
    if (!wanted) return;
    const take = (events: readonly StrategyEvent[]) => {
      setTold((known) => ({
        chart,
        events: foldStrategyEvents(known.chart === chart ? known.events : [], events),
      }));
      if (events.length > 0) void cache.invalidateQueries({ queryKey: ['lab', 'position'] });
    };
    const params = { symbol: instrument as string, timeframe, strategies: true as const };
    return socket.subscribe(
      { channel: 'signals', params },
      {
        snapshot: ({ strategies }) => take(strategies ?? []),
        data: (event) => event.kind === 'strategy' && take([event]),
      },
    );
  }, [socket, cache, wanted, chart, instrument, timeframe]);

  // What one of several symbols in an account holds depends on the others: it is told by what it does.
  const names = [...new Set(runs.filter(isAlone).map((one) => one.strategy))].sort();
  const positions = useQuery({
    queryKey: ['lab', 'position', instrument, ...names],
    queryFn: async ({ signal }) => Promise.all(names.map((name) => fetchPosition(instrument, name, signal))),
    enabled: wanted,
    refetchInterval: 60_000,
    retry: false,
  });
  const events = told.chart === chart ? told.events : NO_EVENTS;
  return useMemo(
    () => ({
      events,
      strategies: runs.map((run) => ({
        run,
        position: (isAlone(run) && positions.data?.find((one) => one?.name === run.strategy)) || null,
        last: events.findLast((event) => event.run === run.id) ?? null,
      })),
    }),
    [runs, events, positions.data],
  );
}
