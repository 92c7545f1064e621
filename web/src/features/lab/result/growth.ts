import type { EquityPoint } from '@/lib/lab/run-schemas';
import { type UnixMs, unixMs } from '@/lib/time';
import { durationMs, TIMEFRAMES, type Timeframe } from '@/lib/timeframe';

/** Points that a curve is drawn of. */
const SLOTS = 1000;

export interface Curves {
  readonly equity: readonly { readonly time: UnixMs; readonly value: number }[];
  readonly drawdown: readonly { readonly time: UnixMs; readonly value: number }[];
  readonly held: readonly { readonly time: UnixMs; readonly value: number }[];
}

/** What money that is held has grown to at a time: 1 is all of it. */
export interface Held {
  readonly time: UnixMs;
  readonly growth: number;
}

/** A market of a run: the close that it is bought at, the first of the run's own bars, and its closes since. */
export interface MarketCloses {
  readonly first: number;
  readonly bars: readonly { readonly time: UnixMs; readonly close: number }[];
}

/**
 * Equal money in each of several markets from its first close on, as the figure `buy_and_hold_return` has it. Until then its share
 * is kept as money, for it stands on no price.
 */
export function basketOf(markets: readonly MarketCloses[]): readonly Held[] {
  const times = [...new Set(markets.flatMap(({ bars }) => bars.map((one) => one.time)))].sort(
    (a, b) => a - b,
  );
  const next = markets.map(() => 0);
  return times.map((time) => {
    let sum = 0;
    markets.forEach(({ first, bars }, i) => {
      let at = next[i] ?? 0;
      while ((bars[at]?.time ?? Number.POSITIVE_INFINITY) <= time) at += 1;
      next[i] = at;
      const last = bars[at - 1];
      sum += last && first > 0 ? last.close / first : 1;
    });
    return { time, growth: sum / markets.length };
  });
}

/** The same, ending with the run at what its figure says: bars that are drawn may be longer than its own, and end elsewhere. */
export function endingAt(
  held: readonly Held[],
  time: UnixMs,
  total: number | null | undefined,
): readonly Held[] {
  if (total === null || total === undefined || held.length === 0) return held;
  return [...held.filter((one) => one.time < time), { time, growth: 1 + total }];
}

/**
 * The equity on equal steps of time, as an axis of points needs it: at each step the last value until then and the deepest drawdown
 * since the step before. `market` is what holding came to over the same time; without any there is no such curve.
 */
export function curvesOf(points: readonly EquityPoint[], market: readonly Held[], capital: number): Curves {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return { equity: [], drawdown: [], held: [] };
  const count = Math.min(SLOTS, points.length);
  const step = count > 1 ? (last.time - first.time) / (count - 1) : 0;
  const equity: { time: UnixMs; value: number }[] = [];
  const drawdown: { time: UnixMs; value: number }[] = [];
  const held: { time: UnixMs; value: number }[] = [];
  let [at, known] = [0, 0];
  for (let slot = 0; slot < count; slot++) {
    // The last one exactly: rounding must not leave it out.
    const time =
      slot === count - 1 ? last.time : unixMs(Math.round((first.time + slot * step) / 1000) * 1000);
    let deepest = 0;
    for (let point = points[at]; point && point.time <= time; point = points[++at])
      deepest = Math.max(deepest, point.drawdown);
    const until = points[Math.max(0, at - 1)] ?? first;
    equity.push({ time, value: until.equity });
    drawdown.push({ time, value: -Math.max(deepest, until.drawdown) });
    while ((market[known]?.time ?? Number.POSITIVE_INFINITY) <= time) known += 1;
    const growth = market[known - 1]?.growth;
    if (growth !== undefined) held.push({ time, value: capital * growth });
  }
  return { equity, drawdown, held };
}

/** The finest timeframe of which no more than `most` bars are in the period. */
export function coarseTimeframe(from: UnixMs, to: UnixMs, own: Timeframe, most: number): Timeframe {
  const fits = TIMEFRAMES.filter((one) => durationMs(one) >= durationMs(own));
  return fits.find((one) => (to - from) / durationMs(one) <= most) ?? '1w';
}

/** A curve of a comparison, each over times of its own. */
export interface Stretch {
  readonly points: readonly { readonly time: UnixMs; readonly value: number }[];
}

/** Points that each of several curves is drawn of. */
const SHARED_SLOTS = 700;

/**
 * Curves of different times put on equal steps of one time: an axis of points would else be wide where bars are short. Before its
 * begin and after its end a curve has no points.
 */
export function onSharedSteps(curves: readonly Stretch[]): readonly Stretch[] {
  const times = curves
    .flatMap(({ points }) => [points[0]?.time, points.at(-1)?.time])
    .filter((one) => one !== undefined);
  const most = Math.max(...curves.map(({ points }) => points.length));
  if (times.length === 0 || most < 2) return curves;
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const count = Math.min(SHARED_SLOTS, Math.max(most, 2));
  // Whole seconds, as the chart counts them.
  const step = Math.max(1000, Math.ceil((last - first) / (count - 1) / 1000) * 1000);
  return curves.map(({ points }) => {
    const [begin, end] = [points[0]?.time, points.at(-1)?.time];
    const placed: { time: UnixMs; value: number }[] = [];
    if (begin === undefined || end === undefined) return { points: placed };
    let at = 0;
    for (let slot = Math.ceil((begin - first) / step); first + slot * step < end + step; slot++) {
      const time = unixMs(first + slot * step);
      while ((points[at]?.time ?? Number.POSITIVE_INFINITY) <= time) at += 1;
      const value = points[at - 1]?.value;
      if (value !== undefined) placed.push({ time, value });
    }
    return { points: placed };
  });
}
