import type { HistogramData, LineData, SeriesMarker, UTCTimestamp } from 'lightweight-charts';
import type { Plot } from '@/lib/language/types';
import type { ChartIndicator } from '@/lib/layouts/chart-layout';
import type { UnixMs } from '@/lib/time';
import type { CandleSeries } from './candle-series';
import { chartTime } from './chart-points';
import { firstAtOrAfter, type IndicatorValues } from './indicator-values';

/**
 * How a plot is drawn: a line; columns from zero; a dot where there is a value; marks at the candles, of a condition where it
 * holds and of a signed event above or below; not at all.
 */
export type Shape = 'line' | 'histogram' | 'dots' | 'marks' | 'none';

export function shapeOf(plot: Plot, pane: ChartIndicator['pane'], plots: readonly Plot[] = [plot]): Shape {
  if (plot.type === 'bool') return 'marks';
  if (plot.type === 'string') return 'none';
  // A direction or a count beside prices is read in the legend: on their scale it would squeeze the candles.
  const besidePrices = pane === 'overlay' && !plot.overlay && plots.some((one) => one.overlay);
  if (plot.type === 'int' && !plot.event && besidePrices) return 'none';
  if (plot.event) return plot.overlay || pane === 'own' ? 'dots' : 'marks';
  return /hist/i.test(plot.title) ? 'histogram' : 'line';
}

/** The colours of a plot: `soft` is that of what may still change. */
export interface PlotColors {
  readonly line: string;
  readonly soft: string;
  /** Of columns above and below zero. */
  readonly above: string;
  readonly below: string;
}

/** What there is at one bar. */
interface Sample {
  readonly time: UTCTimestamp;
  readonly value: number | null;
  readonly provisional: boolean;
}

/** One sample a bar, from the bar of this index on; the forming bar's is the last, where its value has come. */
function samples(series: CandleSeries, values: IndicatorValues, plot: number, from: number): Sample[] {
  const { bars, forming } = series;
  const column = values.columns[plot] ?? [];
  const first = bars[from]?.time;
  let at = first === undefined ? 0 : firstAtOrAfter(values.times, first);
  const all: Sample[] = [];
  const valueAt = (time: UnixMs): number | null => {
    while (at < values.times.length && (values.times[at] ?? 0) < time) at += 1;
    return values.times[at] === time ? (column[at] ?? null) : null;
  };
  for (let i = Math.max(0, from); i < bars.length; i++) {
    const bar = bars[i];
    if (bar) all.push({ time: chartTime(bar.time), value: valueAt(bar.time), provisional: false });
  }
  const { provisional } = values;
  if (forming && provisional?.time === forming.time) {
    all.push({ time: chartTime(forming.time), value: provisional.values[plot] ?? null, provisional: true });
  }
  return all;
}

/**
 * The points of a line. The library draws the stretch after a point in that point's colour and leaves out bars without a
 * point: so the last point before a hole is made invisible, and the one before the forming bar's is light.
 */
export function linePoints(
  series: CandleSeries,
  values: IndicatorValues,
  plot: number,
  colors: PlotColors,
  from = 0,
): LineData<UTCTimestamp>[] {
  const points: LineData<UTCTimestamp>[] = [];
  let holed = false;
  const recolor = (color: string) => {
    const last = points.at(-1);
    if (last) points[points.length - 1] = { ...last, color };
  };
  for (const { time, value, provisional } of samples(series, values, plot, from)) {
    if (value === null) {
      if (!holed) recolor('transparent');
      holed = true;
      continue;
    }
    if (provisional && !holed) recolor(colors.soft);
    holed = false;
    points.push({ time, value, color: provisional ? colors.soft : colors.line });
  }
  return points;
}

/** Dots stand alone: only the forming bar's is light. */
export function dotPoints(
  series: CandleSeries,
  values: IndicatorValues,
  plot: number,
  colors: PlotColors,
  from = 0,
): LineData<UTCTimestamp>[] {
  return samples(series, values, plot, from).flatMap(({ time, value, provisional }) =>
    value === null ? [] : [{ time, value, color: provisional ? colors.soft : colors.line }],
  );
}

export function histogramPoints(
  series: CandleSeries,
  values: IndicatorValues,
  plot: number,
  colors: PlotColors,
  from = 0,
): HistogramData<UTCTimestamp>[] {
  return samples(series, values, plot, from).flatMap(({ time, value, provisional }) => {
    if (value === null) return [];
    const tone = value >= 0 ? colors.above : colors.below;
    return [{ time, value, color: provisional ? faded(tone) : tone }];
  });
}

/** A mark wherever the value is there and not zero: above the bar where it is negative, or where a condition speaks for a fall. */
export function marks(
  series: CandleSeries,
  values: IndicatorValues,
  plot: number,
  colors: PlotColors,
  speaksFor?: ChartIndicator['speaksFor'],
): SeriesMarker<UTCTimestamp>[] {
  const pointed = values.plots[plot]?.type !== 'bool' || speaksFor !== undefined;
  return samples(series, values, plot, 0).flatMap(({ time, value, provisional }) => {
    if (value === null || value === 0) return [];
    const above = value < 0 || speaksFor === 'fall';
    return [
      {
        time,
        position: above ? ('aboveBar' as const) : ('belowBar' as const),
        shape: pointed ? (above ? ('arrowDown' as const) : ('arrowUp' as const)) : ('circle' as const),
        color: provisional ? colors.soft : colors.line,
        size: 0.8,
      },
    ];
  });
}

/** `#rrggbb` or `#rrggbbaa` at half its strength. */
export function faded(color: string): string {
  const strength = color.length > 7 ? Number.parseInt(color.slice(7, 9), 16) : 255;
  return `${color.slice(0, 7)}${Math.round(strength / 2.2)
    .toString(16)
    .padStart(2, '0')}`;
}
