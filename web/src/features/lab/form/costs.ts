/** The commissions, slippages and fundings that a form offers, and how the API writes them. */

export interface CostChoice {
  readonly kind: string;
  readonly label: string;
  /** What its number is; null: it has none. */
  readonly unit: string | null;
  readonly first: string;
  readonly about: string;
}

export const COMMISSIONS: readonly CostChoice[] = [
  {
    kind: 'bps',
    label: 'Basis points',
    unit: 'bps',
    first: '10',
    about: 'Of the value of each fill: 10 bps are 0.1 %.',
  },
  {
    kind: 'binance',
    label: 'Binance spot',
    unit: null,
    first: '',
    about: '0.10 % for makers and takers, the ordinary level.',
  },
  {
    kind: 'coinbase',
    label: 'Coinbase spot',
    unit: null,
    first: '',
    about: 'Makers 0.40 %, takers 0.60 %, less with the volume of 30 days.',
  },
  {
    kind: 'kraken',
    label: 'Kraken spot',
    unit: null,
    first: '',
    about: 'Makers 0.25 %, takers 0.40 %, less with the volume of 30 days.',
  },
  {
    kind: 'percent',
    label: 'Maker / taker',
    unit: '%',
    first: '0.08/0.1',
    about: 'Percent of each fill: resting orders / all others.',
  },
  {
    kind: 'fixed',
    label: 'Fixed',
    unit: 'per fill',
    first: '1',
    about: 'So much of the quote currency for each fill.',
  },
  { kind: 'none', label: 'None', unit: null, first: '', about: 'Nothing is paid. No market is like that.' },
];

export const SLIPPAGES: readonly CostChoice[] = [
  { kind: 'none', label: 'None', unit: null, first: '', about: 'Fills at the price of the chart.' },
  {
    kind: 'fixed_bps',
    label: 'Basis points',
    unit: 'bps',
    first: '5',
    about: 'So much worse than the chart, always.',
  },
  {
    kind: 'spread',
    label: 'Half the spread',
    unit: 'bps',
    first: '4',
    about: 'The width of the spread; a taker pays half of it.',
  },
  {
    kind: 'volatility',
    label: 'Share of the range',
    unit: '× ATR',
    first: '0.1',
    about: 'So many mean true ranges of the bars before.',
  },
  {
    kind: 'volume_share',
    label: 'Impact by volume',
    unit: '×',
    first: '1',
    about: 'Grows with the root of the order’s share of its bar’s volume.',
  },
];

export const FUNDINGS: readonly CostChoice[] = [
  { kind: 'none', label: 'None', unit: null, first: '', about: 'Holding is free, shorts too.' },
  {
    kind: 'perpetual',
    label: 'Perpetual swap',
    unit: '% per 8 h',
    first: '0.01',
    about: 'At 00:00, 08:00 and 16:00 UTC: longs pay it and shorts get it; below zero the other way.',
  },
  {
    kind: 'borrow',
    label: 'Borrowed coins',
    unit: '% a year',
    first: '7.5',
    about: 'Shorts pay it, at the same hours.',
  },
];

/** A kind and its number as typed. */
export interface Cost {
  readonly kind: string;
  readonly value: string;
}

export function costChoice(choices: readonly CostChoice[], kind: string): CostChoice | undefined {
  return choices.find((one) => one.kind === kind);
}

/** `bps:10`, `binance`. A kind that is not offered stands as it is. */
export function costText(choices: readonly CostChoice[], { kind, value }: Cost): string {
  const choice = costChoice(choices, kind);
  return choice?.unit === null || value.trim() === '' ? kind : `${kind}:${value.trim()}`;
}

export function readCost(choices: readonly CostChoice[], text: string): Cost {
  const [kind = '', ...rest] = text.split(':');
  const value = rest.join(':');
  return { kind, value: value || (costChoice(choices, kind)?.first ?? '') };
}

/** In words: `10 bps`, `Binance spot`. */
export function costWords(choices: readonly CostChoice[], text: string): string {
  const { kind, value } = readCost(choices, text);
  const choice = costChoice(choices, kind);
  if (!choice) return text;
  if (choice.unit === null) return choice.label;
  return choice.unit === 'bps' && choice.kind !== 'spread'
    ? `${value} bps`
    : `${choice.label}, ${value} ${choice.unit}`;
}
