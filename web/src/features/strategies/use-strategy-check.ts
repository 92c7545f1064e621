import { useEffect, useState } from 'react';
import { type ApiProblem, toProblem } from '@/lib/api/problem';
import { checkStrategy, type TryOn } from '@/lib/lab/strategies-client';
import type { StrategyChecked } from '@/lib/lab/strategy-schemas';

/** So long after the last key a document is checked: it is run over candles, too. */
export const CHECK_AFTER_MS = 450;

export interface StrategyCheck {
  /** What the newest answer is about; null: there is none yet. */
  readonly text: string | null;
  readonly answer: StrategyChecked | null;
  readonly busy: boolean;
  /** The server could not say. */
  readonly problem: ApiProblem | null;
}

const NONE: StrategyCheck = { text: null, answer: null, busy: false, problem: null };

/** Has the server check a document while it is typed, and run it over candles. The answer to the newest text wins. */
export function useStrategyCheck(document: string, on: TryOn | null): StrategyCheck {
  const [check, setCheck] = useState(NONE);
  const where = JSON.stringify(on);
  useEffect(() => {
    if (document.trim() === '') {
      setCheck(NONE);
      return;
    }
    setCheck((known) => ({ ...known, busy: true }));
    const abort = new AbortController();
    const ask = async () => {
      try {
        const answer = await checkStrategy(document, JSON.parse(where) as TryOn | null, abort.signal);
        if (!abort.signal.aborted) setCheck({ text: document, answer, busy: false, problem: null });
      } catch (error) {
        if (!abort.signal.aborted)
          setCheck((known) => ({ ...known, busy: false, problem: toProblem(error) }));
      }
    };
    const timer = setTimeout(() => void ask(), CHECK_AFTER_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [document, where]);
  return check;
}
