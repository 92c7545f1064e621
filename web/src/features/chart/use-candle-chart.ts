import type { LogicalRange } from 'lightweight-charts';
import { type RefObject, useCallback, useEffect, useRef } from 'react';
import type { Formats } from '@/lib/formats';
import { axisStep, priceDecimals } from '@/lib/numbers';
import { type UnixMs, unixMs } from '@/lib/time';
import { durationMs } from '@/lib/timeframe';
import { Zone } from '@/lib/zone';
import type { CandleSeries } from './candle-series';
import { readChartColors } from './chart-colors';
import {
  BAR_SPACING,
  type Drawn,
  drawOverlay,
  drawSeries,
  leaveScrolling,
  type Made,
  make,
  RIGHT_OFFSET_BARS,
  scalePrices,
  styleChart,
  writeTimes,
  writeVolumes,
} from './chart-drawing';
import { chartTime } from './chart-points';
import { IndicatorPainter } from './indicator-drawing';
import type { SignalMark } from './signal-marks';
import type { MarkPlace } from './signal-primitive';
import type { StrategyMark } from './strategy-primitive';
import type { LoadedIndicator } from './use-indicators';
import { type PaneTops, watchDrags, watchPanes } from './watch-panes';
import { watchTaps } from './watch-taps';

/** With fewer bars than this left of the view, older ones are asked for. */
const OLDER_MARGIN_BARS = 120;

const SCALE_EVENTS = ['pointermove', 'pointerup', 'click', 'dblclick', 'touchend'] as const;

export interface CandleChartInput {
  readonly series: CandleSeries;
  /** Another name is another series: the view starts at its newest bar again. */
  readonly name: string;
  readonly tickSize: string;
  /** How numbers and times are written. Its zone never changes while the chart is there. */
  readonly formats: Formats;
  readonly scheme: 'dark' | 'light';
  /** False while the last price may be old: then it is shown without the colour of a live one. */
  readonly live: boolean;
  /** Whether equal steps on the price axis are equal shares instead of equal amounts. */
  readonly logarithmic: boolean;
  /** Stands on the price axis, under the forming bar's price. */
  readonly countdown: string | null;
  /** Whether the chart stands in a page that scrolls: the wheel, and a finger that moves up or down, are then the page's. */
  readonly inPage: boolean;
  readonly indicators: readonly LoadedIndicator[];
  readonly marks: readonly SignalMark[];
  /** What strategies on the desk did. */
  readonly strategyMarks: readonly StrategyMark[];
  /** Heights of indicators' own panes, as shares of the candles' pane. */
  readonly panes: Readonly<Record<string, number>>;
  /** Where the own panes begin, from the top of the chart. */
  readonly onPaneTops: (tops: PaneTops) => void;
  /** Somebody has dragged the edge of a pane. */
  readonly onPanes: (shares: Readonly<Record<string, number>>) => void;
  readonly onWantOlder: (want: boolean) => void;
  /** The open time under the pointer or the keyboard's cursor; null when there is none. */
  readonly onCursor: (time: UnixMs | null) => void;
  /** Whether the newest bar is in view. */
  readonly onAtLatest: (atLatest: boolean) => void;
  /** Whether the price axis fits itself to the bars in view; dragging it ends that. */
  readonly onAutoScale: (auto: boolean) => void;
}

export interface CandleChartControls {
  readonly toLatest: () => void;
  readonly toOldest: () => void;
  readonly pan: (bars: number) => void;
  readonly zoom: (factor: number) => void;
  readonly moveCursor: (bars: number) => void;
  readonly clearCursor: () => void;
  readonly setAutoScale: (auto: boolean) => void;
  /** Where the mark of a bar is drawn; null where none is in view. */
  readonly placeOf: (time: UnixMs) => MarkPlace | null;
}

const UTC = new Zone('UTC');

/** The zone of the time axis: bars of a day or more hold UTC days, wherever one is. */
function axisZone({ formats, series }: CandleChartInput): Zone {
  return durationMs(series.timeframe) < durationMs('1d') ? formats.zone : UTC;
}

