import type { RunRequest } from '@/lib/lab/run-schemas';
import type { InputValue, InputValues, StrategyInput, StrategyItem } from '@/lib/lab/strategy-schemas';
import { SYMBOLS_MAX, splitSymbols } from '@/lib/lab/symbols';
import type { UnixMs } from '@/lib/time';
import { isTimeframe, type Timeframe } from '@/lib/timeframe';
import { COMMISSIONS, type Cost, costChoice, costText, FUNDINGS, readCost, SLIPPAGES } from './costs';
import { LIMIT_FIELDS, type LimitTexts, limitFaults, limitsOf, limitsRequest, NO_LIMITS } from './limits';
import { readNumber } from './numbers';
import { boundsOf, type Period, periodFaults, periodOf } from './period';

/** A test as the form has it: what is typed is text until it is sent. */
export interface LabSettings {
  readonly strategy: string;
  /** Of an own strategy; null: the newest. */
  readonly version: number | null;
  /** The text of a strategy that is not kept, of a run that was made of one. */
  readonly document: string | null;
  /** Several with commas between them. */
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly period: Period;
  /** By name; those that are not there keep their defaults. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly capital: string;
  readonly limits: LimitTexts;
  readonly commission: Cost;
  readonly slippage: Cost;
  /** What holding costs. */
  readonly funding: Cost;
  readonly fill: 'next_open' | 'close';
  readonly intrabar: 'pessimistic' | 'adaptive' | 'magnifier';
  readonly protections: boolean;
  readonly closeAtEnd: boolean;
}

export const FIRST_SETTINGS: LabSettings = {
  strategy: 'ema-cross',
  version: null,
  document: null,
  symbol: '',
  timeframe: '1h',
  period: { name: '1y', from: '', to: '' },
  inputs: {},
  capital: '10000',
  limits: NO_LIMITS,
  commission: { kind: 'bps', value: '10' },
  slippage: { kind: 'fixed_bps', value: '5' },
  funding: { kind: 'none', value: '' },
  fill: 'next_open',
  intrabar: 'pessimistic',
  protections: true,
  closeAtEnd: false,
};

/** What is wrong, by the field's name as the API has it: `capital`, `inputs.fast`. */
export type SettingsFaults = Readonly<Record<string, string>>;

/** The fields of the API that a change of the form is about: what was wrong with them is old. */
export function changedFields(change: Partial<LabSettings>): readonly string[] {
  return [
    ...Object.keys(change),
    ...('period' in change ? ['from', 'to'] : []),
    ...('limits' in change ? LIMIT_FIELDS : []),
  ];
}

export function textOf(value: InputValue): string {
  return String(value);
}

/** What was typed, as the API takes it; null where it is no such value. */
export function inputValue(input: StrategyInput, text: string): InputValue | null {
  if (input.type === 'bool') return text === 'true';
  if (input.type !== 'int' && input.type !== 'float') return text;
  const value = readNumber(text);
  return value !== null && (input.type === 'float' || Number.isInteger(value)) ? value : null;
}

export function inputFault(input: StrategyInput, text: string): string | null {
  const value = inputValue(input, text);
  if (value === null) return input.type === 'int' ? 'Write a whole number.' : 'Write a number.';
  if (typeof value !== 'number') return null;
  if (input.min !== null && value < input.min) return `At least ${input.min}.`;
  if (input.max !== null && value > input.max) return `At most ${input.max}.`;
  return null;
}

/** `10`, or `-0.01/0.04`: a maker may be paid. */
const COST_NUMBER = /^-?\d*\.?\d+(\/-?\d*\.?\d+)?$/;

/** What is wrong at first sight; the server looks closer. */
export function settingsFaults(settings: LabSettings, strategy: StrategyItem | undefined): SettingsFaults {
  const faults: Record<string, string> = {
    ...periodFaults(settings.period),
    ...limitFaults(settings.limits),
  };
  const symbols = splitSymbols(settings.symbol).length;
  if (symbols === 0) faults.symbol = 'Choose a symbol.';
  else if (symbols > SYMBOLS_MAX) faults.symbol = `At most ${SYMBOLS_MAX} symbols share an account.`;
  const capital = readNumber(settings.capital);
  if (capital === null) faults.capital = 'Write a number.';
  else if (capital <= 0) faults.capital = 'It must be above zero.';
  for (const [name, choices] of [
    ['commission', COMMISSIONS],
    ['slippage', SLIPPAGES],
    ['funding', FUNDINGS],
  ] as const) {
    const { kind, value } = settings[name];
    const choice = costChoice(choices, kind);
    if (choice && choice.unit !== null && !COST_NUMBER.test(value.trim()))
      faults[name] = `Write a number, such as ${choice.first}.`;
  }
  for (const input of strategy?.inputs ?? []) {
    const typed = settings.inputs[input.name];
    const fault = typed === undefined ? null : inputFault(input, typed);
    if (fault) faults[`inputs.${input.name}`] = fault;
  }
  return faults;
}

