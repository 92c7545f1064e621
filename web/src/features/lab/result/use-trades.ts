import { useEffect, useMemo, useState } from 'react';
import { type ApiProblem, toProblem } from '@/lib/api/problem';
import { fetchTrades } from '@/lib/lab/lab-client';
import type { Run } from '@/lib/lab/run-schemas';
import type { Trade } from '@/lib/lab/strategy-schemas';

/** What one more request brings. */
const MORE = 5000;

export interface Trades {
  readonly all: readonly Trade[];
  /** How many there are, also those that are not loaded. */
  readonly total: number;
  readonly busy: boolean;
  readonly problem: ApiProblem | null;
  readonly more: () => void;
}

/** The trades of a run: the first come with it, more when they are asked for. */
export function useTrades(run: Run): Trades {
  const [later, setLater] = useState<readonly Trade[]>([]);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const { trades: first, id } = run;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another run has other trades
  useEffect(() => setLater([]), [id]);
  const all = useMemo(() => [...(first ?? []), ...later], [first, later]);
  const more = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const page = await fetchTrades(id, all.length, MORE);
      setLater((known) => [...known, ...page.trades]);
    } catch (error) {
      setProblem(toProblem(error));
    }
    setBusy(false);
  };
  return { all, total: Math.max(run.trade_count ?? 0, all.length), busy, problem, more: () => void more() };
}
