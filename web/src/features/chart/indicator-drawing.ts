import {
  createSeriesMarkers,
  HistogramSeries,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  LineSeries,
  LineStyle,
  type LineWidth,
  type Time,
} from 'lightweight-charts';
import type { Formats } from '@/lib/formats';
import type { Plot } from '@/lib/language/types';
import { type ChartIndicator, colorOf, PANE_SHARE } from '@/lib/layouts/chart-layout';
import { axisStep } from '@/lib/numbers';
import type { CandleSeries } from './candle-series';
import type { ChartColors } from './chart-colors';
import type { Made } from './chart-drawing';
import { guidesOf } from './guides';
import {
  dotPoints,
  faded,
  histogramPoints,
  linePoints,
  marks,
  type PlotColors,
  type Shape,
  shapeOf,
} from './indicator-points';
import type { IndicatorValues } from './indicator-values';
import type { LoadedIndicator } from './use-indicators';

/** What the indicators are drawn with. */
export interface IndicatorLook {
  readonly colors: ChartColors;
  readonly scheme: string;
  readonly formats: Formats;
  /** Decimals of the candles' prices. */
  readonly decimals: number;
  /** Heights of own panes, by indicator, as shares of the candles' pane. */
  readonly panes: Readonly<Record<string, number>>;
}

interface DrawnPlot {
  readonly id: string;
  readonly plot: number;
  readonly shape: Shape;
  readonly line: ISeriesApi<'Line'> | ISeriesApi<'Histogram'> | null;
  readonly marks: ISeriesMarkersPluginApi<Time> | null;
  /** What was drawn last. */
  series: CandleSeries | null;
  values: IndicatorValues | null;
  look: string;
  /** The times of the newest points in the chart. */
  tail: readonly number[];
}

/** A step by a bar concerns so many of the newest bars: a point's colour depends on the one after it. */
const TAIL_BARS = 3;
const LINE_WIDTH: LineWidth = 2;
const DOT_RADIUS = 3;

const ownScale = (id: string) => `indicator-${id}`;

/** Whether `next` differs from `known` by the forming bar, or by one more closed one. */
function step(known: IndicatorValues, next: IndicatorValues, bars: [CandleSeries, CandleSeries]): boolean {
  const [before, now] = bars;
  const grown = next.times.length - known.times.length;
  const added = now.bars.length - before.bars.length;
  return (
    (grown === 0 ? next.columns === known.columns : grown === 1) &&
    known.times.length > 0 &&
    next.times[0] === known.times[0] &&
    (added === 0 ? now.bars === before.bars : added === 1 && now.bars[0] === before.bars[0]) &&
    before.timeframe === now.timeframe
  );
}

/** Draws the indicators into the chart. Their series are made anew when what there is to draw changes, and filled in small steps. */
export class IndicatorPainter {
  private readonly made: Made;
  private plots: DrawnPlot[] = [];
  private shape = '';
  private heights: Readonly<Record<string, number>> = {};
  /** Which indicators have a pane of their own, in the order of the panes after the candles'. */
  private owners: readonly string[] = [];
  /** What an indicator's plots were when it was last loaded: on another instrument they are the same. */
  private readonly known = new Map<string, readonly Plot[]>();

  constructor(made: Made) {
    this.made = made;
  }

  /** The pane of each indicator that has one of its own. */
  get ownPanes(): ReadonlyMap<string, number> {
    return new Map(this.owners.map((id, index) => [id, index + 1]));
  }

  draw(indicators: readonly LoadedIndicator[], series: CandleSeries, look: IndicatorLook): void {
    const all = indicators.map(({ indicator }) => ({
      indicator,
      plots: this.plotsOf(indicators, indicator),
    }));
    const shape = JSON.stringify([
      look.scheme,
      all.map(({ indicator, plots }) => [indicator.id, indicator.pane, guidesOf(indicator.text), plots]),
    ]);
    if (shape !== this.shape) {
      this.build(all, look);
      this.shape = shape;
    } else if (look.panes !== this.heights) {
      this.setHeights(look.panes);
    }
    for (const drawn of this.plots) {
      const loaded = indicators.find((one) => one.indicator.id === drawn.id);
      if (loaded) this.fill(drawn, loaded, series, look);
    }
  }

