import { niceStep, quantile } from './scale';

export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly n: number;
}

const BINS = 28;
const BINS_MAX = 60;

/**
 * Counts values by steps of a round width, with zero at an edge, so that no bin holds both gains and losses. What lies far outside is
 * counted to the outermost bins, which then are open: `from` or `to` is infinite.
 */
export function histogram(values: readonly number[]): readonly Bin[] {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  const [least, most] = [sorted[0], sorted.at(-1)];
  if (least === undefined || most === undefined) return [];
  // A single trade of ten times the others would press these into one bin.
  const [low, high] = [quantile(sorted, 0.01), quantile(sorted, 0.99)];
  const step = niceStep(Math.max(high - low, Math.abs(high) / 10, 1e-9), BINS);
  const first = Math.floor(low / step + 1e-9);
  const count = Math.min(BINS_MAX, Math.max(1, Math.floor(high / step + 1e-9) - first + 1));
  const counts = new Array<number>(count).fill(0);
  for (const value of sorted) {
    const bin = Math.min(count - 1, Math.max(0, Math.floor(value / step + 1e-9) - first));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts.map((n, i) => ({
    from: i === 0 && least < first * step - 1e-9 ? Number.NEGATIVE_INFINITY : (first + i) * step,
    to:
      i === count - 1 && most >= (first + count) * step + 1e-9
        ? Number.POSITIVE_INFINITY
        : (first + i + 1) * step,
    n,
  }));
}

/** The width of a bin that has one. */
export function binWidth(bins: readonly Bin[]): number {
  return bins.map(({ from, to }) => to - from).find(Number.isFinite) ?? 1;
}
