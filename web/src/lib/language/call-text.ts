import type { LanguageFunction, Parameter, Setting } from '@/lib/language/types';

/** What a form holds of a call: of a series its expression, of a setting its value as typed. */
export type CallValues = Readonly<Record<string, string>>;

export const BAR_SERIES = [
  'close',
  'open',
  'high',
  'low',
  'hl2',
  'hlc3',
  'ohlc4',
  'hlcc4',
  'volume',
] as const;

/** How a function begins whose first bars Pine and TA-Lib count differently; the table tells it by `seeded`. */
const SEED: Parameter = {
  name: 'seed',
  title: 'First bars as in',
  type: 'string',
  qualifier: 'simple',
  default: 'talib',
  default_series: null,
  min: null,
  max: null,
  options: ['talib', 'pine'],
};

/** What a form asks for: the parameters and, where it makes a difference, the seed. */
export function formParameters({ parameters, seeded }: LanguageFunction): readonly Parameter[] {
  return seeded ? [...parameters, SEED] : parameters;
}

function isSeries(parameter: Parameter): boolean {
  return parameter.qualifier === 'series';
}

/** Whether a call may go without it. */
export function isOptional(parameter: Parameter): boolean {
  return isSeries(parameter) ? parameter.default_series !== null : parameter.default !== null;
}

/** What a form begins with. */
export function defaultValues(row: LanguageFunction): CallValues {
  return Object.fromEntries(
    formParameters(row).map((one) => [
      one.name,
      isSeries(one)
        ? (one.default_series ?? 'close')
        : writeSetting(one.default ?? one.options[0] ?? (one.type === 'bool' ? false : '')),
    ]),
  );
}

function writeSetting(value: Setting): string {
  return String(value);
}

/** The text of a call, such as `ta.ema(close, 12)`. */
export function writeCall(row: LanguageFunction, values: CallValues): string {
  const seed = row.seeded && values[SEED.name] === 'pine' ? ['seed = "pine"'] : [];
  if (row.parameters.length + seed.length === 0) return row.variable ? row.name : `${row.name}()`;
  const written = row.parameters.map((one) => {
    const value = (values[one.name] ?? '').trim();
    return !isSeries(one) && one.type === 'string' ? `"${value}"` : value;
  });
  return `${row.name}(${[...written, ...seed].join(', ')})`;
}

/** What is wrong with what was typed for a parameter, by the range of the table. */
export function settingFault(parameter: Parameter, text: string): string | undefined {
  const value = text.trim();
  if (value === '' && parameter.default !== '')
    return isSeries(parameter) ? 'Name a series.' : 'Enter a value.';
  if (isSeries(parameter) || parameter.type === 'bool' || parameter.type === 'string') return undefined;
  const number = Number(value);
  if (!Number.isFinite(number)) return `“${value}” is no number.`;
  if (parameter.type === 'int' && !Number.isInteger(number)) return 'Use a whole number.';
  const { min, max } = parameter;
  if (min !== null && number < min) return `At least ${min}${max === null ? '' : `, at most ${max}`}.`;
  if (max !== null && number > max) return `At most ${max}${min === null ? '' : `, at least ${min}`}.`;
  return undefined;
}

/** Splits at the commas that stand in no bracket and no string. Null where brackets or quotes do not close. */
function splitArguments(text: string): readonly string[] | null {
  const parts: string[] = [];
  let depth = 0;
  let quote = '';
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (quote !== '') quote = char === quote ? '' : quote;
    else if (char === '"' || char === "'") quote = char;
    else if (char === '(' || char === '[') depth += 1;
    else if (char === ')' || char === ']') depth -= 1;
    else if (char === ',' && depth === 0) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
    if (depth < 0) return null;
  }
  if (depth !== 0 || quote !== '') return null;
  const last = text.slice(start);
  return parts.length === 0 && last.trim() === '' ? [] : [...parts, last];
}

/** A literal as a form shows it; null where the text is no literal of this type. */
function readLiteral(parameter: Parameter, text: string): string | null {
  switch (parameter.type) {
    case 'bool':
      return text === 'true' || text === 'false' ? text : null;
    case 'string': {
      const match = /^(["'])(.*)\1$/.exec(text);
      const value = match?.[2];
      const { options } = parameter;
      const fits = options.length === 0 || value === parameter.default || options.includes(value ?? '');
      return value !== undefined && fits ? value : null;
    }
    default:
      return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? text : null;
  }
}

function readArguments(row: LanguageFunction, args: readonly string[]): CallValues | null {
  const parameters = formParameters(row);
  if (args.length > parameters.length) return null;
  const values: Record<string, string> = { ...defaultValues(row) };
  const given = new Set<string>();
  let named = false;
  for (const [index, arg] of args.entries()) {
    const match = /^\s*(\w+)\s*=(?!=)\s*([\s\S]*)$/.exec(arg);
    // Once named, all that follow are.
    if (named && !match) return null;
    named = match !== null;
    // The seed has a name and no place.
    const parameter = match ? parameters.find((one) => one.name === match[1]) : row.parameters[index];
    const text = (match?.[2] ?? arg).trim();
    if (!parameter || given.has(parameter.name)) return null;
    const value = isSeries(parameter) ? text : readLiteral(parameter, text);
    if (value === null || (value === '' && parameter.default !== '')) return null;
    values[parameter.name] = value;
    given.add(parameter.name);
  }
  return row.parameters.every((one) => given.has(one.name) || isOptional(one)) ? values : null;
}

/**
 * Reads a text that is one call of a function of the table with plain settings, so that a form can change it. Null: it is
 * anything else, for the editor.
 */
export function readCall(
  text: string,
  functions: readonly LanguageFunction[],
): { readonly row: LanguageFunction; readonly values: CallValues } | null {
  const match = /^\s*([A-Za-z_][\w.]*)\s*(?:\(([\s\S]*)\))?\s*$/.exec(text);
  if (!match) return null;
  const [, name, inside] = match;
  const args = inside === undefined ? [] : splitArguments(inside);
  if (!args) return null;
  for (const row of functions) {
    if (row.name !== name || (inside === undefined && !row.variable)) continue;
    const values = readArguments(row, args);
    if (values) return { row, values };
  }
  return null;
}
