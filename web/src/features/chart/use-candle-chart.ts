import {
  CandlestickSeries,
  ColorType,
  CrosshairMode,
  createChart,
  HistogramSeries,
  type IChartApi,
  type IPriceLine,
  type ISeriesApi,
  LineStyle,
  type LogicalRange,
} from 'lightweight-charts';
import { type RefObject, useCallback, useEffect, useRef } from 'react';
import type { Bar } from '@/lib/api/schemas';
import { formatPrice, formatVolume, priceDecimals } from '@/lib/format';
import { formatMoment, type UnixMs, unixMs } from '@/lib/time';
import { durationMs } from '@/lib/timeframe';
import { type CandleSeries, findGaps, lowerBound } from './candle-series';
import { type ChartColors, readChartColors } from './chart-colors';
import { candlePoint, chartPoints, chartTime, emptySlots, volumePoint } from './chart-points';
import { GapPrimitive } from './gap-primitive';

/** With fewer bars than this left of the view, older ones are asked for. */
const OLDER_MARGIN_BARS = 120;
const BAR_SPACING = 8;
const RIGHT_OFFSET_BARS = 6;

export interface CandleChartInput {
  readonly series: CandleSeries;
  /** Another name is another series: the view starts at its newest bar again. */
  readonly name: string;
  readonly tickSize: string;
  readonly scheme: 'dark' | 'light';
  /** Stands on the price axis, under the forming bar's price. */
  readonly countdown: string | null;
  readonly onWantOlder: (want: boolean) => void;
  /** The open time under the pointer or the keyboard's cursor; null when there is none. */
  readonly onCursor: (time: UnixMs | null) => void;
  /** Whether the newest bar is in view. */
  readonly onAtLatest: (atLatest: boolean) => void;
}

export interface CandleChartControls {
  readonly toLatest: () => void;
  readonly toOldest: () => void;
  readonly pan: (bars: number) => void;
  readonly zoom: (factor: number) => void;
  readonly moveCursor: (bars: number) => void;
  readonly clearCursor: () => void;
}

interface Made {
  readonly chart: IChartApi;
  readonly candles: ISeriesApi<'Candlestick'>;
  readonly volumes: ISeriesApi<'Histogram'>;
  readonly overlay: GapPrimitive;
  readonly price: IPriceLine;
}

interface Drawn {
  readonly name: string;
  readonly scheme: string;
  readonly series: CandleSeries;
}

function styleChart({ chart, candles }: Made, colors: ChartColors): void {
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
  candles.applyOptions({
    upColor: colors.up,
    downColor: colors.down,
    borderUpColor: colors.up,
    borderDownColor: colors.down,
    wickUpColor: colors.up,
    wickDownColor: colors.down,
  });
}

