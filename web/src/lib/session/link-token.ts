import { z } from 'zod';
import { type UnixMs, unixMs } from '@/lib/time';

/** A one-time link's token, and until when it is good where that can be read. */
export interface LinkToken {
  readonly token: string;
  readonly expiresAt: UnixMs | null;
}

const payloadSchema = z.object({ exp: z.number().positive() });

/** Reads a token's text. It says nothing about whether the token is good: only the server can tell. */
export function readLinkToken(token: string): LinkToken {
  return { token, expiresAt: expiryOf(token) };
}

function expiryOf(token: string): UnixMs | null {
  try {
    const payload = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(payload), (letter) => letter.charCodeAt(0));
    return unixMs(payloadSchema.parse(JSON.parse(new TextDecoder().decode(bytes))).exp * 1000);
  } catch {
    // Cut off or mangled on its way: the server will say so.
    return null;
  }
}

const LINK_PATHS = new Set(['/setup', '/join', '/reset']);

let taken: { readonly path: string; readonly token: string } | null = null;
const watchers = new Set<() => void>();

/** Takes the token out of the address bar, so that neither history nor a look over the shoulder has it. */
function take(): void {
  if (!LINK_PATHS.has(location.pathname) || location.hash.length < 2) return;
  taken = { path: location.pathname, token: location.hash.slice(1) };
  history.replaceState(null, '', location.pathname + location.search);
  for (const watcher of [...watchers]) watcher();
}

/** Called once before the page is drawn, and from then on whenever a link is pasted over the address. */
export function takeLinkTokens(): void {
  take();
  addEventListener('hashchange', take);
  addEventListener('popstate', take);
}

export function watchLinkToken(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** The token that this page was opened with. */
export function linkTokenOf(path: string): string | null {
  return taken?.path === path ? taken.token : null;
}

/** The token is used up. */
export function dropLinkToken(): void {
  taken = null;
  for (const watcher of [...watchers]) watcher();
}
