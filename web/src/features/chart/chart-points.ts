import type { CandlestickData, HistogramData, UTCTimestamp, WhitespaceData } from 'lightweight-charts';
import type { Bar } from '@/lib/api/schemas';
import type { UnixMs } from '@/lib/time';
import { durationMs } from '@/lib/timeframe';
import type { CandleSeries } from './candle-series';
import type { ChartColors } from './chart-colors';

export type CandlePoint = CandlestickData<UTCTimestamp> | WhitespaceData<UTCTimestamp>;
export type VolumePoint = HistogramData<UTCTimestamp> | WhitespaceData<UTCTimestamp>;

/** A hole is drawn as wide as the bars it lacks, but never wider than this. Its label says how long it really is. */
export const GAP_SLOTS_MAX = 40;

export function chartTime(time: UnixMs): UTCTimestamp {
  return (time / 1000) as UTCTimestamp;
}

/** A closed bar is filled; the forming one is an outline, because it may still change. */
export function candlePoint(bar: Bar, forming: boolean, colors: ChartColors): CandlePoint {
  const { open, high, low, close } = bar;
  const point = { time: chartTime(bar.time), open, high, low, close };
  if (!forming) return point;
  const rising = close >= open;
  const edge = rising ? colors.up : colors.down;
  return {
    ...point,
    color: rising ? colors.upSoft : colors.downSoft,
    borderColor: edge,
    wickColor: edge,
  };
}

export function volumePoint(bar: Bar, colors: ChartColors): VolumePoint {
  return {
    time: chartTime(bar.time),
    value: bar.volume,
    color: bar.close >= bar.open ? colors.upVolume : colors.downVolume,
  };
}

/** The open times that are missing between two bars, thinned to `GAP_SLOTS_MAX`. */
export function emptySlots(previous: UnixMs, next: UnixMs, width: number): readonly UTCTimestamp[] {
  const missing = Math.floor((next - previous) / width) - 1;
  if (missing <= 0) return [];
  const slots = Math.min(missing, GAP_SLOTS_MAX);
  const stride = Math.ceil(missing / slots);
  const times: UTCTimestamp[] = [];
  for (let i = 0; i < missing; i += stride) times.push(((previous + (i + 1) * width) / 1000) as UTCTimestamp);
  return times;
}

/** Everything the chart draws, holes as points without a value. */
export function chartPoints(
  series: CandleSeries,
  colors: ChartColors,
): { readonly candles: CandlePoint[]; readonly volumes: VolumePoint[] } {
  const candles: CandlePoint[] = [];
  const volumes: VolumePoint[] = [];
  const width = durationMs(series.timeframe);
  let previous: UnixMs | null = null;
  const push = (bar: Bar, forming: boolean) => {
    if (previous !== null) {
      for (const time of emptySlots(previous, bar.time, width)) {
        candles.push({ time });
        volumes.push({ time });
      }
    }
    candles.push(candlePoint(bar, forming, colors));
    volumes.push(volumePoint(bar, colors));
    previous = bar.time;
  };
  for (const bar of series.bars) push(bar, false);
  if (series.forming) push(series.forming, true);
  return { candles, volumes };
}
