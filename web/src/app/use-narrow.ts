import { useSyncExternalStore } from 'react';

/** The width under which the watch list is a drawer; the style sheets have the same. */
const NARROW = '(max-width: 720px)';

function watch(changed: () => void): () => void {
  const query = matchMedia(NARROW);
  query.addEventListener('change', changed);
  return () => query.removeEventListener('change', changed);
}

export function useNarrow(): boolean {
  return useSyncExternalStore(watch, () => matchMedia(NARROW).matches);
}
