import { useEffect, useRef, useState } from 'react';
import { useFormats } from '@/lib/formats';
import type { Curve, CurveChartProps } from '@/lib/lab/lab-charts';
import { type UnixMs, unixMs } from '@/lib/time';
import { readChartColors } from './chart-colors';
import styles from './curve-chart.module.css';
import { type CurvePlot, drawCurves, makeCurves } from './curve-drawing';

/** The value of a curve at a time: that of its last point until then; null before its first. */
export function valueAt({ points }: Curve, time: UnixMs): number | null {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((points[middle]?.time ?? 0) <= time) low = middle + 1;
    else high = middle;
  }
  return points[low - 1]?.value ?? null;
}

/** Curves over time, one or two panes, with what they are at the crosshair written above. */
export function CurveChart({
  curves,
  formats: writers,
  logarithmic = false,
  label,
  scheme,
}: CurveChartProps & { scheme: 'dark' | 'light' }) {
  const formats = useFormats();
  const container = useRef<HTMLDivElement>(null);
  const plot = useRef<CurvePlot | null>(null);
  const zone = useRef(formats.zone);
  zone.current = formats.zone;
  const [cursor, setCursor] = useState<UnixMs | null>(null);

  useEffect(() => {
    if (!container.current) return;
    const made = makeCurves(container.current, () => zone.current);
    plot.current = made;
    made.chart.subscribeCrosshairMove(({ time }) =>
      setCursor(time === undefined ? null : unixMs(Number(time) * 1000)),
    );
    return () => {
      made.chart.remove();
      plot.current = null;
    };
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours are those of the scheme
  useEffect(() => {
    if (!plot.current || !container.current) return;
    const written = writers.map((one) => one ?? String);
    drawCurves(plot.current, curves, readChartColors(container.current), written, logarithmic);
  }, [curves, logarithmic, scheme, writers]);

  useEffect(() => {
    const timeFormatter = (time: unknown) => formats.formatMoment(unixMs(Number(time) * 1000));
    plot.current?.chart.applyOptions({ localization: { timeFormatter } });
  }, [formats]);

  const last = curves.reduce<number>((most, { points }) => Math.max(most, points.at(-1)?.time ?? 0), 0);
  const shown = cursor ?? unixMs(last);
  return (
    <figure className={styles.figure} aria-label={label}>
      <figcaption className={styles.legend}>
        <span className={styles.time}>{formats.formatMoment(shown)}</span>
        {curves.map((curve) => {
          const value = valueAt(curve, shown);
          const write = writers[curve.pane ?? 0] ?? writers[0];
          return (
            <span key={curve.name} className={styles.entry}>
              <span
                className={styles.swatch}
                data-color={curve.color}
                data-dashed={curve.dashed || undefined}
                aria-hidden="true"
              />
              {curve.name} <b>{value === null ? '–' : write(value)}</b>
            </span>
          );
        })}
      </figcaption>
      <div ref={container} className={styles.canvas} data-curves={curves.length} />
    </figure>
  );
}
