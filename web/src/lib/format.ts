/** The tick size that stands for 'the exchange has not told'. */
const UNTOLD_TICK = '0.00000001';
const MINUS = '\u2212';

const formatters = new Map<string, Intl.NumberFormat>();

function formatter(key: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  let made = formatters.get(key);
  if (!made) {
    made = new Intl.NumberFormat('en-US', options);
    formatters.set(key, made);
  }
  return made;
}

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

/** A price with so many decimals; prices that stand together have the same. */
export function formatFixed(price: number, decimals: number): string {
  const shown = formatter(`fixed ${decimals}`, {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(Math.abs(price));
  return price < 0 ? `${MINUS}${shown}` : shown;
}

/** `87,610.05`, with the decimals of the tick. */
export function formatPrice(price: number, tickSize: string): string {
  return formatFixed(price, priceDecimals(tickSize, price));
}

/** A signed difference of two prices near `price`, with as many decimals as they have. What rounds to nothing has no sign. */
export function formatDifference(difference: number, tickSize: string, price: number): string {
  const shown = formatFixed(Math.abs(difference), priceDecimals(tickSize, price));
  if (!/[1-9]/.test(shown)) return shown;
  return `${difference < 0 ? MINUS : '+'}${shown}`;
}

/** A fraction as a signed percentage: 0.0124 is `+1.24%`. What rounds to nothing has no sign. */
export function formatChange(fraction: number): string {
  const shown = formatter('change', { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(
    Math.abs(fraction * 100),
  );
  if (Number(shown.replaceAll(',', '')) === 0) return '0.00%';
  return `${fraction < 0 ? MINUS : '+'}${shown}%`;
}

/** A quantity in few characters: `412.5`, `10.4K`, `3.21M`. */
export function formatVolume(volume: number): string {
  if (volume === 0) return '0';
  if (volume < 1) return formatter('small', { maximumSignificantDigits: 3 }).format(volume);
  return formatter('compact', { notation: 'compact', maximumSignificantDigits: 4 }).format(volume);
}

/** A share of one as whole per cent; never 100 before it is done, never 0 once it has begun. */
export function formatShare(share: number): string {
  if (share >= 1) return '100%';
  if (share <= 0) return '0%';
  return `${Math.min(99, Math.max(1, Math.round(share * 100)))}%`;
}

export function formatCount(count: number): string {
  return formatter('count', { maximumFractionDigits: 0 }).format(count);
}

/** Up, down or neither: what colour and arrow a change gets. It follows what is shown, so `0.00%` is flat. */
export function direction(fraction: number | null): 'up' | 'down' | 'flat' {
  if (fraction === null) return 'flat';
  const shown = formatChange(fraction);
  if (shown.startsWith('+')) return 'up';
  return shown.startsWith(MINUS) ? 'down' : 'flat';
}
