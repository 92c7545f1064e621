import type { StrategyInput } from '@/lib/lab/strategy-schemas';
import { inputFault, textOf } from '../form/settings';

/** What the server takes at most. */
export const AXES_MAX = 6;
export const CELLS_MAX = 100_000;

/** Values that an input is tried with: `5:50:5` (from, to, step) or `ema,sma`. */
export type AxisText = string;

export type AxisValues = { readonly values: readonly string[] } | { readonly fault: string };

const RANGE = /^\s*(-?[\d.]+)\s*:\s*(-?[\d.]+)\s*(?::\s*([\d.]+)\s*)?$/;

/** The values that a text means, each as it would be typed; or what is wrong with it. */
export function axisValues(input: StrategyInput, text: AxisText): AxisValues {
  if (text.trim() === '') return { fault: 'Write from:to:step, or values with commas.' };
  const range = RANGE.exec(text);
  const values = range ? rangeValues(range) : listValues(text);
  if (typeof values === 'string') return { fault: values };
  for (const value of values) {
    const fault = inputFault(input, value);
    if (fault) return { fault: `${value}: ${fault.toLowerCase()}` };
    if (input.options.length > 0 && !input.options.includes(value))
      return { fault: `${value} is no choice.` };
  }
  return { values };
}

function listValues(text: string): readonly string[] | string {
  const values = text.split(',').map((one) => one.trim());
  if (values.some((one) => one === '')) return 'A value is missing between the commas.';
  return new Set(values).size < values.length ? 'A value is there twice.' : values;
}

function rangeValues([, from, to, step = '1']: RegExpExecArray): readonly string[] | string {
  const [first, last, by] = [Number(from), Number(to), Number(step)];
  if (![first, last, by].every(Number.isFinite)) return 'Write from:to:step in numbers.';
  if (by <= 0) return 'The step must be above zero.';
  if (last < first) return 'It ends before it begins.';
  const count = Math.floor((last - first) / by + 1e-9) + 1;
  if (count > CELLS_MAX) return 'These are too many values.';
  // Multiples, not sums: the digits that binary fractions leave would pile up.
  return Array.from({ length: count }, (_, i) => String(Number((first + i * by).toPrecision(12))));
}

/** Where somebody may begin: around the default, in about eight steps. */
export function suggestedAxis(input: StrategyInput): AxisText {
  if (input.type === 'bool') return 'true,false';
  if (typeof input.default !== 'number') return input.options.join(',') || textOf(input.default);
  const whole = input.type === 'int';
  const around = Math.abs(input.default) || 1;
  const tidy = (value: number) => Number((whole ? Math.round(value) : value).toPrecision(3));
  const from = Math.max(input.min ?? Number.NEGATIVE_INFINITY, tidy(input.default - around / 2));
  const to = Math.min(input.max ?? Number.POSITIVE_INFINITY, tidy(input.default + around));
  const step = Math.max(whole ? 1 : (input.step ?? 0), tidy((to - from) / 8)) || 1;
  return `${from}:${to}:${step}`;
}

/** How many cells a grid has; null: one of the axes is wrong. */
export function cellCount(
  inputs: readonly StrategyInput[],
  axes: Readonly<Record<string, AxisText>>,
): number | null {
  let count = 1;
  for (const [name, text] of Object.entries(axes)) {
    const input = inputs.find((one) => one.name === name);
    const read = input ? axisValues(input, text) : { fault: '' };
    if ('fault' in read) return null;
    count *= read.values.length;
  }
  return Object.keys(axes).length === 0 ? null : count;
}
