import type { StrategyItem } from '@/lib/lab/strategy-schemas';
import type { SweepRequest } from '@/lib/lab/sweep-schemas';
import type { UnixMs } from '@/lib/time';
import { readNumber } from '../form/numbers';
import { type LabSettings, type SettingsFaults, settingsFaults, toRequest } from '../form/settings';
import { AXES_MAX, type AxisText, axisValues, CELLS_MAX, cellCount } from './axes';

/** What a sweep has besides a test. */
export interface SweepSettings {
  readonly axes: Readonly<Record<string, AxisText>>;
  readonly search: 'grid' | 'random' | 'tpe';
  readonly trials: string;
  readonly objective: string;
  /** Empty: no walk forward. */
  readonly folds: string;
  readonly walkForward: 'rolling' | 'anchored';
  /** Bars; empty: none. */
  readonly purge: string;
  readonly embargo: string;
}

export const FIRST_SWEEP: SweepSettings = {
  axes: {},
  search: 'grid',
  trials: '200',
  objective: 'sharpe',
  folds: '',
  walkForward: 'rolling',
  purge: '',
  embargo: '',
};

/** The most bars of a purge, and of an embargo. */
const GAP_MAX = 1_000_000;

export const OBJECTIVES = [
  { value: 'sharpe', label: 'Sharpe ratio' },
  { value: 'sortino', label: 'Sortino ratio' },
  { value: 'calmar', label: 'Calmar ratio' },
  { value: 'total_return', label: 'Total return' },
  { value: 'profit_factor', label: 'Profit factor' },
  { value: 'sqn', label: 'System quality (SQN)' },
] as const;

export const SEARCHES = [
  { value: 'grid', label: 'Every cell' },
  { value: 'random', label: 'At random' },
  { value: 'tpe', label: 'Guided (TPE)' },
] as const;

/** Those axes that are inputs of the strategy. */
function ownAxes(
  sweep: SweepSettings,
  strategy: StrategyItem | undefined,
): Readonly<Record<string, AxisText>> {
  const names = new Set(strategy?.inputs.map((one) => one.name));
  return Object.fromEntries(Object.entries(sweep.axes).filter(([name]) => names.has(name)));
}

export function sweepFaults(
  settings: LabSettings,
  sweep: SweepSettings,
  strategy: StrategyItem | undefined,
): SettingsFaults {
  const faults: Record<string, string> = { ...settingsFaults(settings, strategy) };
  const axes = ownAxes(sweep, strategy);
  for (const input of strategy?.inputs ?? []) {
    const text = axes[input.name];
    const read = text === undefined ? null : axisValues(input, text);
    if (read && 'fault' in read) faults[`axes.${input.name}`] = read.fault;
  }
  const named = Object.keys(axes).length;
  if (named === 0) faults.axes = 'Choose at least one input to be swept.';
  else if (named > AXES_MAX) faults.axes = `At most ${AXES_MAX} inputs are swept at once.`;
  const cells = cellCount(strategy?.inputs ?? [], axes);
  if (sweep.search === 'grid' && cells !== null && cells > CELLS_MAX)
    faults.axes = `These are ${cells} cells; at most ${CELLS_MAX} are run. Search at random, or take larger steps.`;
  const whole = (name: 'trials' | 'folds' | 'purge' | 'embargo', least: number, most: number) => {
    const value = readNumber(sweep[name]);
    if (value === null || !Number.isInteger(value) || value < least || value > most)
      faults[name] = `A whole number, ${least} to ${most}.`;
  };
  if (sweep.search !== 'grid') whole('trials', 1, CELLS_MAX);
  if (sweep.folds !== '') {
    whole('folds', 1, 50);
    if (sweep.purge.trim() !== '') whole('purge', 0, GAP_MAX);
    if (sweep.embargo.trim() !== '') whole('embargo', 0, GAP_MAX);
  }
  return faults;
}

/** What the server is asked. Neither has faults. */
export function toSweepRequest(
  settings: LabSettings,
  sweep: SweepSettings,
  strategy: StrategyItem | undefined,
  now: UnixMs,
): SweepRequest {
  const request = toRequest(settings, strategy, now);
  const axes = ownAxes(sweep, strategy);
  const fixed = Object.entries(request.inputs ?? {}).filter(([name]) => !(name in axes));
  const { inputs: _, ...rest } = request;
  return {
    ...rest,
    ...(fixed.length > 0 ? { inputs: Object.fromEntries(fixed) } : {}),
    axes: Object.fromEntries(Object.entries(axes).map(([name, text]) => [name, text.replaceAll(' ', '')])),
    search: sweep.search,
    objective: sweep.objective,
    ...(sweep.search === 'grid' ? {} : { trials: readNumber(sweep.trials) ?? 200 }),
    ...(sweep.folds.trim() === ''
      ? {}
      : { folds: readNumber(sweep.folds) ?? 2, walk_forward: sweep.walkForward, ...gaps(sweep) }),
  };
}

/** The form as it was when a sweep was asked for. */
export function fromSweepRequest(request: SweepRequest): SweepSettings {
  const first = FIRST_SWEEP;
  const text = (value: number | undefined, otherwise: string) =>
    value === undefined ? otherwise : String(value);
  return {
    axes: request.axes,
    search: request.search ?? first.search,
    trials: text(request.trials, first.trials),
    objective: request.objective ?? first.objective,
    folds: text(request.folds, ''),
    walkForward: request.walk_forward ?? first.walkForward,
    purge: text(request.purge, ''),
    embargo: text(request.embargo, ''),
  };
}

/** What is left unused between a training and its test, as the API takes it. */
function gaps({ purge, embargo }: SweepSettings): Pick<SweepRequest, 'purge' | 'embargo'> {
  const [left, further] = [readNumber(purge) ?? 0, readNumber(embargo) ?? 0];
  return { ...(left > 0 ? { purge: left } : {}), ...(further > 0 ? { embargo: further } : {}) };
}

/** What was kept in the tab. */
export function readSweep(text: string | null): SweepSettings {
  try {
    const kept = JSON.parse(text ?? '') as Partial<SweepSettings> | null;
    return kept && typeof kept.axes === 'object' ? { ...FIRST_SWEEP, ...kept } : FIRST_SWEEP;
  } catch {
    return FIRST_SWEEP;
  }
}
