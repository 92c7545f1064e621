/** `browser`: from visit to visit. `tab`: as long as the tab is open, over reloads. */
export type Kept = 'browser' | 'tab';

const storeOf = (kept: Kept) => (kept === 'tab' ? sessionStorage : localStorage);

/** What the browser remembers for this dashboard. Storage may be switched off: then nothing is remembered. */
export function remember(name: string, value: string, kept: Kept = 'browser'): void {
  try {
    storeOf(kept).setItem(`candlewick.${name}`, value);
  } catch {
    // Private mode or a full quota: the choice holds until the page is left.
  }
}

export function recall(name: string, kept: Kept = 'browser'): string | null {
  try {
    return storeOf(kept).getItem(`candlewick.${name}`);
  } catch {
    return null;
  }
}

export function forget(name: string, kept: Kept = 'browser'): void {
  try {
    storeOf(kept).removeItem(`candlewick.${name}`);
  } catch {
    // There is nothing to forget then.
  }
}
