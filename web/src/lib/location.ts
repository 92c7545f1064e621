import { useCallback, useSyncExternalStore } from 'react';
import { isTimeframe, type Timeframe } from '@/lib/timeframe';

/** What the address bar says: `/chart/BTCUSDT?tf=1h`. */
export interface Place {
  readonly symbol: string | null;
  readonly timeframe: Timeframe | null;
}

export function parsePlace(pathname: string, search: string): Place {
  const match = /^\/chart\/([^/]+)\/?$/.exec(pathname);
  const timeframe = new URLSearchParams(search).get('tf') ?? '';
  let symbol: string | null = null;
  try {
    symbol = match?.[1] ? decodeURIComponent(match[1]) : null;
  } catch {
    // A stray per cent sign: nobody's symbol.
  }
  return { symbol, timeframe: isTimeframe(timeframe) ? timeframe : null };
}

export function formatPlace(symbol: string, timeframe: Timeframe): string {
  return `/chart/${encodeURIComponent(symbol).replaceAll('%3A', ':')}?tf=${timeframe}`;
}

const MOVED = 'candlewick:moved';

function watch(changed: () => void): () => void {
  addEventListener('popstate', changed);
  addEventListener(MOVED, changed);
  return () => {
    removeEventListener('popstate', changed);
    removeEventListener(MOVED, changed);
  };
}

const address = () => location.pathname + location.search;

export function usePlace(): [
  Place,
  (symbol: string, timeframe: Timeframe, how?: 'push' | 'replace') => void,
] {
  useSyncExternalStore(watch, address);
  const go = useCallback((symbol: string, timeframe: Timeframe, how: 'push' | 'replace' = 'push') => {
    const target = formatPlace(symbol, timeframe);
    if (target === address()) return;
    if (how === 'push') history.pushState(null, '', target);
    else history.replaceState(null, '', target);
    dispatchEvent(new Event(MOVED));
  }, []);
  return [parsePlace(location.pathname, location.search), go];
}
