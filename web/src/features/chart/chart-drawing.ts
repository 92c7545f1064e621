import {
  CandlestickSeries,
  ColorType,
  CrosshairMode,
  createChartEx,
  HistogramSeries,
  type IChartApiBase,
  type IPriceLine,
  type ISeriesApi,
  LineStyle,
  PriceScaleMode,
  type Time,
} from 'lightweight-charts';
import type { Bar } from '@/lib/api/schemas';
import type { Formats } from '@/lib/formats';
import { unixMs } from '@/lib/time';
import { durationMs } from '@/lib/timeframe';
import type { Zone } from '@/lib/zone';
import { type CandleSeries, findGaps, lowerBound } from './candle-series';
import type { ChartColors } from './chart-colors';
import { candlePoint, chartPoints, emptySlots, volumePoint } from './chart-points';
import { GapPrimitive } from './gap-primitive';
import { SignalPrimitive } from './signal-primitive';
import { StrategyPrimitive } from './strategy-primitive';
import { ZoneScale } from './zone-scale';

/*
 * Beside curve-drawing.ts and zone-scale.ts the place that imports the chart library’s code: what the chart is made of and how a series is drawn
 * into it; when, says use-candle-chart.ts.
 */

export const BAR_SPACING = 8;
export const RIGHT_OFFSET_BARS = 6;
/** Room for the two buttons in the corner under the axis. */
const AXIS_WIDTH_MIN = 58;

export interface Made {
  readonly chart: IChartApiBase<Time>;
  readonly candles: ISeriesApi<'Candlestick'>;
  readonly volumes: ISeriesApi<'Histogram'>;
  readonly overlay: GapPrimitive;
  readonly signals: SignalPrimitive;
  readonly strategies: StrategyPrimitive;
  readonly price: IPriceLine;
}

export interface Drawn {
  readonly name: string;
  readonly scheme: string;
  readonly series: CandleSeries;
}

/** How axes are written. */
export const AXIS_FONT = {
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif',
  fontSize: 11,
};

/** The colours of everything but the series. */
export function styleSurface(chart: IChartApiBase<Time>, colors: ChartColors): void {
  chart.applyOptions({
    layout: {
      background: { type: ColorType.Solid, color: colors.background },
      textColor: colors.text,
      panes: { separatorColor: colors.border },
    },
    grid: { vertLines: { color: colors.grid }, horzLines: { color: colors.grid } },
    crosshair: {
      vertLine: { color: colors.crosshair, labelBackgroundColor: colors.crosshairLabel },
      horzLine: { color: colors.crosshair, labelBackgroundColor: colors.crosshairLabel },
    },
    rightPriceScale: { borderColor: colors.border },
    timeScale: { borderColor: colors.border },
  });
}

export function styleChart({ chart, candles }: Made, colors: ChartColors): void {
  styleSurface(chart, colors);
  candles.applyOptions({
    upColor: colors.up,
    downColor: colors.down,
    borderUpColor: colors.up,
    borderDownColor: colors.down,
    wickUpColor: colors.up,
    wickDownColor: colors.down,
  });
}

/** `zoneNow` gives the zone of the time axis, whenever bars come. */
export function make(container: HTMLElement, zoneNow: () => Zone): Made {
  const chart = createChartEx<Time, ZoneScale>(container, new ZoneScale(zoneNow), {
    autoSize: true,
    layout: {
      // The library's own mark brings a style element, which the content security policy refuses. The credit
      // is under the chart and in the help.
      attributionLogo: false,
      ...AXIS_FONT,
    },
    crosshair: { mode: CrosshairMode.Normal },
    rightPriceScale: {
      borderVisible: false,
      minimumWidth: AXIS_WIDTH_MIN,
      scaleMargins: { top: 0.12, bottom: 0.22 },
    },
    timeScale: {
      borderVisible: true,
      timeVisible: true,
      secondsVisible: false,
      rightOffset: RIGHT_OFFSET_BARS,
      barSpacing: BAR_SPACING,
      minBarSpacing: 0.4,
    },
    localization: { locale: 'en-GB' },
  });
  const volumes = chart.addSeries(HistogramSeries, {
    priceScaleId: 'volume',
    lastValueVisible: false,
    priceLineVisible: false,
  });
  volumes.priceScale().applyOptions({ scaleMargins: { top: 0.84, bottom: 0 } });
  // The series' own label is that of the last bar in view; a desk's must be the price now, wherever one has scrolled to.
  const candles = chart.addSeries(CandlestickSeries, { lastValueVisible: false, priceLineVisible: false });
  const price = candles.createPriceLine({
    price: 0,
    lineWidth: 1,
    lineStyle: LineStyle.Dotted,
    axisLabelVisible: false,
  });
  const overlay = new GapPrimitive();
  candles.attachPrimitive(overlay);
  const signals = new SignalPrimitive();
  candles.attachPrimitive(signals);
  const strategies = new StrategyPrimitive();
  candles.attachPrimitive(strategies);
  return { chart, candles, volumes, overlay, signals, strategies, price };
}

