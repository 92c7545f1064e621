import { useCallback, useSyncExternalStore } from 'react';
import { type LabPlace, parseLabPlace } from '@/lib/lab/lab-place';
import { isTimeframe, type Timeframe } from '@/lib/timeframe';

/** A symbol's name out of an address; null where it is none. */
function nameIn(part: string | undefined): string | null {
  try {
    return part ? decodeURIComponent(part) : null;
  } catch {
    // A stray per cent sign: nobody's symbol.
    return null;
  }
}

const inAddress = (symbol: string) => encodeURIComponent(symbol).replaceAll('%3A', ':');

/** What the address bar says of the chart: `/chart/BTCUSDT?tf=1h`. */
export interface Place {
  readonly symbol: string | null;
  readonly timeframe: Timeframe | null;
}

export function parsePlace(pathname: string, search: string): Place {
  const match = /^\/chart\/([^/]+)\/?$/.exec(pathname);
  const timeframe = new URLSearchParams(search).get('tf') ?? '';
  return { symbol: nameIn(match?.[1]), timeframe: isTimeframe(timeframe) ? timeframe : null };
}

export function formatPlace(symbol: string, timeframe: Timeframe): string {
  return `/chart/${inAddress(symbol)}?tf=${timeframe}`;
}

/** The page of one symbol's signals, with the timeframe laid open that `tf` names. */
export function signalsPath(symbol: string, query: Readonly<Record<string, string>> = {}): string {
  const text = new URLSearchParams(query).toString();
  return `/signals/${inAddress(symbol)}${text && `?${text}`}`;
}

/** Which page an address means. Whatever is none of the others is the desk, which sorts out its own addresses. */
export type Page =
  | { readonly name: 'desk' | 'screener' }
  /** Null: the board of all symbols. */
  | { readonly name: 'signals'; readonly symbol: string | null }
  | { readonly name: 'lab'; readonly place: LabPlace }
  /** `to`: where one wanted to go. */
  | { readonly name: 'sign-in'; readonly to: string }
  | { readonly name: 'set-up' | 'join' | 'reset' }
  | { readonly name: 'account'; readonly section: 'profile' | 'security' }
  | { readonly name: 'admin'; readonly section: 'users' | 'invitations' | 'audit' };

const PAGES: Readonly<Record<string, Page>> = {
  '/setup': { name: 'set-up' },
  '/join': { name: 'join' },
  '/reset': { name: 'reset' },
  '/screener': { name: 'screener' },
  '/account': { name: 'account', section: 'profile' },
  '/account/security': { name: 'account', section: 'security' },
  '/admin': { name: 'admin', section: 'users' },
  '/admin/users': { name: 'admin', section: 'users' },
  '/admin/invitations': { name: 'admin', section: 'invitations' },
  '/admin/audit': { name: 'admin', section: 'audit' },
};

export function parsePage(pathname: string, search: string): Page {
  const path = pathname.length > 1 ? pathname.replace(/\/+$/, '') : pathname;
  if (path === '/signin') return { name: 'sign-in', to: ownPath(new URLSearchParams(search).get('to')) };
  const signals = /^\/signals(?:\/([^/]+))?$/.exec(path);
  if (signals) return { name: 'signals', symbol: nameIn(signals[1]) };
  const place = parseLabPlace(path, search);
  if (place) return { name: 'lab', place };
  return (Object.hasOwn(PAGES, path) ? PAGES[path] : undefined) ?? { name: 'desk' };
}

/** A path of this dashboard, else its front. Another site's address is never gone to. */
export function ownPath(wanted: string | null): string {
  const home = 'https://desk.invalid';
  if (!wanted?.startsWith('/') || !URL.canParse(wanted, home)) return '/';
  const { origin, pathname, search } = new URL(wanted, home);
  if (origin !== home || pathname === '/signin') return '/';
  return pathname + search;
}

/** The sign-in page that leads to `path` afterwards. */
export function signInPath(path: string): string {
  return path === '/' ? '/signin' : `/signin?to=${encodeURIComponent(path)}`;
}

const MOVED = 'candlewick:moved';
let moves = 0;

function watch(changed: () => void): () => void {
  addEventListener('popstate', changed);
  addEventListener(MOVED, changed);
  return () => {
    removeEventListener('popstate', changed);
    removeEventListener(MOVED, changed);
  };
}

const address = () => location.pathname + location.search;

/** Goes to another page of the dashboard. */
export function navigate(target: string, how: 'push' | 'replace' = 'push'): void {
  if (target === address()) return;
  moves += 1;
  if (how === 'push') history.pushState(null, '', target);
  else history.replaceState(null, '', target);
  dispatchEvent(new Event(MOVED));
}

/** Whether the page on the screen is not the one that the browser opened. */
export function hasMoved(): boolean {
  return moves > 0;
}

/** Path and query of the address bar. */
export function useAddress(): string {
  return useSyncExternalStore(watch, address);
}

export function usePage(): Page {
  useAddress();
  return parsePage(location.pathname, location.search);
}

export function usePlace(): [
  Place,
  (symbol: string, timeframe: Timeframe, how?: 'push' | 'replace') => void,
] {
  useAddress();
  const go = useCallback((symbol: string, timeframe: Timeframe, how: 'push' | 'replace' = 'push') => {
    navigate(formatPlace(symbol, timeframe), how);
  }, []);
  return [parsePlace(location.pathname, location.search), go];
}
