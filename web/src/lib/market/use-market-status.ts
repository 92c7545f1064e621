import { useQuery, useQueryClient } from '@tanstack/react-query';
import { fetchStatus } from '@/lib/api/client';
import type { MarketStatus } from '@/lib/api/schemas';
import { useSubscription } from '@/lib/socket/socket-context';

const KEY = ['market-status'];

/** The state of the feed and of the history, as last told. */
export function useMarketStatus() {
  return useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => fetchStatus(signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Keeps `useMarketStatus` up to date. Mounted once. */
export function useMarketStatusFeed(): void {
  const cache = useQueryClient();
  const keep = (status: MarketStatus) => cache.setQueryData(KEY, status);
  useSubscription({ channel: 'feed_status' }, { snapshot: keep, data: keep });
}