/** Leaves the wheel, and a finger that moves up or down, to the page around the chart. */
export function leaveScrolling({ chart }: Made): void {
  chart.applyOptions({
    handleScroll: { mouseWheel: false, vertTouchDrag: false },
    handleScale: { mouseWheel: false },
  });
}

/** Writes times at the crosshair; a bar of `barMs` of a day or more is named by its UTC day. */
export function writeTimes({ chart }: Made, formats: Formats, barMs: number): void {
  const timeFormatter = (time: Time) => formats.formatOpen(unixMs(Number(time) * 1000), barMs);
  chart.applyOptions({ localization: { timeFormatter } });
}

export function writeVolumes({ volumes }: Made, { formatVolume }: Formats): void {
  volumes.applyOptions({ priceFormat: { type: 'custom', formatter: formatVolume, minMove: 0.000001 } });
}

/** Whether `next` is `known` with one closed bar more, or with another forming bar: then the chart need not be filled anew. */
function isSmallStep(known: CandleSeries, next: CandleSeries): 'forming' | 'closed' | null {
  if (known.timeframe !== next.timeframe) return null;
  if (known.bars === next.bars) {
    return next.forming && next.forming.time >= (known.forming?.time ?? 0) ? 'forming' : null;
  }
  const grown =
    next.bars.length === known.bars.length + 1 &&
    known.bars.length > 0 &&
    known.bars[0] === next.bars[0] &&
    known.bars.at(-1) === next.bars.at(-2);
  return grown && (known.forming?.time ?? 0) <= (next.bars.at(-1)?.time ?? 0) ? 'closed' : null;
}

function opensGap(series: CandleSeries, bar: Bar): boolean {
  const before = series.bars[lowerBound(series.bars, bar.time) - 1];
  return before !== undefined && emptySlots(before.time, bar.time, durationMs(series.timeframe)).length > 0;
}

/** Draws the series, in the smallest way that is right. */
export function drawSeries(made: Made, known: Drawn | null, next: Drawn, colors: ChartColors): void {
  const { series } = next;
  const same = known !== null && known.name === next.name && known.scheme === next.scheme;
  const step = same ? isSmallStep(known.series, series) : null;
  const closed = series.bars.at(-1);
  const fresh = [step === 'closed' ? closed : undefined, series.forming ?? undefined].filter(
    (bar) => bar !== undefined,
  );
  if (step === null || fresh.some((bar) => opensGap(series, bar))) {
    const points = chartPoints(series, colors);
    made.candles.setData(points.candles);
    made.volumes.setData(points.volumes);
    return;
  }
  for (const bar of fresh) {
    made.candles.update(candlePoint(bar, bar === series.forming, colors));
    made.volumes.update(volumePoint(bar, colors));
  }
}

export function drawOverlay(
  { overlay, price }: Made,
  series: CandleSeries,
  live: boolean,
  colors: ChartColors,
): void {
  const last = series.forming ?? series.bars.at(-1);
  if (last) {
    const moved = last.close >= last.open ? colors.up : colors.down;
    const color = live ? moved : colors.crosshair;
    price.applyOptions({ price: last.close, color, axisLabelVisible: true });
  }
  const marks = [...series.gapped].flatMap((time) => {
    const bar = series.bars[lowerBound(series.bars, time)];
    return bar?.time === time ? [{ time, low: bar.low }] : [];
  });
  overlay.draw({
    gaps: findGaps(series),
    marks,
    barMs: durationMs(series.timeframe),
    formingPrice: series.forming?.close ?? null,
    colors,
  });
}

/** Sets the kind of price axis, and fits it to the bars in view. */
export function scalePrices({ candles }: Made, logarithmic: boolean): void {
  const mode = logarithmic ? PriceScaleMode.Logarithmic : PriceScaleMode.Normal;
  candles.priceScale().applyOptions({ mode, autoScale: true });
}
