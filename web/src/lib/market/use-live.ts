import { useMarketStatus } from '@/lib/market/use-market-status';
import { isCutOff } from '@/lib/socket/socket-client';
import { useConnection } from '@/lib/socket/socket-context';

/** Why the prices shown may be old, in a few words; null while they are live. */
export function useStaleReason(): string | null {
  const connection = useConnection();
  const { data: status } = useMarketStatus();
  if (isCutOff(connection)) return 'not live';
  const feed = status?.feed.state;
  return feed === 'down' || feed === 'stale' ? 'feed is silent' : null;
}
