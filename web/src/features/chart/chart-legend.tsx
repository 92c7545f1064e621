import type { Bar } from '@/lib/api/schemas';
import { useFormats } from '@/lib/formats';
import { direction, priceDecimals } from '@/lib/numbers';
import { formatSpan } from '@/lib/time';
import { durationMs, type Timeframe } from '@/lib/timeframe';
import type { Gap } from './candle-series';
import styles from './chart-legend.module.css';

/** What stands at one open time. */
export type Reading =
  | {
      readonly kind: 'bar';
      readonly bar: Bar;
      readonly previousClose: number | null;
      readonly forming: boolean;
      readonly gapped: boolean;
      readonly source: Timeframe | null;
    }
  | { readonly kind: 'gap'; readonly gap: Gap };

function Value({ name, label, text, tone }: { name: string; label: string; text: string; tone?: string }) {
  return (
    <span className={styles.value}>
      <abbr title={label} className={styles.name}>
        {name}
      </abbr>
      <span data-tone={tone}>{text}</span>
    </span>
  );
}

/** The bar under the crosshair in numbers, else the newest one. */
export function ChartLegend({
  reading,
  tickSize,
  timeframe,
}: {
  reading: Reading | null;
  tickSize: string;
  timeframe: Timeframe;
}) {
  const formats = useFormats();
  if (!reading) return null;
  if (reading.kind === 'gap') {
    const { from, to } = reading.gap;
    return (
      <div className={styles.legend} data-testid="legend">
        <span className={styles.note}>
          No data from {formats.formatMoment(from)} to {formats.formatMoment(to)} {formats.formatOffset(to)} (
          {formatSpan(to - from)}): nothing was stored.
        </span>
      </div>
    );
  }
  const { bar, previousClose, forming, gapped, source } = reading;
  const change = previousClose ? bar.close / previousClose - 1 : null;
  const tone = direction(change);
  const decimals = priceDecimals(tickSize, bar.close);
  const price = (value: number) => formats.formatFixed(value, decimals);
  return (
    <div className={styles.legend} data-testid="legend">
      <span className={styles.time}>{formats.formatOpen(bar.time, durationMs(timeframe))}</span>
      <Value name="O" label="Open" text={price(bar.open)} tone={tone} />
      <Value name="H" label="High" text={price(bar.high)} tone={tone} />
      <Value name="L" label="Low" text={price(bar.low)} tone={tone} />
      <Value name="C" label="Close" text={price(bar.close)} tone={tone} />
      <Value name="V" label="Volume, base units" text={formats.formatVolume(bar.volume)} />
      {change !== null && previousClose !== null && (
        <span data-tone={tone} title="Against the close before">
          <span className={styles.amount}>
            {formats.formatDifference(bar.close - previousClose, tickSize, bar.close)}{' '}
          </span>
          {formats.formatChange(change)}
        </span>
      )}
      {forming && <span className={styles.forming}>forming</span>}
      {gapped && <span className={styles.note}>◆ folded over a hole in its data</span>}
      {source && source !== timeframe && <span className={styles.source}>from {source} bars</span>}
    </div>
  );
}
