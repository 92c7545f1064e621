/** The size of a plot, in the units of its drawing. */
export const WIDTH = 480;
export const HEIGHT = 230;
export const ROOM = { left: 54, right: 14, top: 10, bottom: 38 } as const;

/** A step of 1, 2, 2.5 or 5 times a power of ten, so that about `count` of them fill the span. */
export function niceStep(span: number, count: number): number {
  if (!(span > 0)) return 1;
  const rough = span / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const times = [1, 2, 2.5, 5, 10].find((one) => one * power >= rough * (1 - 1e-9)) ?? 10;
  return times * power;
}

/** Round numbers in [from, to]. */
export function ticksOf(from: number, to: number, count: number): readonly number[] {
  const step = niceStep(to - from, count);
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  // Multiples, not sums: 0.1 + 0.2 is no tick.
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  );
}

/** Where a value lies on an axis. */
export interface Scale {
  readonly from: number;
  readonly to: number;
  readonly at: (value: number) => number;
}

export function scaleOf(from: number, to: number, begin: number, end: number): Scale {
  const span = to - from || 1;
  return { from, to, at: (value) => begin + ((value - from) / span) * (end - begin) };
}

export const acrossOf = (from: number, to: number) => scaleOf(from, to, ROOM.left, WIDTH - ROOM.right);
export const upOf = (from: number, to: number) => scaleOf(from, to, HEIGHT - ROOM.bottom, ROOM.top);

/** The least and the most of the values, with some air; of nothing, or of one value, something around it. */
export function spanOf(values: readonly number[], air = 0.06): readonly [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  const wide = high - low || Math.abs(high) || 1;
  return [low - wide * air, high + wide * air];
}

/** The `share` quantile of sorted values, linear between them. */
export function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const low = sorted[Math.floor(place)] ?? 0;
  const high = sorted[Math.ceil(place)] ?? low;
  return low + (high - low) * (place - Math.floor(place));
}
