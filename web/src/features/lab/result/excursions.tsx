import { useState } from 'react';
import { Choice } from '@/components/choice';
import { Section } from '@/components/page-frame';
import { useFormats } from '@/lib/formats';
import type { Trade } from '@/lib/lab/strategy-schemas';
import styles from '../lab.module.css';
import { Plot } from '../plots/plot';
import plots from '../plots/plots.module.css';
import { acrossOf, quantile, upOf } from '../plots/scale';

/** Dots of one plot; more would be one cloud, and slow. */
const DOTS_MAX = 1500;

/** Evenly thinned to at most so many. */
export function thinnedTo<T>(list: readonly T[], most: number): readonly T[] {
  if (list.length <= most) return list;
  return Array.from({ length: most }, (_, i) => list[Math.floor((i * list.length) / most)] as T);
}

/** How far trades went against and for one on the way, beside what came of them. */
export function Excursions({
  trades,
  selected,
  onSelect,
}: {
  trades: readonly Trade[];
  selected: number | null;
  onSelect: (id: number) => void;
}) {
  const formats = useFormats();
  const [by, setBy] = useState<'MAE' | 'MFE'>('MAE');
  const closed = trades.filter((one) => one.exit_reason !== 'open');
  if (closed.length < 2) return null;
  const wayOf = (trade: Trade) => (by === 'MAE' ? trade.mae : trade.mfe);
  const shown = thinnedTo(closed, DOTS_MAX);
  const chosen = closed.find((one) => one.id === selected);
  const dots = chosen ? [...shown.filter((one) => one !== chosen), chosen] : shown;
  // The farthest few are put at the edge, so that the others are told apart.
  const ways = shown.map(wayOf).sort((a, b) => a - b);
  const ends = shown.map((one) => one.pnl_pct).sort((a, b) => a - b);
  const most = Math.max(quantile(ways, 0.995), 0.1) * 1.05;
  const [low, high] = [Math.min(0, quantile(ends, 0.005)), Math.max(0, quantile(ends, 0.995))];
  const air = (high - low) * 0.05 || 1;
  const across = acrossOf(0, most);
  const up = upOf(low - air, high + air);
  const within = (value: number, from: number, to: number) => Math.min(to, Math.max(from, value));
  const number = (value: number) => formats.formatFixed(value, Number.isInteger(value) ? 0 : 1);
  return (
    <Section
      title="On the way"
      actions={
        <Choice
          label="What is across"
          values={['MAE', 'MFE']}
          value={by}
          about={(one) => (one === 'MAE' ? 'The worst way against it' : 'The best way for it')}
          onChange={setBy}
        />
      }
    >
      <Plot
        label={`${by} of ${closed.length} trades beside their returns; each dot is a trade, the table lists them`}
        across={across}
        up={up}
        acrossName={by === 'MAE' ? 'worst way against it (MAE), %' : 'best way for it (MFE), %'}
        upName="return, %"
        acrossText={number}
        upText={number}
        onPick={(pick) => onSelect(Number(pick))}
      >
        <path className={plots.zero} d={`M${across.at(0)} ${up.at(0)}H${across.at(most)}`} />
        {dots.map((trade) => (
          <Dot
            key={trade.id}
            trade={trade}
            x={across.at(within(wayOf(trade), 0, most))}
            y={up.at(within(trade.pnl_pct, up.from, up.to))}
            chosen={trade === chosen}
          />
        ))}
      </Plot>
      <p className={styles.fine}>
        {by === 'MAE'
          ? 'Wins far to the right were nearly lost: a stop nearer than that would have cost them.'
          : 'Losses far to the right were once well ahead: a target, or a trailing stop, would have kept some of it.'}{' '}
        ● won, ◆ lost. Choose one to see it on the chart.
        {closed.length > DOTS_MAX &&
          ` ${formats.formatCount(DOTS_MAX)} of ${formats.formatCount(closed.length)} are drawn.`}
      </p>
    </Section>
  );
}

function Dot({ trade, x, y, chosen }: { trade: Trade; x: number; y: number; chosen: boolean }) {
  const won = trade.pnl >= 0;
  const size = chosen ? 6 : 3.6;
  const shared = {
    className: `${plots.dot} ${won ? plots.gain : plots.loss}`,
    'data-pick': trade.id,
    'data-chosen': chosen || undefined,
  };
  if (won) return <circle {...shared} cx={x} cy={y} r={size} />;
  return (
    <path
      {...shared}
      d={`M${x} ${y - size * 1.2}l${size * 1.2} ${size * 1.2}l${-size * 1.2} ${size * 1.2}l${-size * 1.2} ${-size * 1.2}Z`}
    />
  );
}
