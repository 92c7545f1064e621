import { useState, useSyncExternalStore } from 'react';
import { type LinkToken, linkTokenOf, readLinkToken, watchLinkToken } from '@/lib/session/link-token';

export type LinkState =
  | { readonly kind: 'missing' }
  /** By this device's clock, which may be wrong: it can be tried all the same. */
  | { readonly kind: 'expired'; readonly tryAnyhow: () => void }
  | { readonly kind: 'here'; readonly link: LinkToken };

/** The one-time link that the page at `path` was opened with, as far as can be told without the server. */
export function useLinkToken(path: string): LinkState {
  const token = useSyncExternalStore(watchLinkToken, () => linkTokenOf(path));
  const [tried, setTried] = useState<string | null>(null);
  if (token === null) return { kind: 'missing' };
  const link = readLinkToken(token);
  const expired = link.expiresAt !== null && link.expiresAt <= Date.now();
  if (expired && tried !== token) return { kind: 'expired', tryAnyhow: () => setTried(token) };
  return { kind: 'here', link };
}
