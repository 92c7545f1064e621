import { useEffect, useState } from 'react';
import { type ApiProblem, toProblem } from '@/lib/api/problem';
import { type CheckContext, checkExpression } from '@/lib/language/language-client';
import type { CheckAnswer } from '@/lib/language/types';

/** So long after the last key a text is checked. */
export const CHECK_AFTER_MS = 250;
/** What could not be checked is tried again, at the latest so long after. */
const AGAIN_MOST_MS = 15_000;

/** How it stands with a text. `text` is the one that the answer is about; the newest text may be another. */
export type Check =
  | { readonly phase: 'empty' }
  | { readonly phase: 'checking'; readonly last: Checked | null }
  | { readonly phase: 'checked'; readonly last: Checked }
  /** The server could not say. */
  | { readonly phase: 'failed'; readonly problem: ApiProblem };

export interface Checked {
  readonly text: string;
  readonly answer: CheckAnswer;
}

/** Has the server check a text while it is typed. The answer to the newest text wins, in whatever order they come. */
export function useCheck(text: string, { timeframe, symbol, inputs }: CheckContext): Check {
  const [check, setCheck] = useState<Check>({ phase: 'empty' });
  const given = JSON.stringify(inputs ?? {});
  useEffect(() => {
    if (text.trim() === '') {
      setCheck({ phase: 'empty' });
      return;
    }
    setCheck((known) => ({ phase: 'checking', last: lastOf(known) }));
    const abort = new AbortController();
    const ask = async (tries: number) => {
      try {
        const context = { timeframe, symbol, inputs: JSON.parse(given) };
        const answer = await checkExpression(text, context, abort.signal);
        if (!abort.signal.aborted) setCheck({ phase: 'checked', last: { text, answer } });
      } catch (error) {
        if (abort.signal.aborted) return;
        const problem = toProblem(error);
        // What is over after a moment, as too many requests at once, is nothing to show.
        if (!problem.retryable || tries > 0) setCheck({ phase: 'failed', problem });
        const wait = problem.retryAfterMs ?? Math.min(AGAIN_MOST_MS, 1000 * 2 ** tries);
        if (problem.retryable) timer = setTimeout(() => void ask(tries + 1), wait);
      }
    };
    let timer = setTimeout(() => void ask(0), CHECK_AFTER_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [text, timeframe, symbol, given]);
  return check;
}

function lastOf(check: Check): Checked | null {
  return check.phase === 'checking' || check.phase === 'checked' ? check.last : null;
}

/** The answer to exactly this text; null while there is none. */
export function answerTo(check: Check, text: string): CheckAnswer | null {
  const last = lastOf(check);
  return last?.text === text ? last.answer : null;
}
