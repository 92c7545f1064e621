import type { LanguageFunction, LanguageTable, Parameter } from '@/lib/language/types';

/* A small table of functions, for tests. */

export function series(name = 'source', standing: string | null = null): Parameter {
  return {
    name,
    title: 'Source',
    type: 'float',
    qualifier: 'series',
    default: null,
    default_series: standing,
    min: null,
    max: null,
    options: [],
  };
}

export function whole(name: string, value: number | null, title = 'Length'): Parameter {
  return { ...series(name), title, type: 'int', qualifier: 'simple', default: value, min: 1, max: 5000 };
}

export function row(
  name: string,
  title: string,
  parameters: readonly Parameter[],
  more: Partial<LanguageFunction> = {},
): LanguageFunction {
  return {
    name,
    group: 'Averages',
    title,
    overload: 0,
    summary: `${title}: what it means.`,
    units: 'those of the source',
    lookback: 'length - 1',
    nan_rule: '',
    example: `${name}(close, 14)`,
    talib: null,
    pine: name,
    overlay: false,
    event: false,
    seeded: false,
    variable: false,
    signature: `${name}(${parameters.map((one) => one.name).join(', ')})`,
    parameters: [...parameters],
    outputs: [{ name: 'value', type: 'float' }],
    ...more,
  };
}

export const EMA = row('ta.ema', 'Exponential moving average', [series(), whole('length', 14)], {
  talib: 'EMA',
  overlay: true,
});
export const RSI = row(
  'ta.rsi',
  'Relative strength index',
  [series('source', 'close'), whole('length', 14)],
  {
    group: 'Momentum',
    talib: 'RSI, on a flat series differently',
    seeded: true,
  },
);
export const MACD = row(
  'ta.macd',
  'Moving average convergence/divergence',
  [series(), whole('fastlen', 12, 'Fast'), whole('slowlen', 26, 'Slow'), whole('siglen', 9, 'Signal')],
  {
    group: 'Momentum',
    talib: 'MACD',
    outputs: [
      { name: 'macd', type: 'float' },
      { name: 'signal', type: 'float' },
      { name: 'hist', type: 'float' },
    ],
  },
);
export const VWAP = row(
  'ta.vwap',
  'Volume-weighted average price',
  [
    series('source', 'hlc3'),
    {
      ...series('anchor'),
      title: 'Anchor',
      type: 'string',
      qualifier: 'simple',
      default: 'session',
      options: ['session', 'week'],
    },
    { ...series('bands'), title: 'Bands', type: 'bool', qualifier: 'simple', default: false },
  ],
  { group: 'Volume', overlay: true },
);
export const OBV = row('ta.obv', 'On-balance volume', [], { group: 'Volume', talib: 'OBV', variable: true });
export const HIGHEST_SHORT = row('ta.highest', 'Highest value', [whole('length', 14)], {
  group: 'Levels',
  overlay: true,
});
export const HIGHEST = row('ta.highest', 'Highest value', [series(), whole('length', 14)], {
  group: 'Levels',
  overlay: true,
  overload: 1,
});

export const TABLE: LanguageTable = {
  functions: [
    EMA,
    RSI,
    MACD,
    VWAP,
    OBV,
    HIGHEST_SHORT,
    HIGHEST,
    row('math.max', 'Larger of two', [series('a'), series('b')], { group: 'Arithmetic' }),
  ],
  keywords: ['and', 'or', 'not', 'request.security'],
  variables: [
    { name: 'close', type: 'float', summary: 'The price that the bar closed at.' },
    { name: 'volume', type: 'float', summary: 'In base units.' },
  ],
  timeframes: ['1m', '1h', '4h', '1d'],
};

/** The table as the server writes it. */
export const TABLE_REPLY = {
  ...TABLE,
  functions: TABLE.functions.map((one) => ({
    ...one,
    talib: one.talib ?? '',
    pine: one.pine ?? '',
    source: '',
    parameters: one.parameters.map((each) => ({ ...each, default_series: each.default_series ?? '' })),
  })),
};
