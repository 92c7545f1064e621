// Just enough of the expression language that the dashboard can be shown at the fixture server: single calls, and one operator
// between them. The real language is the server's; what is refused on purpose is refused in its form.

import type { components } from '../src/lib/api/schema.ts';

type Contract = components['schemas'];

export type Bars = readonly (readonly [number, number, number, number, number, number])[];
type Column = (number | null)[];

interface Made {
  readonly title: string;
  readonly type: 'float' | 'bool';
  readonly overlay: boolean;
  readonly event: boolean;
  readonly values: Column;
}

type Fault = Contract['Diagnostic'];

const source: Contract['LanguageParameter'] = {
  name: 'source',
  title: 'Source',
  type: 'float',
  qualifier: 'series',
  default: null,
  default_series: 'close',
  min: null,
  max: null,
  options: [],
};
const length = (value: number, name = 'length', title = 'Length'): Contract['LanguageParameter'] => ({
  name,
  title,
  type: 'int',
  qualifier: 'simple',
  default: value,
  default_series: '',
  min: 1,
  max: 5000,
  options: [],
});

function row(
  name: string,
  group: string,
  title: string,
  parameters: Contract['LanguageParameter'][],
  outputs: string[],
  more: Partial<Contract['LanguageFunction']> = {},
): Contract['LanguageFunction'] {
  return {
    name,
    group,
    title,
    overload: 0,
    summary: `${title}, as the fixture has it.`,
    units: 'those of the source',
    lookback: 'length - 1',
    nan_rule: '',
    example: `${name}(close, 14)`,
    talib: name.split('.')[1]?.toUpperCase() ?? '',
    pine: name,
    source: '',
    overlay: false,
    event: false,
    seeded: false,
    variable: false,
    signature: `${name}(${parameters.map((one) => one.name).join(', ')}) → series float`,
    parameters,
    outputs: outputs.map((one) => ({ name: one, type: 'float' as const })),
    ...more,
  };
}

export const FIXTURE_LANGUAGE: Contract['LanguageTable'] = {
  functions: [
    row('ta.sma', 'Averages', 'Simple moving average', [source, length(14)], ['sma'], { overlay: true }),
    row('ta.ema', 'Averages', 'Exponential moving average', [source, length(14)], ['ema'], { overlay: true }),
    row('ta.rsi', 'Momentum', 'Relative strength index', [source, length(14)], ['rsi']),
    row(
      'ta.macd',
      'Momentum',
      'Moving average convergence/divergence',
      [source, length(12, 'fastlen', 'Fast'), length(26, 'slowlen', 'Slow'), length(9, 'siglen', 'Signal')],
      ['macd', 'signal', 'hist'],
    ),
    row(
      'ta.bb',
      'Volatility',
      'Bollinger bands',
      [source, length(20), { ...length(2, 'mult', 'Deviations'), type: 'float', min: 0.1, max: 50 }],
      ['middle', 'upper', 'lower'],
      { overlay: true },
    ),
    row(
      'ta.pivothigh',
      'Levels',
      'Pivot high',
      [length(5, 'leftbars', 'Left'), length(5, 'rightbars', 'Right')],
      ['pivot'],
      { overlay: true, event: true },
    ),
    row(
      'ta.highest',
      'Levels',
      'Highest value',
      [{ ...source, default_series: 'high' }, length(20)],
      ['highest'],
      { overlay: true },
    ),
    row('math.max', 'Arithmetic', 'The larger of two', [source, source], ['max']),
  ],
  keywords: ['and', 'or', 'not', 'if', 'input', 'request.security'],
  variables: ['open', 'high', 'low', 'close', 'volume', 'hl2', 'hlc3'].map((name) => ({
    name,
    type: 'float' as const,
    summary: `The bar’s ${name}.`,
  })),
  timeframes: ['1m', '3m', '5m', '15m', '30m', '1h', '2h', '4h', '6h', '8h', '12h', '1d', '1w'],
};

const FIELDS: Record<string, (bar: Bars[number]) => number> = {
  open: (bar) => bar[1],
  high: (bar) => bar[2],
  low: (bar) => bar[3],
  close: (bar) => bar[4],
  volume: (bar) => bar[5],
  hl2: (bar) => (bar[2] + bar[3]) / 2,
  hlc3: (bar) => (bar[2] + bar[3] + bar[4]) / 3,
  ...Object.fromEntries(
    ['engulfing', 'hammer', 'piercing', 'shooting_star', 'three_white_soldiers', 'three_black_crows'].map(
      (name) => [`pattern.${name}`, (bar: Bars[number]) => candlestick(name, bar)],
    ),
  ),
};

