import { useQuery } from '@tanstack/react-query';
import { fetchCandles } from '@/lib/api/client';
import type { Instrument } from '@/lib/api/schemas';
import { instrumentId } from '@/lib/market/instrument';
import { durationMs, type Timeframe } from '@/lib/timeframe';

const DAY_MS = 86_400_000;
const REFRESH_MS = 5 * 60_000;

/** A day in 96 bars where they are stored, else in the next coarser ones. */
function sparklineTimeframe(available: readonly Timeframe[]): Timeframe | undefined {
  return available.find((one) => durationMs(one) >= durationMs('15m'));
}

/** The closes of about the last day, oldest first, once the row is `wanted`. */
export function useSparkline(instrument: Instrument, wanted: boolean): readonly number[] {
  const timeframe = sparklineTimeframe(instrument.timeframes);
  const id = instrumentId(instrument);
  const query = useQuery({
    queryKey: ['sparkline', id, timeframe],
    queryFn: async ({ signal }) => {
      const limit = timeframe ? Math.max(24, Math.round(DAY_MS / durationMs(timeframe))) : 1;
      const page = await fetchCandles({ symbol: id, timeframe: timeframe ?? '1d', limit }, signal);
      return page.candles.map((bar) => bar.close);
    },
    enabled: wanted && timeframe !== undefined,
    staleTime: REFRESH_MS,
    // While the server is still fetching the history there is nothing to draw: look again soon.
    refetchInterval: ({ state }) => ((state.data?.length ?? 0) < 2 ? 10_000 : REFRESH_MS),
  });
  return query.data ?? [];
}