/** What a value was that somebody typed, or that was sent before. */
function looseValue(text: string): InputValue {
  return text === 'true' || text === 'false' ? text === 'true' : (readNumber(text) ?? text);
}

/** Those that are not the defaults, as the API takes them; of a strategy that could not be read all that are there. */
export function givenInputs(settings: LabSettings, strategy: StrategyItem | undefined): InputValues {
  if (!strategy)
    return Object.fromEntries(
      Object.entries(settings.inputs).map(([name, text]) => [name, looseValue(text)]),
    );
  const given: Record<string, InputValue> = {};
  for (const input of strategy.inputs) {
    const typed = settings.inputs[input.name];
    const value = typed === undefined ? null : inputValue(input, typed);
    if (value !== null && value !== input.default) given[input.name] = value;
  }
  return given;
}

/** What the server is asked. `settings` has no faults. */
export function toRequest(
  settings: LabSettings,
  strategy: StrategyItem | undefined,
  now: UnixMs,
): RunRequest {
  const { document, version, fill, intrabar } = settings;
  const { from, to } = boundsOf(settings.period, now);
  const inputs = givenInputs(settings, strategy);
  return {
    ...(document === null
      ? { strategy: settings.strategy, ...(version === null ? {} : { version }) }
      : { document }),
    symbol: settings.symbol,
    timeframe: settings.timeframe,
    ...(from === null ? {} : { from }),
    ...(to === null ? {} : { to }),
    ...(Object.keys(inputs).length > 0 ? { inputs } : {}),
    capital: readNumber(settings.capital) ?? 0,
    commission: costText(COMMISSIONS, settings.commission),
    slippage: costText(SLIPPAGES, settings.slippage),
    ...(settings.funding.kind === 'none' ? {} : { funding: costText(FUNDINGS, settings.funding) }),
    fill,
    intrabar,
    protections: settings.protections ? 'default' : 'none',
    close_at_end: settings.closeAtEnd,
    ...limitsRequest(settings.limits),
  };
}

/** What a run or a sweep is told to be of: a request without them had the strategy's own. */
export interface MadeOf {
  readonly strategy: string;
  readonly timeframe: Timeframe;
}

/** The form as it was when a run was asked for. */
export function fromRequest(request: RunRequest, made: MadeOf, now: UnixMs): LabSettings {
  const first = FIRST_SETTINGS;
  const inputs = Object.entries(request.inputs ?? {}).map(([key, value]) => [key, textOf(value)]);
  return {
    strategy: request.strategy ?? made.strategy,
    version: request.version ?? null,
    document: request.strategy === undefined ? (request.document ?? null) : null,
    symbol: request.symbol,
    timeframe: request.timeframe ?? made.timeframe,
    period: periodOf({ from: request.from ?? null, to: request.to ?? null }, now),
    inputs: Object.fromEntries(inputs),
    capital: String(request.capital ?? first.capital),
    limits: limitsOf(request),
    commission: readCost(COMMISSIONS, request.commission ?? 'bps:10'),
    slippage: readCost(SLIPPAGES, request.slippage ?? 'none'),
    funding: readCost(FUNDINGS, request.funding ?? 'none'),
    fill: request.fill ?? first.fill,
    intrabar: request.intrabar ?? first.intrabar,
    protections: request.protections !== 'none',
    closeAtEnd: request.close_at_end ?? false,
  };
}

/** What was kept in the tab; whatever of it is not understood is as at first. */
export function readSettings(text: string | null): LabSettings {
  try {
    const kept: unknown = JSON.parse(text ?? '');
    if (typeof kept !== 'object' || kept === null) return FIRST_SETTINGS;
    const settings = { ...FIRST_SETTINGS, ...kept } as LabSettings;
    const { timeframe, period, limits } = settings;
    const understood = isTimeframe(timeframe) && typeof period === 'object' && typeof limits === 'object';
    return understood ? { ...settings, limits: { ...NO_LIMITS, ...limits } } : FIRST_SETTINGS;
  } catch {
    return FIRST_SETTINGS;
  }
}
