/** Where in the lab one is, as the address says it. */
export type LabPlace =
  /** A test being put together and, of a run, its result. */
  | { readonly kind: 'test'; readonly run: string | null }
  | { readonly kind: 'runs' }
  | { readonly kind: 'compare'; readonly runs: readonly string[] }
  /** Null: one being put together. */
  | { readonly kind: 'sweep'; readonly sweep: string | null }
  | { readonly kind: 'sweeps' }
  | { readonly kind: 'strategies' }
  /** Null: a new one, of a copy where one is named. */
  | { readonly kind: 'strategy'; readonly name: string | null; readonly copyOf: string | null };

/** Null: the path is none of the lab's. */
export function parseLabPlace(path: string, search: string): LabPlace | null {
  const match = /^\/lab(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(path);
  if (!match) return null;
  const [, room, name] = match;
  const query = new URLSearchParams(search);
  const thing = name === undefined ? null : decoded(name);
  switch (room) {
    case undefined:
      return { kind: 'test', run: null };
    case 'runs':
      return thing === null ? { kind: 'runs' } : { kind: 'test', run: thing };
    case 'compare':
      return { kind: 'compare', runs: query.getAll('id') };
    case 'sweep':
      return { kind: 'sweep', sweep: null };
    case 'sweeps':
      return thing === null ? { kind: 'sweeps' } : { kind: 'sweep', sweep: thing };
    case 'strategies':
      return thing === null ? { kind: 'strategies' } : { kind: 'strategy', name: thing, copyOf: null };
    case 'new-strategy':
      return { kind: 'strategy', name: null, copyOf: query.get('copy') };
    default:
      return null;
  }
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    // A stray per cent sign: nothing has such a name.
    return null;
  }
}

export const runPath = (id: string) => `/lab/runs/${encodeURIComponent(id)}`;
export const sweepPath = (id: string) => `/lab/sweeps/${encodeURIComponent(id)}`;
/** A new sweep that begins as this one did. */
export const sweepLikePath = (id: string) => beginPath('sweep', { like: id });
/** Whether an id is a sweep's, not a run's. */
export const isSweepId = (id: string | null) => id?.startsWith('w_') === true;
export const strategyPath = (name: string) => `/lab/strategies/${encodeURIComponent(name)}`;

export function comparePath(ids: readonly string[]): string {
  return `/lab/compare?${new URLSearchParams(ids.map((id) => ['id', id]))}`;
}

export function newStrategyPath(copyOf: string | null): string {
  return copyOf === null ? '/lab/new-strategy' : `/lab/new-strategy?copy=${encodeURIComponent(copyOf)}`;
}

/** A test, or a sweep, that begins with something chosen. */
export function beginPath(
  what: 'test' | 'sweep',
  begin: {
    readonly strategy?: string;
    readonly symbol?: string;
    /** Of the chart. */
    readonly tf?: string;
    readonly like?: string;
  },
): string {
  const query = new URLSearchParams(Object.entries(begin).filter(([, value]) => value !== undefined));
  const text = query.toString();
  return `${what === 'test' ? '/lab' : '/lab/sweep'}${text && `?${text}`}`;
}

/** The lab's pages, as they stand beside each other. */
export function labLinks(current: 'test' | 'runs' | 'sweeps' | 'strategies') {
  return [
    { href: '/lab', name: 'Test', current: current === 'test' },
    { href: '/lab/runs', name: 'Runs', current: current === 'runs' },
    { href: '/lab/sweeps', name: 'Sweeps', current: current === 'sweeps' },
    { href: '/lab/strategies', name: 'Strategies', current: current === 'strategies' },
  ];
}
