import type { MouseEventParams, Time } from 'lightweight-charts';
import type { Bar } from '@/lib/api/schemas';
import { unixMs } from '@/lib/time';
import { type CandleSeries, lowerBound } from './candle-series';
import type { Made } from './chart-drawing';
import { chartTime } from './chart-points';

/**
 * A finger does not hover: what it taps is read as the pointer reads what it is over. A tap beside the bars ends that.
 * `tapped`: the bar and its place among the closed ones. The returned function ends it.
 */
export function watchTaps(
  container: HTMLElement,
  { chart, candles }: Made,
  series: () => CandleSeries | undefined,
  tapped: (index: number | null, bar: Bar | null) => void,
): () => void {
  let finger = false;
  const pressed = (event: PointerEvent) => {
    finger = event.pointerType === 'touch';
  };
  const clicked = ({ time }: MouseEventParams<Time>) => {
    if (!finger) return;
    const { bars = [] } = series() ?? {};
    const wanted = time === undefined ? null : unixMs(Number(time) * 1000);
    const index = wanted === null ? -1 : lowerBound(bars, wanted);
    const bar = bars[index];
    if (!bar || bar.time !== wanted) {
      chart.clearCrosshairPosition();
      tapped(null, null);
      return;
    }
    tapped(index, bar);
    chart.setCrosshairPosition(bar.close, chartTime(bar.time), candles);
  };
  container.addEventListener('pointerdown', pressed, true);
  chart.subscribeClick(clicked);
  return () => {
    container.removeEventListener('pointerdown', pressed, true);
    chart.unsubscribeClick(clicked);
  };
}
