import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { ApiProblem } from '@/lib/api/problem';
import { type Screen, screen } from '@/lib/language/language-client';
import { useSocket } from '@/lib/socket/socket-context';
import type { UnixMs } from '@/lib/time';
import { durationMs, openTime, type Timeframe } from '@/lib/timeframe';

/** After a bar has closed its values take a moment. */
export const AFTER_CLOSE_MS = 1500;
/** An answer that has not got the newest bar is asked for again after so long, and no longer than so much after the close. */
const AGAIN_MS = 5000;
const LATE_MS = 30_000;

/** How long to wait before asking again: until the next bar has closed, or less while the last one is not in the answer. */
export function nextAskMs(newestBar: UnixMs | null, timeframe: Timeframe, now: UnixMs): number {
  const width = durationMs(timeframe);
  const open = openTime(now, timeframe);
  const behind = newestBar !== null && newestBar < open - width;
  if (behind && now - open < LATE_MS) return AGAIN_MS;
  return open + width - now + AFTER_CLOSE_MS;
}

const NOTHING: Screen = { expressions: [], timeframe: '1h', sort: null, limit: 1 };

/** What is found, asked for again a moment after each bar of its timeframe. Null: nothing is looked for. */
export function useScreen(request: Screen | null) {
  const socket = useSocket();
  return useQuery({
    queryKey: ['screen', request],
    queryFn: ({ signal }) => screen(request ?? NOTHING, signal),
    enabled: request !== null,
    placeholderData: keepPreviousData,
    staleTime: 10_000,
    refetchInterval: ({ state }) => {
      // What a person must change is not asked again.
      const refused = state.error instanceof ApiProblem && !state.error.retryable;
      if (!request || refused) return false;
      return nextAskMs(state.data?.newest_bar ?? null, request.timeframe, socket.serverNow());
    },
  });
}
