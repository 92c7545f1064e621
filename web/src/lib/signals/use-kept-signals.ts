import { type UseQueryResult, useQueries, useQueryClient } from '@tanstack/react-query';
import type { InstrumentId } from '@/lib/market/instrument';
import type { SignalTimeframe } from '@/lib/signals/direction';
import type { KeptSignal, SignalEvent, SignalHistory } from '@/lib/signals/schemas';
import { fetchSignalHistory } from '@/lib/signals/signals-client';
import { type SignalWindow, WINDOW_BARS, windowOf, windowsOf, withSignal } from '@/lib/signals/turns';
import { mayPass } from '@/lib/signals/use-signals';
import { useSocket, useSubscription } from '@/lib/socket/socket-context';
import type { UnixMs } from '@/lib/time';

/** New signals come live; asking again is for the outcomes of those that are there. After a failure it is asked again sooner. */
const OUTCOMES_MS = 5 * 60_000;
const AGAIN_MS = 30_000;
/** The longest horizon: after it nothing of a signal is open. */
const SETTLED_MS = 86_400_000;

/** The signals of the bars on a chart, as they were emitted. */
export interface KeptSignals {
  /** The oldest first. */
  readonly signals: readonly KeptSignal[];
  readonly loading: boolean;
  /** Why some may be missing. */
  readonly problem: Error | null;
}

const NOTHING: KeptSignals = { signals: [], loading: false, problem: null };

function together(results: readonly UseQueryResult<SignalHistory>[]): KeptSignals {
  if (results.length === 0) return NOTHING;
  return {
    signals: results.flatMap(({ data }) => data?.signals ?? []),
    loading: results.some((one) => one.isPending && one.failureCount === 0),
    problem: results.find((one) => one.failureReason)?.failureReason ?? null,
  };
}

/**
 * The kept signals of a timeframe from `oldest` to `newest`, kept up to date while `timeframe` is given. `newest` is a bar's time,
 * null while there is no bar.
 */
export function useKeptSignals(
  instrument: InstrumentId,
  timeframe: SignalTimeframe | null,
  oldest: UnixMs | null,
  newest: UnixMs | null,
): KeptSignals {
  const cache = useQueryClient();
  const { serverNow } = useSocket();
  const keyOf = ({ from }: SignalWindow) => ['signals', 'kept', instrument, timeframe, from];
  const windows =
    timeframe === null || oldest === null || newest === null ? [] : windowsOf(timeframe, oldest, newest);
  const take = (events: readonly SignalEvent[]) => {
    for (const event of events) {
      if (event.timeframe !== timeframe) continue;
      const key = keyOf(windowOf(timeframe, event.bar_time));
      const updatedAt = cache.getQueryState(key)?.dataUpdatedAt ?? 0;
      // What comes live says nothing of outcomes: when these were asked for is kept.
      cache.setQueryData<SignalHistory>(key, (known) => known && withSignal(known, event), { updatedAt });
    }
  };
  const ask = () => {
    const last = windows.at(-1);
    if (last) void cache.invalidateQueries({ queryKey: keyOf(last) });
  };
  const kept = useQueries({
    queries: windows.map((window) => {
      const settled = window.to + SETTLED_MS < serverNow();
      return {
        queryKey: keyOf(window),
        queryFn: ({ signal }: { signal: AbortSignal }) =>
          fetchSignalHistory(instrument, timeframe ?? '1h', WINDOW_BARS, signal, window),
        staleTime: settled ? Number.POSITIVE_INFINITY : OUTCOMES_MS,
        refetchInterval: ({ state }: { state: { dataUpdatedAt: number; error: Error | null } }) => {
          if (state.error) return mayPass(state.error) ? AGAIN_MS : false;
          return settled ? false : Math.max(AGAIN_MS, state.dataUpdatedAt + OUTCOMES_MS - Date.now());
        },
      };
    }),
    combine: together,
  });
  useSubscription(
    { channel: 'signals', params: { symbol: instrument } },
    {
      snapshot: ({ signals }, resumed) => {
        if (!resumed) take(signals);
      },
      data: (told) => {
        if (told.kind === 'signal') take([told]);
      },
      gap: ask,
    },
  );
  return kept;
}
