import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import type { Inputs } from '@/lib/language/language-client';
import type { Pane } from './plot-fields';

/** An expression that was begun. */
export interface Draft {
  readonly text: string;
  readonly inputs: Inputs;
  /** Inputs as they were typed, also those that are no value. */
  readonly typed: Readonly<Record<string, string>>;
  /** Null: where it stands best. */
  readonly pane: Pane | null;
}

const KEY = ['expression-draft'];

/** Keeps what was typed and not added, until the page is left or somebody else signs in. */
export function useDraft() {
  const cache = useQueryClient();
  const keep = useCallback(
    (draft: Draft) => {
      cache.setQueryDefaults(KEY, { gcTime: Number.POSITIVE_INFINITY });
      cache.setQueryData<Draft>(KEY, draft);
    },
    [cache],
  );
  const read = useCallback((): Draft | null => {
    const draft = cache.getQueryData<Draft>(KEY);
    return draft && draft.text.trim() !== '' ? draft : null;
  }, [cache]);
  const forget = useCallback(() => cache.removeQueries({ queryKey: KEY }), [cache]);
  return { read, keep, forget };
}
