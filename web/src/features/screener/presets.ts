import type { Sort } from './screen-address';

export interface Preset {
  readonly name: string;
  readonly expressions: readonly string[];
  readonly sort: Sort | null;
}

/** By a column of numbers; conditions have none. */
const by = (column: number, falling: boolean): Sort => ({ by: column, falling });

/** Things that are looked for daily. Conditions first, then what one wants to see of those that are found. */
export const PRESETS: readonly [Preset, ...Preset[]] = [
  {
    name: 'RSI below 30',
    expressions: ['ta.rsi(close, 14) < 30', 'ta.rsi(close, 14)'],
    sort: by(0, false),
  },
  {
    name: 'RSI above 70',
    expressions: ['ta.rsi(close, 14) > 70', 'ta.rsi(close, 14)'],
    sort: by(0, true),
  },
  {
    name: 'EMA 12 crosses above EMA 26',
    expressions: [
      'ta.crossover(ta.ema(close, 12), ta.ema(close, 26))',
      'ta.ema(close, 12) / ta.ema(close, 26) - 1',
    ],
    sort: by(0, true),
  },
  {
    name: 'EMA 12 crosses below EMA 26',
    expressions: [
      'ta.crossunder(ta.ema(close, 12), ta.ema(close, 26))',
      'ta.ema(close, 12) / ta.ema(close, 26) - 1',
    ],
    sort: by(0, false),
  },
  {
    name: 'Volume over twice its mean',
    expressions: ['volume > 2 * ta.sma(volume, 20)', 'volume / ta.sma(volume, 20)'],
    sort: by(0, true),
  },
  {
    name: 'Near the 20-bar high',
    expressions: ['close >= 0.99 * ta.highest(high, 20)', 'close / ta.highest(high, 20)'],
    sort: by(0, true),
  },
  {
    name: 'Near the 20-bar low',
    expressions: ['close <= 1.01 * ta.lowest(low, 20)', 'close / ta.lowest(low, 20)'],
    sort: by(0, false),
  },
  {
    name: 'Above the 200-bar mean',
    expressions: ['close > ta.sma(close, 200)', 'close / ta.sma(close, 200) - 1'],
    sort: by(0, true),
  },
  {
    name: 'Squeeze: Bollinger inside Keltner',
    // The widths cannot be compared: one is in per cent, the other a share.
    expressions: ['[on, momentum] = pattern.squeeze(20, 2, 1.5)\non', 'ta.bbw(close, 20, 2)'],
    sort: by(0, false),
  },
  {
    name: 'Largest moves of 24 bars, in per cent',
    expressions: ['ta.roc(close, 24)', 'volume / ta.sma(volume, 20)'],
    sort: by(0, true),
  },
];
