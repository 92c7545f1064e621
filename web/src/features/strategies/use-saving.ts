import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type ApiProblem, toProblem } from '@/lib/api/problem';
import { strategyPath } from '@/lib/lab/lab-place';
import { createStrategy, fetchStrategy, saveStrategy } from '@/lib/lab/strategies-client';
import type { Strategy } from '@/lib/lab/strategy-schemas';
import { navigate } from '@/lib/location';
import { nameOf } from './faults';

export interface Saving {
  readonly busy: boolean;
  readonly problem: ApiProblem | null;
  /** A newer version was kept meanwhile, by another tab or device. */
  readonly conflict: Strategy | null;
  readonly said: string | null;
  readonly save: (document: string) => Promise<void>;
  /** Keeps it as the next version after the one that was in the way. */
  readonly saveOver: (document: string) => Promise<void>;
  readonly dismiss: () => void;
}

/** Keeps a document: a new one under its name, an own one as its next version. */
export function useSaving(kept: Strategy | null, onKept: (next: Strategy) => void): Saving {
  const cache = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [conflict, setConflict] = useState<Strategy | null>(null);
  const [said, setSaid] = useState<string | null>(null);

  const dismiss = () => {
    setProblem(null);
    setConflict(null);
    setSaid(null);
  };
  const keep = async (document: string, over: Strategy | null) => {
    dismiss();
    setBusy(true);
    const name = nameOf(document);
    // Under another name it is another strategy.
    const same = over !== null && !over.built_in && (name === null || name === over.name);
    try {
      const next = same
        ? await saveStrategy(over.name, document, over.version ?? 1)
        : await createStrategy(document);
      cache.setQueryData(['lab', 'strategy', next.name, null], next);
      void cache.invalidateQueries({ queryKey: ['lab', 'strategies'] });
      onKept(next);
      setSaid(
        same && next.version === over.version
          ? `Nothing was changed: version ${next.version} says the same.`
          : `Saved as version ${next.version ?? 1}.`,
      );
      if (!same) navigate(strategyPath(next.name), 'replace');
    } catch (error) {
      const failure = toProblem(error);
      if (same && failure.code === 'conflict')
        setConflict(await fetchStrategy(over.name, null).catch(() => null));
      setProblem(failure);
    } finally {
      setBusy(false);
    }
  };
  return {
    busy,
    problem,
    conflict,
    said,
    save: (document) => keep(document, kept),
    saveOver: (document) => keep(document, conflict),
    dismiss,
  };
}
