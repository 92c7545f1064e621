import { useRef, useState } from 'react';
import { type ApiProblem, toProblem } from '@/lib/api/problem';
import { LIMIT_FIELDS } from './limits';
import type { SettingsFaults } from './settings';

const NONE: SettingsFaults = {};

/** Fields of a request that the form has; a refusal of another stands under the form. */
const FIELDS: ReadonlySet<string> = new Set([
  'strategy',
  'version',
  'document',
  'symbol',
  'timeframe',
  'from',
  'to',
  'capital',
  'commission',
  'slippage',
  'funding',
  'fill',
  'intrabar',
  ...LIMIT_FIELDS,
  'objective',
  'search',
  'trials',
  'folds',
  'axes',
]);

/** Which field of the form a refusal is about; null: about the whole. */
export function blamedField(problem: Pick<ApiProblem, 'code' | 'field'>): string | null {
  if (problem.code === 'unknown_symbol' || problem.code === 'ambiguous_symbol') return 'symbol';
  if (problem.code === 'unknown_timeframe') return 'timeframe';
  const { field } = problem;
  if (field === undefined || problem.code === 'bad_strategy') return null;
  return FIELDS.has(field) || /^(inputs|axes)\../.test(field) ? field : null;
}

export interface Start {
  readonly busy: boolean;
  readonly faults: SettingsFaults;
  /** What is wrong with none of the fields. */
  readonly problem: ApiProblem | null;
  /** Sends, unless something is wrong already. */
  readonly send: (wrong: SettingsFaults, work: () => Promise<void>) => void;
  /** A field was changed: what was wrong with it is old. */
  readonly forgive: (names: readonly string[]) => void;
}

/** Sends a form; a refusal is shown at its field, which then has the focus. */
export function useStart(form: React.RefObject<HTMLFormElement | null>): Start {
  const [busy, setBusy] = useState(false);
  const [faults, setFaults] = useState(NONE);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const turn = useRef(0);

  const refuse = (wrong: SettingsFaults) => {
    setFaults(wrong);
    // The mark is there after the next drawing.
    setTimeout(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
  };
  const send = async (wrong: SettingsFaults, work: () => Promise<void>) => {
    setProblem(null);
    if (Object.keys(wrong).length > 0) {
      refuse(wrong);
      return;
    }
    setFaults(NONE);
    setBusy(true);
    turn.current += 1;
    const { current } = turn;
    try {
      await work();
    } catch (error) {
      if (current !== turn.current) return;
      const failure = toProblem(error);
      const field = blamedField(failure);
      if (field === null) setProblem(failure);
      else refuse({ [field]: failure.message });
    } finally {
      if (current === turn.current) setBusy(false);
    }
  };
  return {
    busy,
    faults,
    problem,
    send: (wrong, work) => void send(wrong, work),
    forgive: (names) =>
      setFaults((known) => {
        const rest = Object.entries(known).filter(([name]) => !names.some((one) => name.startsWith(one)));
        return rest.length === Object.keys(known).length ? known : Object.fromEntries(rest);
      }),
  };
}