function make(container: HTMLElement): Made {
  const chart = createChart(container, {
    autoSize: true,
    layout: {
      // The library's own mark brings a style element, which the content security policy refuses. The credit
      // is under the chart and in the help.
      attributionLogo: false,
      fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif',
      fontSize: 11,
    },
    crosshair: { mode: CrosshairMode.Normal },
    rightPriceScale: { borderVisible: false, scaleMargins: { top: 0.12, bottom: 0.22 } },
    timeScale: {
      borderVisible: true,
      timeVisible: true,
      secondsVisible: false,
      rightOffset: RIGHT_OFFSET_BARS,
      barSpacing: BAR_SPACING,
      minBarSpacing: 0.4,
    },
    localization: {
      locale: 'en-GB',
      timeFormatter: (time: unknown) => formatMoment(unixMs(Number(time) * 1000)),
    },
  });
  const volumes = chart.addSeries(HistogramSeries, {
    priceScaleId: 'volume',
    priceFormat: { type: 'custom', formatter: formatVolume, minMove: 0.000001 },
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
  return { chart, candles, volumes, overlay, price };
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
function drawSeries(made: Made, known: Drawn | null, next: Drawn, colors: ChartColors): void {
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

function drawOverlay({ overlay, price }: Made, series: CandleSeries, colors: ChartColors): void {
  const last = series.forming ?? series.bars.at(-1);
  if (last) {
    const color = last.close >= last.open ? colors.up : colors.down;
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

/** The one place that touches the chart library. */
export function useCandleChart(
  container: RefObject<HTMLElement | null>,
  input: CandleChartInput,
): CandleChartControls {
  const made = useRef<Made | null>(null);
  const drawn = useRef<Drawn | null>(null);
  const newest = useRef(input);
  const cursor = useRef<number | null>(null);
  useEffect(() => {
    newest.current = input;
  });

  useEffect(() => {
    if (!container.current) return;
    const created = make(container.current);
    made.current = created;
    const scale = created.chart.timeScale();
    const moved = (range: LogicalRange | null) => {
      if (!range || !drawn.current || drawn.current.series.bars.length === 0) return;
      newest.current.onWantOlder(range.from < OLDER_MARGIN_BARS);
      newest.current.onAtLatest((created.candles.barsInLogicalRange(range)?.barsAfter ?? 0) <= 1);
    };
    scale.subscribeVisibleLogicalRangeChange(moved);
    created.chart.subscribeCrosshairMove((event) => {
      if (cursor.current !== null && !event.sourceEvent) return;
      cursor.current = null;
      newest.current.onCursor(event.time === undefined ? null : unixMs(Number(event.time) * 1000));
    });
    return () => {
      created.chart.remove();
      made.current = null;
      drawn.current = null;
    };
  }, [container]);

  const { series, name, scheme, tickSize } = input;
  useEffect(() => {
    if (!made.current || !container.current) return;
    const colors = readChartColors(container.current);
    const next: Drawn = { name, scheme, series };
    const known = drawn.current;
    if (known?.scheme !== scheme) styleChart(made.current, colors);
    drawSeries(made.current, known, next, colors);
    drawOverlay(made.current, series, colors);
    drawn.current = next;
    const scale = made.current.chart.timeScale();
    if (known?.name === name && known.series.bars.length > 0) {
      // Also when the view has not moved: what came may not have filled it.
      const range = scale.getVisibleLogicalRange();
      if (range) newest.current.onWantOlder(range.from < OLDER_MARGIN_BARS);
      return;
    }
    scale.applyOptions({ barSpacing: BAR_SPACING });
    scale.scrollToPosition(RIGHT_OFFSET_BARS, false);
    made.current.candles.priceScale().applyOptions({ autoScale: true });
    cursor.current = null;
  }, [container, name, scheme, series]);

  const price = series.forming?.close ?? series.bars.at(-1)?.close ?? 1;
  const decimals = priceDecimals(tickSize, price);
  useEffect(() => {
    made.current?.candles.applyOptions({
      priceFormat: {
        type: 'custom',
        formatter: (value: number) => formatPrice(value, tickSize),
        minMove: Math.max(Number(tickSize), 10 ** -decimals),
      },
    });
  }, [tickSize, decimals]);

  const { countdown } = input;
  useEffect(() => made.current?.overlay.setCountdown(countdown), [countdown]);

  const shift = useCallback((change: (range: LogicalRange) => { from: number; to: number }) => {
    const scale = made.current?.chart.timeScale();
    const range = scale?.getVisibleLogicalRange();
    if (scale && range) scale.setVisibleLogicalRange(change(range));
  }, []);

  const pan = useCallback(
    (bars: number) => shift(({ from, to }) => ({ from: from + bars, to: to + bars })),
    [shift],
  );

  const moveCursor = useCallback(
    (bars: number) => {
      const held = drawn.current?.series;
      const created = made.current;
      if (!held || !created) return;
      const all = held.forming ? [...held.bars, held.forming] : held.bars;
      const from = cursor.current ?? all.length - 1;
      const index = Math.min(all.length - 1, Math.max(0, from + bars));
      const bar = all[index];
      if (!bar) return;
      cursor.current = index;
      created.chart.setCrosshairPosition(bar.close, chartTime(bar.time), created.candles);
      newest.current.onCursor(bar.time);
      const x = created.chart.timeScale().timeToCoordinate(chartTime(bar.time));
      if (x !== null && x < 0) pan(-20);
      else if (x !== null && x > created.chart.timeScale().width()) pan(20);
    },
    [pan],
  );

  return {
    toLatest: useCallback(
      () => made.current?.chart.timeScale().scrollToPosition(RIGHT_OFFSET_BARS, false),
      [],
    ),
    toOldest: useCallback(() => {
      shift(({ from, to }) => ({ from: 0, to: to - from }));
    }, [shift]),
    pan,
    zoom: useCallback(
      (factor: number) => shift(({ from, to }) => ({ from: to - (to - from) * factor, to })),
      [shift],
    ),
    moveCursor,
    clearCursor: useCallback(() => {
      cursor.current = null;
      made.current?.chart.clearCrosshairPosition();
      newest.current.onCursor(null);
    }, []),
  };
}
