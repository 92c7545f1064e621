import { useQuery } from '@tanstack/react-query';
import { fetchSymbols } from '@/lib/api/client';

/** Every instrument of the server. It seldom changes; a reconnect asks again (`useRefreshOnConnect`). */
export function useInstruments() {
  return useQuery({
    queryKey: ['instruments'],
    queryFn: ({ signal }) => fetchSymbols(signal),
    staleTime: 5 * 60_000,
  });
}
