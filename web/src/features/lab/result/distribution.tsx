import { Section } from '@/components/page-frame';
import { useFormats } from '@/lib/formats';
import type { Trade } from '@/lib/lab/strategy-schemas';
import styles from '../lab.module.css';
import { binWidth, histogram } from '../plots/histogram';
import { Plot } from '../plots/plot';
import plots from '../plots/plots.module.css';
import { acrossOf, quantile, spanOf, upOf } from '../plots/scale';

/** How the returns of trades are spread. */
export function Distribution({ trades }: { trades: readonly Trade[] }) {
  const formats = useFormats();
  const closed = trades.filter((one) => one.exit_reason !== 'open').map((one) => one.pnl_pct);
  if (closed.length < 2) return null;
  const bins = histogram(closed);
  const wide = binWidth(bins);
  const edges = bins.flatMap(({ from, to }) => [
    Number.isFinite(from) ? from : to - wide,
    Number.isFinite(to) ? to : from + wide,
  ]);
  const [low, high] = spanOf([...edges, 0], 0.02);
  const across = acrossOf(low, high);
  const up = upOf(0, Math.max(...bins.map((bin) => bin.n)) * 1.12);
  const sorted = [...closed].sort((a, b) => a - b);
  const middle = quantile(sorted, 0.5);
  const mean = closed.reduce((sum, one) => sum + one, 0) / closed.length;
  const percent = (value: number) => `${formats.formatFixed(value, 2)}%`;
  return (
    <Section title="Returns of trades">
      <Plot
        label={`Distribution of the returns of ${closed.length} trades: mean ${percent(mean)}, median ${percent(middle)}`}
        across={across}
        up={up}
        acrossName="return of a trade, %"
        upName="trades"
        acrossText={(value) => formats.formatFixed(value, Number.isInteger(value) ? 0 : 1)}
        upText={(value) => (Number.isInteger(value) ? formats.formatCount(value) : '')}
      >
        {bins.map((bin) => {
          const from = Number.isFinite(bin.from) ? bin.from : bin.to - wide;
          const left = across.at(from);
          return (
            <rect
              key={from}
              className={from + wide / 2 >= 0 ? plots.gain : plots.loss}
              x={left + 0.5}
              width={Math.max(1, across.at(from + wide) - left - 1)}
              y={up.at(bin.n)}
              height={up.at(0) - up.at(bin.n)}
            >
              <title>{`${binText(bin, percent)}: ${bin.n} ${bin.n === 1 ? 'trade' : 'trades'}`}</title>
            </rect>
          );
        })}
        <path className={plots.zero} d={`M${across.at(0)} ${up.at(up.to)}V${up.at(0)}`} />
        <path className={plots.mark} d={`M${across.at(mean)} ${up.at(up.to)}V${up.at(0)}`} />
      </Plot>
      <p className={styles.fine}>
        Losses stand left of the line, gains right. Mean {percent(mean)} (broken line), median{' '}
        {percent(middle)}. What lies far outside is counted to the outermost bars.
      </p>
    </Section>
  );
}

function binText({ from, to }: { from: number; to: number }, percent: (value: number) => string): string {
  if (!Number.isFinite(from)) return `under ${percent(to)}`;
  return Number.isFinite(to) ? `${percent(from)} to ${percent(to)}` : `over ${percent(from)}`;
}
