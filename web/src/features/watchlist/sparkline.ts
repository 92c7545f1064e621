/** The smallest part of its height that a line's prices must fill; a flat market is drawn flat, not as noise. */
const LEAST_RANGE = 0.0005;

/**
 * An SVG path through `values`, left to right over `width`, highest at the top with one pixel of air. Empty for fewer
 * than two values.
 */
export function sparklinePath(values: readonly number[], width: number, height: number): string {
  if (values.length < 2) return '';
  const low = Math.min(...values);
  const high = Math.max(...values);
  const middle = (low + high) / 2;
  const range = Math.max(high - low, Math.abs(middle) * LEAST_RANGE, Number.MIN_VALUE);
  const step = width / (values.length - 1);
  return values
    .map((value, index) => {
      const y = 1 + ((middle + range / 2 - value) / range) * (height - 2);
      return `${index === 0 ? 'M' : 'L'}${(index * step).toFixed(1)} ${y.toFixed(1)}`;
    })
    .join('');
}
