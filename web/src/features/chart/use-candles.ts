import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef } from 'react';
import { fetchCandles } from '@/lib/api/client';
import type { InstrumentId } from '@/lib/market/instrument';
import { useSocket } from '@/lib/socket/socket-context';
import type { Timeframe } from '@/lib/timeframe';
import { CandleFeed, type ChartData, loadingData } from './candle-feed';

/** The candles of one instrument and timeframe, live while the component shows them. */
export function useCandles(instrument: InstrumentId, timeframe: Timeframe) {
  const cache = useQueryClient();
  const socket = useSocket();
  const feed = useRef<CandleFeed | null>(null);

  useEffect(() => {
    const key = ['candles', instrument, timeframe];
    const made = new CandleFeed({
      instrument,
      timeframe,
      fetchPage: fetchCandles,
      subscribe: (request, handlers) => socket.subscribe(request, handlers),
      read: () => cache.getQueryData<ChartData>(key),
      write: (data) => cache.setQueryData<ChartData>(key, data),
    });
    feed.current = made;
    made.start();
    return () => {
      made.stop();
      feed.current = null;
    };
  }, [cache, socket, instrument, timeframe]);

  const query = useQuery<ChartData>({
    queryKey: ['candles', instrument, timeframe],
    queryFn: () => loadingData(timeframe),
    enabled: false,
    // Data is folded by reference: comparing a hundred thousand bars on each tick would cost more than drawing them.
    structuralSharing: false,
    gcTime: 5 * 60_000,
  });

  // Before the feed has written its first: the chart stays, and with it the focus and the scale.
  const loading = useMemo(() => loadingData(timeframe), [timeframe]);
  const setWantOlder = useCallback((want: boolean) => feed.current?.setWantOlder(want), []);
  const retry = useCallback(() => feed.current?.retry(), []);
  return { data: query.data ?? loading, setWantOlder, retry };
}