/** Holds the chart in `container` and keeps it as the input says. */
export function useCandleChart(
  container: RefObject<HTMLElement | null>,
  input: CandleChartInput,
): CandleChartControls {
  const made = useRef<Made | null>(null);
  const painter = useRef<IndicatorPainter | null>(null);
  const drawn = useRef<Drawn | null>(null);
  const newest = useRef(input);
  const cursor = useRef<number | null>(null);
  useEffect(() => {
    newest.current = input;
  });

  useEffect(() => {
    if (!container.current) return;
    const created = make(container.current, () => axisZone(newest.current));
    if (newest.current.inPage) leaveScrolling(created);
    made.current = created;
    painter.current = new IndicatorPainter(created);
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
    const untap = watchTaps(
      container.current,
      created,
      () => drawn.current?.series,
      (index, bar) => {
        cursor.current = index;
        newest.current.onCursor(bar?.time ?? null);
      },
    );
    // The library does not tell when a drag or a double click on the axis has changed it.
    const element = container.current;
    const scaled = () => newest.current.onAutoScale(created.candles.priceScale().options().autoScale);
    for (const end of SCALE_EVENTS) element.addEventListener(end, scaled);
    const unwatch = watchDrags(
      element,
      () => painter.current?.shares() ?? {},
      (shares) => newest.current.onPanes(shares),
    );
    return () => {
      unwatch();
      untap();
      for (const end of SCALE_EVENTS) element.removeEventListener(end, scaled);
      created.chart.remove();
      made.current = null;
      painter.current = null;
      drawn.current = null;
    };
  }, [container]);

  const { series, name, scheme, tickSize, live, logarithmic, indicators, panes, formats } = input;
  const price = series.forming?.close ?? series.bars.at(-1)?.close ?? 1;
  const decimals = priceDecimals(tickSize, price);
  useEffect(() => {
    if (!made.current || !container.current) return;
    const colors = readChartColors(container.current);
    const next: Drawn = { name, scheme, series };
    const known = drawn.current;
    if (known?.scheme !== scheme) styleChart(made.current, colors);
    drawSeries(made.current, known, next, colors);
    drawOverlay(made.current, series, live, colors);
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
    newest.current.onAutoScale(true);
    cursor.current = null;
  }, [container, name, scheme, series, live]);

  // After the candles: a point needs its bar.
  useEffect(() => {
    if (!painter.current || !container.current) return;
    const colors = readChartColors(container.current);
    painter.current.draw(indicators, series, { colors, scheme, formats, decimals, panes });
  }, [container, indicators, panes, series, scheme, formats, decimals]);

  const { marks, strategyMarks } = input;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours are those of the scheme
  useEffect(() => {
    if (!made.current || !container.current) return;
    const colors = readChartColors(container.current);
    made.current.signals.draw(marks, colors);
    made.current.strategies.draw(strategyMarks, colors);
  }, [container, marks, strategyMarks, scheme]);

  const owners = indicators.map(({ indicator, data }) => [indicator.id, indicator.pane, data.phase]);
  const layout = JSON.stringify(owners);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `layout` says when there may be other panes
  useEffect(() => {
    if (!made.current || !painter.current || !container.current) return;
    return watchPanes(container.current, made.current.chart, painter.current.ownPanes, (tops) =>
      newest.current.onPaneTops(tops),
    );
  }, [container, layout]);

  useEffect(() => {
    if (made.current) scalePrices(made.current, logarithmic);
    newest.current.onAutoScale(true);
  }, [logarithmic]);

  const width = durationMs(series.timeframe);
  useEffect(() => {
    if (made.current) writeTimes(made.current, formats, width);
  }, [formats, width]);
  useEffect(() => {
    if (made.current) writeVolumes(made.current, formats);
  }, [formats]);

  useEffect(() => {
    made.current?.candles.applyOptions({
      priceFormat: {
        type: 'custom',
        // What is drawn over the candles may stretch their scale beyond any price.
        formatter: (value: number) => formats.formatOnScale(axisStep(value), decimals),
        minMove: Math.max(Number(tickSize), 10 ** -decimals),
      },
    });
  }, [formats, tickSize, decimals]);

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
    placeOf: useCallback((time: UnixMs) => made.current?.signals.placeOf(time) ?? null, []),
    setAutoScale: useCallback((auto) => {
      made.current?.candles.priceScale().applyOptions({ autoScale: auto });
      newest.current.onAutoScale(auto);
    }, []),
    clearCursor: useCallback(() => {
      cursor.current = null;
      made.current?.chart.clearCrosshairPosition();
      newest.current.onCursor(null);
    }, []),
  };
}
