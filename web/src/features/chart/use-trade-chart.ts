import type { LogicalRange } from 'lightweight-charts';
import { type RefObject, useEffect, useMemo, useRef } from 'react';
import type { Bar } from '@/lib/api/schemas';
import type { Formats } from '@/lib/formats';
import type { Trade } from '@/lib/lab/strategy-schemas';
import { axisStep, priceDecimals } from '@/lib/numbers';
import { durationMs, type Timeframe } from '@/lib/timeframe';
import { Zone } from '@/lib/zone';
import { emptySeries } from './candle-series';
import { readChartColors } from './chart-colors';
import {
  drawSeries,
  leaveScrolling,
  type Made,
  make,
  styleChart,
  writeTimes,
  writeVolumes,
} from './chart-drawing';
import { chartTime } from './chart-points';
import { barAt, tradeMarks } from './trade-marks';
import { TradePrimitive } from './trade-primitive';

/** With fewer bars than this beside the view, more are asked for. */
const MARGIN_BARS = 60;
/** A trade is shown with so much around it. */
const AROUND = 1.8;
const LEAST_BARS = 60;

export interface TradeChartInput {
  readonly name: string;
  readonly timeframe: Timeframe;
  readonly tickSize: string;
  readonly bars: readonly Bar[];
  readonly trades: readonly Trade[];
  readonly selected: number | null;
  readonly scheme: 'dark' | 'light';
  readonly formats: Formats;
  readonly onMore: (side: 'older' | 'newer') => void;
  readonly onSelect: (id: number | null) => void;
  readonly onHover: (id: number | null) => void;
}

const UTC = new Zone('UTC');

/** Holds the candles of a run with its trades in `container`. */
export function useTradeChart(container: RefObject<HTMLElement | null>, input: TradeChartInput): void {
  const made = useRef<Made | null>(null);
  const trades = useRef(new TradePrimitive());
  const drawn = useRef<{ name: string; bars: readonly Bar[] } | null>(null);
  const shown = useRef<string | null>(null);
  const newest = useRef(input);
  useEffect(() => {
    newest.current = input;
  });
  const { name, timeframe, bars, selected, scheme, formats, tickSize } = input;
  const width = durationMs(timeframe);

  useEffect(() => {
    const element = container.current;
    if (!element) return;
    const zoneNow = () =>
      durationMs(newest.current.timeframe) < durationMs('1d') ? newest.current.formats.zone : UTC;
    const created = make(element, zoneNow);
    leaveScrolling(created);
    const primitive = new TradePrimitive();
    created.candles.attachPrimitive(primitive);
    trades.current = primitive;
    made.current = created;
    const moved = (range: LogicalRange | null) => {
      const count = drawn.current?.bars.length ?? 0;
      if (!range || count === 0) return;
      if (range.from < MARGIN_BARS) newest.current.onMore('older');
      else if (range.to > count - MARGIN_BARS) newest.current.onMore('newer');
    };
    created.chart.timeScale().subscribeVisibleLogicalRangeChange(moved);
    created.chart.subscribeClick(({ point }) =>
      newest.current.onSelect(point ? primitive.at(point.x, point.y) : null),
    );
    created.chart.subscribeCrosshairMove(({ point }) =>
      newest.current.onHover(point ? primitive.at(point.x, point.y) : null),
    );
    return () => {
      created.chart.remove();
      made.current = null;
      drawn.current = null;
      shown.current = null;
    };
  }, [container]);

  useEffect(() => {
    if (!made.current || !container.current) return;
    const colors = readChartColors(container.current);
    styleChart(made.current, colors);
    const scale = made.current.chart.timeScale();
    const before = scale.getVisibleLogicalRange();
    // A bar that stays: by it the view is put back where it was.
    const anchor =
      drawn.current?.name === name ? drawn.current.bars.find((bar) => bars.includes(bar)) : undefined;
    const was = anchor ? scale.timeToIndex(chartTime(anchor.time)) : null;
    const series = { ...emptySeries(timeframe), bars };
    drawn.current = { name, bars };
    drawSeries(made.current, null, { name, scheme, series }, colors);
    const is = anchor ? scale.timeToIndex(chartTime(anchor.time)) : null;
    if (before && was !== null && is !== null)
      scale.setVisibleLogicalRange({ from: before.from + is - was, to: before.to + is - was });
  }, [container, name, timeframe, bars, scheme]);

  const { trades: all } = input;
  const marks = useMemo(() => tradeMarks(all, bars, width), [all, bars, width]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours are those of the scheme
  useEffect(() => {
    if (container.current) trades.current.draw(marks, selected, readChartColors(container.current));
  }, [container, marks, selected, scheme]);

  // The chosen trade is brought into view once, when its bars are there.
  useEffect(() => {
    const trade = all.find((one) => one.id === selected);
    if (!trade || !made.current) {
      shown.current = null;
      return;
    }
    const key = `${name} ${trade.id} ${trade.entry_time}`;
    if (shown.current === key) return;
    const entry = barAt(bars, trade.entry_time, width);
    if (entry === null) return;
    shown.current = key;
    const scale = made.current.chart.timeScale();
    const from = scale.timeToIndex(chartTime(entry), true);
    const exit = barAt(bars, trade.exit_time, width);
    const to = exit === null ? from : scale.timeToIndex(chartTime(exit), true);
    const range = scale.getVisibleLogicalRange();
    if (from === null || to === null || !range) return;
    // Where it is in view as it is, nothing jumps.
    if (range.from < from - 2 && range.to > to + 2) return;
    const span = Math.max(LEAST_BARS, Math.min(range.to - range.from, 300), (to - from) * AROUND);
    const middle = (from + to) / 2;
    scale.setVisibleLogicalRange({ from: middle - span / 2, to: middle + span / 2 });
  }, [all, bars, name, selected, width]);

  useEffect(() => {
    if (!made.current) return;
    writeTimes(made.current, formats, width);
    writeVolumes(made.current, formats);
    const decimals = priceDecimals(tickSize, bars.at(-1)?.close ?? 1);
    made.current.candles.applyOptions({
      priceFormat: {
        type: 'custom',
        formatter: (value: number) => formats.formatOnScale(axisStep(value), decimals),
        minMove: 10 ** -decimals,
      },
    });
  }, [formats, width, tickSize, bars]);
}