  /** How tall the own panes are now, as shares of the candles' pane. */
  shares(): Record<string, number> {
    const panes = this.made.chart.panes();
    const whole = panes[0]?.getHeight() ?? 0;
    if (whole <= 0) return {};
    const entries = this.owners.map((id, index) => [id, (panes[index + 1]?.getHeight() ?? 0) / whole]);
    return Object.fromEntries(entries.filter(([, share]) => Number(share) > 0));
  }

  private plotsOf(indicators: readonly LoadedIndicator[], indicator: ChartIndicator): readonly Plot[] {
    const plots = indicators.find((one) => one.indicator === indicator)?.data.values.plots ?? [];
    const name = JSON.stringify([indicator.id, indicator.text]);
    if (plots.length > 0) this.known.set(name, plots);
    return plots.length > 0 ? plots : (this.known.get(name) ?? []);
  }

  private build(
    all: readonly { readonly indicator: ChartIndicator; readonly plots: readonly Plot[] }[],
    look: IndicatorLook,
  ): void {
    const { chart } = this.made;
    for (const { line, marks } of this.plots) {
      marks?.detach();
      if (line) chart.removeSeries(line);
    }
    const owners: string[] = [];
    this.plots = all.flatMap(({ indicator, plots }) => {
      const shapes = plots.map((plot) => shapeOf(plot, indicator.pane, plots));
      const drawn = shapes.some((shape) => shape !== 'marks' && shape !== 'none');
      if (indicator.pane === 'own' && drawn) owners.push(indicator.id);
      const pane = indicator.pane === 'own' ? owners.length : 0;
      const added = plots.map((plot, index) =>
        this.add(indicator, plot, index, shapes[index] ?? 'none', pane),
      );
      const [first] = added;
      if (first?.line && pane > 0) this.addGuides(first.line, indicator.text, look.colors);
      return added;
    });
    this.owners = owners;
    this.setHeights(look.panes);
  }

  private setHeights(shares: Readonly<Record<string, number>>): void {
    this.heights = shares;
    const panes = this.made.chart.panes();
    panes[0]?.setStretchFactor(1);
    for (const [index, id] of this.owners.entries())
      panes[index + 1]?.setStretchFactor(shares[id] ?? PANE_SHARE);
  }

  private add(indicator: ChartIndicator, plot: Plot, index: number, shape: Shape, pane: number): DrawnPlot {
    const { chart, candles } = this.made;
    const base = { id: indicator.id, plot: index, shape, series: null, values: null, look: '', tail: [] };
    if (shape === 'none') return { ...base, line: null, marks: null };
    if (shape === 'marks') {
      return { ...base, line: null, marks: createSeriesMarkers<Time>(candles, [], { autoScale: false }) };
    }
    // What is in no units of price would squeeze the candles: it gets a scale without an axis.
    const scale = pane === 0 && !plot.overlay ? { priceScaleId: ownScale(indicator.id) } : {};
    const options = { ...scale, priceLineVisible: false, lastValueVisible: pane > 0 && shape === 'line' };
    const line =
      shape === 'histogram'
        ? chart.addSeries(HistogramSeries, options, pane)
        : chart.addSeries(
            LineSeries,
            {
              ...options,
              lineWidth: LINE_WIDTH,
              lineVisible: shape === 'line',
              pointMarkersVisible: shape === 'dots',
              pointMarkersRadius: DOT_RADIUS,
              crosshairMarkerVisible: shape === 'line',
              crosshairMarkerRadius: DOT_RADIUS,
            },
            pane,
          );
    // Above it stands the legend's row.
    if (pane > 0) line.priceScale().applyOptions({ scaleMargins: { top: 0.2, bottom: 0.08 } });
    return { ...base, line, marks: null };
  }

