import { useQuery } from '@tanstack/react-query';
import { fetchCandles } from '@/lib/api/client';
import type { Run } from '@/lib/lab/run-schemas';
import { symbolId, symbolsOf } from '@/lib/lab/symbols';
import { addMs } from '@/lib/time';
import { durationMs } from '@/lib/timeframe';
import { basketOf, coarseTimeframe, type Held, type MarketCloses } from './growth';

/** So many symbols are asked for at a time. */
const AT_ONCE = 4;
/** Bars of each of several symbols: they are drawn as one curve. */
const BASKET_CANDLES = 1000;
const ONE_CANDLES = 4000;

/** What buying and holding came to over a run, as growth of the money put in; a chart can do without. */
export function useMarket(run: Run) {
  const { timeframe, from, to } = run;
  const symbols = symbolsOf(run).map(symbolId);
  return useQuery({
    queryKey: ['lab', 'market', symbols.join(','), timeframe, from, to],
    queryFn: async ({ signal }): Promise<readonly Held[]> => {
      if (from === null || to === null) return [];
      const most = symbols.length > 1 ? BASKET_CANDLES : ONE_CANDLES;
      const coarse = coarseTimeframe(from, to, timeframe, most);
      // A close is known when its bar is over; in the chart a run's bar stands at its open.
      const late = durationMs(coarse) - durationMs(timeframe);
      const firstOf = async (symbol: string) =>
        (await fetchCandles({ symbol, timeframe, from, to, limit: 1 }, signal)).candles;
      const one = async (symbol: string): Promise<MarketCloses> => {
        const { candles } = await fetchCandles({ symbol, timeframe: coarse, from, to, limit: 5000 }, signal);
        const begin = late === 0 ? candles : await firstOf(symbol);
        const bars = candles.map(({ time, close }) => ({ time: addMs(time, late), close }));
        return { first: begin[0]?.close ?? 0, bars };
      };
      const all: MarketCloses[] = [];
      for (let at = 0; at < symbols.length; at += AT_ONCE)
        all.push(...(await Promise.all(symbols.slice(at, at + AT_ONCE).map(one))));
      return basketOf(all);
    },
    staleTime: Number.POSITIVE_INFINITY,
    retry: 1,
  });
}
