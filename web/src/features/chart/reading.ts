import type { UnixMs } from '@/lib/time';
import { type CandleSeries, findGaps, lowerBound, sourceOf } from './candle-series';
import type { Reading } from './chart-legend';

/** What the series has at an open time; without one, at its newest bar. Null when it has nothing at all. */
export function readAt(series: CandleSeries, time: UnixMs | null): Reading | null {
  const { bars, forming } = series;
  const wanted = time ?? forming?.time ?? bars.at(-1)?.time;
  if (wanted === undefined) return null;
  if (forming?.time === wanted) {
    return {
      kind: 'bar',
      bar: forming,
      previousClose: bars.at(-1)?.close ?? null,
      forming: true,
      gapped: false,
      source: null,
    };
  }
  const index = lowerBound(bars, wanted);
  const bar = bars[index];
  if (bar?.time === wanted) {
    return {
      kind: 'bar',
      bar,
      previousClose: bars[index - 1]?.close ?? null,
      forming: false,
      gapped: series.gapped.has(bar.time),
      source: sourceOf(series, bar.time),
    };
  }
  const gap = findGaps(series).find((one) => one.from <= wanted && wanted < one.to);
  return gap ? { kind: 'gap', gap } : null;
}