  private addGuides(
    line: ISeriesApi<'Line'> | ISeriesApi<'Histogram'>,
    text: string,
    colors: ChartColors,
  ): void {
    for (const price of guidesOf(text)) {
      line.createPriceLine({
        price,
        color: faded(colors.crosshair),
        lineWidth: 1,
        lineStyle: LineStyle.Dashed,
        axisLabelVisible: false,
        title: '',
      });
    }
  }

  private fill(
    drawn: DrawnPlot,
    { indicator, data }: LoadedIndicator,
    series: CandleSeries,
    look: IndicatorLook,
  ): void {
    const { values } = data;
    const colors = plotColors(indicator, drawn.plot, look.colors);
    const style = JSON.stringify([
      look.scheme,
      colors.line,
      indicator.visible,
      look.decimals,
      look.formats.zone.name,
    ]);
    const restyled = drawn.look !== style;
    if (!restyled && drawn.values === values && drawn.series === series) return;
    if (restyled) this.style(drawn, indicator, colors, look);
    const small =
      !restyled &&
      drawn.values !== null &&
      drawn.series !== null &&
      step(drawn.values, values, [drawn.series, series]);
    if (drawn.line) fillLine(drawn, series, values, colors, small);
    else if (!small || marksDiffer(drawn, values, series)) {
      drawn.marks?.setMarkers(
        indicator.visible ? marks(series, values, drawn.plot, colors, indicator.speaksFor) : [],
      );
    }
    drawn.look = style;
    drawn.values = values;
    drawn.series = series;
  }

  private style(drawn: DrawnPlot, indicator: ChartIndicator, colors: PlotColors, look: IndicatorLook): void {
    const overlay = indicator.pane === 'overlay';
    const { formatOnScale, formatReading } = look.formats;
    drawn.line?.applyOptions({
      visible: indicator.visible,
      color: colors.line,
      priceFormat: {
        type: 'custom',
        minMove: 1e-8,
        formatter: (value: number) =>
          overlay ? formatOnScale(axisStep(value), look.decimals) : formatReading(axisStep(value)),
      },
    });
  }
}

/** After a small step: whether a bar has closed, or the forming bar's mark has come or gone. */
function marksDiffer(drawn: DrawnPlot, values: IndicatorValues, series: CandleSeries): boolean {
  if (values.columns !== drawn.values?.columns || series.bars !== drawn.series?.bars) return true;
  const sign = (of: IndicatorValues) => Math.sign(of.provisional?.values[drawn.plot] ?? 0);
  const time = (of: IndicatorValues) => of.provisional?.time;
  return sign(values) !== sign(drawn.values) || time(values) !== time(drawn.values);
}

function plotColors(indicator: ChartIndicator, plot: number, colors: ChartColors): PlotColors {
  const line = colors.lines[colorOf(indicator, plot)];
  return { line, soft: faded(line), above: colors.upVolume, below: colors.downVolume };
}

function fillLine(
  drawn: DrawnPlot,
  series: CandleSeries,
  values: IndicatorValues,
  colors: PlotColors,
  small: boolean,
): void {
  const from = Math.max(0, series.bars.length - TAIL_BARS);
  const start = series.bars[from]?.time ?? 0;
  const make = { histogram: histogramPoints, dots: dotPoints }[drawn.shape as string] ?? linePoints;
  const newest = make(series, values, drawn.plot, colors, from);
  const times = newest.map((point) => Number(point.time));
  if (small && times.length === 0 && drawn.tail.length === 0) return;
  if (small && isUpdate(drawn.tail, times, start / 1000)) {
    const last = drawn.tail.at(-1) ?? 0;
    for (const point of newest) drawn.line?.update(point, Number(point.time) < last);
  } else {
    drawn.line?.setData(make(series, values, drawn.plot, colors));
  }
  drawn.tail = times;
}

/** Whether points can be put over those that are there: none would go away, none come between. */
function isUpdate(there: readonly number[], next: readonly number[], start: number): boolean {
  const last = there.at(-1);
  if (last === undefined) return false;
  const stays = there.every((time) => time < start || next.includes(time));
  return stays && next.every((time) => time >= last || there.includes(time));
}