/** No candlestick that anybody has drawn: the body's size in thousandths says where one is. */
function candlestick(name: string, [, open, , , close]: Bars[number]): number {
  const body = Math.round((1000 * (close - open)) / open);
  return Math.abs(body) > 2 && Math.abs(body) % 10 === name.length % 10 ? Math.sign(body) * 100 : 0;
}

function windowed(column: Column, size: number, fold: (window: number[]) => number): Column {
  return column.map((_, index) => {
    const window = column.slice(Math.max(0, index - size + 1), index + 1);
    return window.length < size || window.includes(null) ? null : fold(window as number[]);
  });
}

const mean = (window: readonly number[]) => window.reduce((sum, one) => sum + one, 0) / window.length;

function ema(column: Column, size: number): Column {
  let last: number | null = null;
  return column.map((value) => {
    if (value === null) return null;
    last = last === null ? value : last + ((value - last) * 2) / (size + 1);
    return last;
  });
}

function rsi(column: Column, size: number): Column {
  const changes = column.map((value, index) =>
    index === 0 || value === null ? 0 : value - (column[index - 1] ?? value),
  );
  const gains = ema(
    changes.map((one) => Math.max(0, one)),
    2 * size - 1,
  );
  const losses = ema(
    changes.map((one) => Math.max(0, -one)),
    2 * size - 1,
  );
  return gains.map((gain, index) => {
    const loss = losses[index] ?? 0;
    return index < size || gain === null || gain + loss === 0 ? null : (100 * gain) / (gain + loss);
  });
}

const minus = (a: Column, b: Column): Column =>
  a.map((one, index) => (one === null || b[index] === null ? null : one - (b[index] ?? 0)));

function call(name: string, args: readonly string[], bars: Bars): Omit<Made, 'type' | 'event'>[] | null {
  const field = FIELDS[args[0] ?? 'close'];
  const column: Column = field ? bars.map(field) : (evaluateTerm(args[0] ?? '', bars)?.[0]?.values ?? []);
  const number = (index: number, other: number) => Number(args[index] ?? other);
  const one = (title: string, values: Column, overlay = false) => ({ title, values, overlay });
  switch (name) {
    case 'ta.sma':
      return [one('sma', windowed(column, number(1, 14), mean), true)];
    case 'ta.ema':
      return [one('ema', ema(column, number(1, 14)), true)];
    case 'ta.rsi':
      return [one('rsi', rsi(column, number(1, 14)))];
    case 'ta.highest':
      return [
        one(
          'highest',
          windowed(column, number(1, 20), (window) => Math.max(...window)),
          true,
        ),
      ];
    case 'ta.macd': {
      const line = minus(ema(column, number(1, 12)), ema(column, number(2, 26)));
      const signal = ema(line, number(3, 9));
      return [one('macd', line), one('signal', signal), one('hist', minus(line, signal))];
    }
    case 'ta.bb': {
      const middle = windowed(column, number(1, 20), mean);
      const off = windowed(
        column,
        number(1, 20),
        (window) => Math.sqrt(mean(window.map((x) => (x - mean(window)) ** 2))) * number(2, 2),
      );
      const shifted = (sign: number) =>
        middle.map((value, index) => (value === null ? null : value + sign * (off[index] ?? 0)));
      return [one('middle', middle, true), one('upper', shifted(1), true), one('lower', shifted(-1), true)];
    }
    case 'ta.pivothigh': {
      const high = bars.map((bar) => bar[2]);
      const [left, right] = [Number(args[0] ?? 5), Number(args[1] ?? 5)];
      const pivots = high.map((_, index) => {
        const window = high.slice(Math.max(0, index - left - right), index + 1);
        const middle = high[index - right];
        return window.length > left + right && middle === Math.max(...window) ? (middle ?? null) : null;
      });
      return [one('pivot', pivots, true)];
    }
    default:
      return null;
  }
}

