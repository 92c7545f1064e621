import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { fetchTicker } from '@/lib/api/client';
import type { Instrument, Ticker } from '@/lib/api/schemas';
import { instrumentId } from '@/lib/market/instrument';
import { applyTickers, type Tickers } from '@/lib/market/tickers';
import { useSubscription } from '@/lib/socket/socket-context';

const KEY = ['tickers'];
const NONE: Tickers = {};

/** Prices are shown at most so often; what comes between is folded into one redraw. */
const FLUSH_MS = 150;

/** Keeps the tickers of the followed instruments. Mounted once. */
export function useTickersFeed(): void {
  const cache = useQueryClient();
  const waiting = useRef<Ticker[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const flush = () => {
    timer.current = undefined;
    const batch = waiting.current.splice(0);
    cache.setQueryData<Tickers>(KEY, (known) => applyTickers(known ?? NONE, batch));
  };
  useEffect(() => () => clearTimeout(timer.current), []);

  useSubscription(
    { channel: 'tickers' },
    {
      // The whole state: what is not in it is not known any more.
      snapshot: ({ tickers }) => {
        waiting.current = [];
        cache.setQueryData<Tickers>(KEY, applyTickers(NONE, tickers));
      },
      data: (ticker) => {
        waiting.current.push(ticker);
        timer.current ??= setTimeout(flush, FLUSH_MS);
      },
    },
  );
}

/** The newest ticker of an instrument. One that is not followed is asked for once, when `wanted`. */
export function useTicker(instrument: Instrument | undefined, wanted = true): Ticker | undefined {
  const id = instrument ? instrumentId(instrument) : undefined;
  const live = useQuery({
    queryKey: KEY,
    queryFn: () => NONE,
    enabled: false,
    select: (tickers: Tickers) => (id ? tickers[id] : undefined),
  });
  const stored = useQuery({
    queryKey: ['ticker', id],
    queryFn: ({ signal }) => fetchTicker(id ?? '', signal),
    enabled: wanted && instrument !== undefined && !instrument.followed,
    staleTime: 60_000,
  });
  return live.data ?? stored.data;
}
