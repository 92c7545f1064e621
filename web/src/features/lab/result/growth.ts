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

/**
 * The equity on equal steps of time, as an axis of points needs it: at each step the last value until then and the deepest drawdown
 * since the step before. `closes` are prices over the same time, of which the capital in them is made; without any there is no such
 * curve.
 */
export function curvesOf(
  points: readonly EquityPoint[],
  closes: readonly { readonly time: UnixMs; readonly close: number }[],
  capital: number,
  firstOpen: number | null,
): Curves {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return { equity: [], drawdown: [], held: [] };
  const count = Math.min(SLOTS, points.length);
  const step = count > 1 ? (last.time - first.time) / (count - 1) : 0;
  const equity: { time: UnixMs; value: number }[] = [];
  const drawdown: { time: UnixMs; value: number }[] = [];
  const held: { time: UnixMs; value: number }[] = [];
  let [at, price] = [0, 0];
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
    while ((closes[price]?.time ?? Number.POSITIVE_INFINITY) <= time) price += 1;
    const close = closes[price - 1]?.close;
    if (close !== undefined && firstOpen) held.push({ time, value: (capital * close) / firstOpen });
  }
  return { equity, drawdown, held };
}

/** Candles that one request brings at most. */
const CANDLES_MAX = 4000;

/** The finest timeframe whose bars of the period are one request. */
export function coarseTimeframe(from: UnixMs, to: UnixMs, own: Timeframe): Timeframe {
  const fits = TIMEFRAMES.filter((one) => durationMs(one) >= durationMs(own));
  return fits.find((one) => (to - from) / durationMs(one) <= CANDLES_MAX) ?? '1w';
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
