import type { NumberFormat } from '@/lib/api/account-schemas';

/** The tick size that stands for 'the exchange has not told'. */
const UNTOLD_TICK = '0.00000001';
const MINUS = '\u2212';

/**
 * How many decimals a price is shown with: those of the tick. An untold tick (1e-8) would give eight to every price, so
 * there it is six significant digits, at least two decimals.
 */
export function priceDecimals(tickSize: string, price: number): number {
  if (tickSize === UNTOLD_TICK) {
    const magnitude = price > 0 ? Math.ceil(Math.log10(price)) : 0;
    return Math.min(8, Math.max(2, 6 - magnitude));
  }
  const fraction = tickSize.split('.')[1] ?? '';
  return fraction.replace(/0+$/, '').length;
}

/** A share of one as whole per cent; never 100 before it is done, never 0 once it has begun. */
export function formatShare(share: number): string {
  if (share >= 1) return '100%';
  if (share <= 0) return '0%';
  return `${Math.min(99, Math.max(1, Math.round(share * 100)))}%`;
}

/** Up, down or neither: what colour and arrow a change gets. It follows what is shown, so `0.00%` is flat. */
export function direction(fraction: number | null): 'up' | 'down' | 'flat' {
  if (fraction === null || Number(Math.abs(fraction * 100).toFixed(2)) === 0) return 'flat';
  return fraction > 0 ? 'up' : 'down';
}

/** Numbers as a person wants to read them. */
export interface Numbers {
  /** A price with so many decimals; prices that stand together have the same. What rounds to nothing has no sign. */
  readonly formatFixed: (price: number, decimals: number) => string;
  /** `87,610.05`, with the decimals of the tick. */
  readonly formatPrice: (price: number, tickSize: string) => string;
  /** A signed difference of two prices near `price`, with as many decimals as they have. What rounds to nothing has no sign. */
  readonly formatDifference: (difference: number, tickSize: string, price: number) => string;
  /** A fraction as a signed percentage: 0.0124 is `+1.24%`. What rounds to nothing has no sign. */
  readonly formatChange: (fraction: number) => string;
  /** A quantity in few characters: `412.5`, `10.4K`, `3.21M`. */
  readonly formatVolume: (volume: number) => string;
  readonly formatCount: (count: number) => string;
  /** A number of any size, as an indicator has it: `61.24`, `0.004812`, `1.204M`, `1e300`. */
  readonly formatReading: (value: number) => string;
  /** A number on a scale of prices: with their decimals, or as a reading where these would hide it or be endless. */
  readonly formatOnScale: (value: number, decimals: number) => string;
}

/** Beyond these a number is written with an exponent. */
const READING_LEAST = 1e-5;
const READING_MOST = 1e15;
/** A price of more is none that anybody reads digit by digit. */
const PRICE_MOST = 1e12;

interface Marks {
  /** How the browser groups digits; the marks are put in afterwards. */
  readonly locale: string | undefined;
  readonly group: string;
  readonly decimal: string;
}

const MARKS: Record<Exclude<NumberFormat, 'auto'>, Marks> = {
  '1,234.56': { locale: 'en-US', group: ',', decimal: '.' },
  '1.234,56': { locale: 'en-US', group: '.', decimal: ',' },
  // A narrow space that no line breaks at.
  '1 234,56': { locale: 'en-US', group: '\u202f', decimal: ',' },
  "1'234.56": { locale: 'en-US', group: '\u2019', decimal: '.' },
};

/** The marks of the device, or of a locale that a test names. */
function deviceMarks(locale: string | undefined): Marks {
  const parts = new Intl.NumberFormat(locale, { numberingSystem: 'latn' }).formatToParts(1_234_567.5);
  const mark = (type: string) => parts.find((part) => part.type === type)?.value;
  return { locale, group: mark('group') ?? '', decimal: mark('decimal') ?? '.' };
}

/** The steps of an axis end near zero, seldom at it: what is a rounding error is shown as zero. */
export function axisStep(value: number): number {
  return Math.abs(value) < 1e-12 ? 0 : value;
}

/** `deviceLocale` is what `auto` means; without it the browser's own. */
export function makeNumbers(format: NumberFormat, deviceLocale?: string): Numbers {
  const marks = format === 'auto' ? deviceMarks(deviceLocale) : MARKS[format];
  const made = new Map<string, Intl.NumberFormat>();

  const write = (
    key: string,
    locale: string | undefined,
    options: Intl.NumberFormatOptions,
    value: number,
  ) => {
    let formatter = made.get(key);
    if (!formatter) {
      formatter = new Intl.NumberFormat(locale, { ...options, numberingSystem: 'latn' });
      made.set(key, formatter);
    }
    return formatter
      .formatToParts(value)
      .map(({ type, value: text }) =>
        type === 'group' ? marks.group : type === 'decimal' ? marks.decimal : text,
      )
      .join('');
  };

  const unsigned = (value: number, decimals: number) =>
    write(
      `fixed ${decimals}`,
      marks.locale,
      { minimumFractionDigits: decimals, maximumFractionDigits: decimals },
      Math.abs(value),
    );
  const signed = (value: number, text: string) =>
    /[1-9]/.test(text) ? `${value < 0 ? MINUS : '+'}${text}` : text;

  const formatFixed = (price: number, decimals: number) => {
    const text = unsigned(price, decimals);
    return price < 0 && /[1-9]/.test(text) ? `${MINUS}${text}` : text;
  };
  const formatExponent = (value: number): string => {
    const [digits = '', exponent = ''] = Math.abs(value).toExponential(3).split('e');
    const short = digits.replace(/\.?0+$/, '').replace('.', marks.decimal);
    return `${value < 0 ? MINUS : ''}${short}e${exponent.replace('+', '').replace('-', MINUS)}`;
  };
  const formatReading = (value: number): string => {
    const size = Math.abs(value);
    if (size >= READING_MOST || (size > 0 && size < READING_LEAST)) return formatExponent(value);
    if (size >= 1e6) {
      const text = write('compact', 'en-US', { notation: 'compact', maximumSignificantDigits: 4 }, size);
      return `${value < 0 ? MINUS : ''}${text}`;
    }
    return formatFixed(value, size >= 1 || size === 0 ? 2 : 3 - Math.floor(Math.log10(size)));
  };
  return {
    formatFixed,
    formatPrice: (price, tickSize) => formatFixed(price, priceDecimals(tickSize, price)),
    formatDifference: (difference, tickSize, price) =>
      signed(difference, unsigned(difference, priceDecimals(tickSize, price))),
    formatChange: (fraction) => `${signed(fraction, unsigned(fraction * 100, 2))}%`,
    formatVolume: (volume) => {
      if (volume === 0) return '0';
      if (volume < 1) return write('small', 'en-US', { maximumSignificantDigits: 3 }, volume);
      // K, M and B are the trade's own, in whatever language.
      return write('compact', 'en-US', { notation: 'compact', maximumSignificantDigits: 4 }, volume);
    },
    formatReading,
    formatOnScale: (value, decimals) => {
      const size = Math.abs(value);
      const fits = size === 0 || (size >= 10 ** -decimals && size < PRICE_MOST);
      return fits ? formatFixed(value, decimals) : formatReading(value);
    },
    formatCount: (count) => write('count', marks.locale, { maximumFractionDigits: 0 }, count),
  };
}
