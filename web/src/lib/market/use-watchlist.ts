import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { fetchWatchlist, saveWatchlist } from '@/lib/api/accounts';
import type { Instrument } from '@/lib/api/schemas';
import { findInstrument, instrumentId } from '@/lib/market/instrument';

const KEY = ['watchlist'];
const NONE: readonly string[] = [];

/** The instruments of a person's own list, in its order; null where there is none of it. */
export function ownInstruments(
  symbols: readonly string[],
  all: readonly Instrument[],
): readonly Instrument[] | null {
  if (symbols.length === 0) return null;
  // A symbol that the server knows no more is left out here, and stays in the list until that is changed.
  const found = symbols.map((symbol) => findInstrument(symbol, all)).filter((one) => one !== undefined);
  return [...new Set(found)];
}

/** The person's own watch list, and the way to replace it. */
export function useWatchlist() {
  const cache = useQueryClient();
  const query = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => fetchWatchlist(signal),
    staleTime: 60_000,
  });
  const save = useMutation({
    mutationFn: (instruments: readonly Instrument[]) => saveWatchlist(instruments.map(instrumentId)),
    networkMode: 'always',
    // One after the other: the last one pressed is the one that stays.
    scope: { id: 'watchlist' },
    onMutate: async (instruments) => {
      const show = () => cache.setQueryData(KEY, instruments.map(instrumentId));
      // At once, for the next press counts on it; and again, because what was being asked is put back.
      show();
      await cache.cancelQueries({ queryKey: KEY });
      show();
    },
    onError: () => cache.invalidateQueries({ queryKey: KEY }),
  });
  return { symbols: query.data ?? NONE, told: query.data !== undefined, save };
}