function evaluateTerm(text: string, bars: Bars): Made[] | null {
  const trimmed = text.trim();
  const field = FIELDS[trimmed];
  const plain = { type: 'float' as const, event: false };
  if (field) return [{ ...plain, title: trimmed, overlay: trimmed !== 'volume', values: bars.map(field) }];
  if (/^[\d.]+$/.test(trimmed))
    return [{ ...plain, title: trimmed, overlay: false, values: bars.map(() => Number(trimmed)) }];
  const match = /^([\w.]+)\((.*)\)$/s.exec(trimmed);
  if (!match) return null;
  const made = call(match[1] ?? '', splitTop(match[2] ?? ''), bars);
  return made?.map((one) => ({ ...plain, ...one, event: match[1] === 'ta.pivothigh' })) ?? null;
}

function splitTop(text: string): string[] {
  let depth = 0;
  const parts = [''];
  for (const char of text) {
    if (char === '(') depth += 1;
    if (char === ')') depth -= 1;
    if (char === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += char;
  }
  return parts.map((one) => one.trim()).filter((one) => one !== '');
}

/** What a text gives over these bars; null where the fixture does not know it. */
export function evaluateText(text: string, bars: Bars): Made[] | null {
  const plotted = [...text.matchAll(/^plot\((.*), "(.*)"\)$/gm)];
  if (plotted.length > 0) return plotted.map((one) => condition(one[2] ?? '', one[1] ?? '', bars));
  const match = /^(.*?)\s([<>]|[-*/])\s(.*)$/s.exec(text.trim());
  if (!match || !balanced(match[1] ?? '')) return evaluateTerm(text, bars);
  const [left, right] = [evaluateTerm(match[1] ?? '', bars)?.[0], evaluateTerm(match[3] ?? '', bars)?.[0]];
  if (!left || !right) return null;
  const sign = match[2];
  const values = left.values.map((a, index) => {
    const b = right.values[index] ?? null;
    if (a === null || b === null) return sign === '<' || sign === '>' ? 0 : null;
    if (sign === '<') return Number(a < b);
    if (sign === '>') return Number(a > b);
    return sign === '-' ? a - b : sign === '*' ? a * b : a / b;
  });
  const bool = sign === '<' || sign === '>';
  return [{ title: text.trim(), type: bool ? 'bool' : 'float', overlay: false, event: false, values }];
}

/** A condition of a script that plots it by a name; one that the fixture does not know never holds. */
function condition(title: string, text: string, bars: Bars): Made {
  const known = evaluateText(text, bars)?.[0]?.values;
  return { title, type: 'bool', overlay: false, event: false, values: known ?? bars.map(() => 0) };
}

function balanced(text: string): boolean {
  return text.split('(').length === text.split(')').length;
}

/** The first thing that is wrong with a text; null: nothing. */
export function faultOf(text: string): Fault | null {
  const lines = text.split('\n');
  for (const [index, line_text] of lines.entries()) {
    for (const match of line_text.matchAll(/\bta\.\w+/g)) {
      const known = FIXTURE_LANGUAGE.functions;
      if (known.some((one) => one.name === match[0])) continue;
      const suggestions = known.map((one) => one.name).filter((one) => one.startsWith(match[0].slice(0, 5)));
      return {
        code: 'unknown_name',
        message: `There is no '${match[0]}'.`,
        line: index + 1,
        column: match.index + 1,
        length: match[0].length,
        line_text,
        suggestions,
        signature: '',
      };
    }
  }
  if (evaluateText(text, [[0, 1, 1, 1, 1, 1]])) return null;
  const line = lines.length;
  return {
    code: 'syntax',
    message: 'The fixture does not read this.',
    line,
    column: 1,
    length: Math.max(1, (lines.at(-1) ?? '').length),
    line_text: lines.at(-1) ?? '',
    suggestions: [],
    signature: '',
  };
}

/** The answer of POST /api/language/check. */
export function checkText(text: string): Contract['LanguageChecked'] {
  const fault = faultOf(text);
  if (fault) return { ok: false, errors: [fault] };
  const plots = (evaluateText(text, [[0, 1, 1, 1, 1, 1]]) ?? []).map(({ values: _, ...plot }) => ({
    ...plot,
    qualifier: 'series' as const,
    lookback: 13,
  }));
  return { ok: true, canonical: text.trim(), lookback: 13, plots, inputs: [], notes: [] };
}
