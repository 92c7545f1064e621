import { useFormats } from '@/lib/formats';
import type { ReliabilityBin } from '@/lib/signals/schemas';
import { percent } from '@/lib/signals/words';
import styles from './record.module.css';

const SIZE = 260;
const LEFT = 44;
const TOP = 8;
const TICKS = [0, 0.25, 0.5, 0.75, 1];

const x = (share: number) => LEFT + share * SIZE;
const y = (share: number) => TOP + (1 - share) * SIZE;

/** How large a dot is: its area goes with the number of signals, within what can be seen and told apart. */
export function dotRadius(n: number, most: number): number {
  return 4 + 8 * Math.sqrt(n / Math.max(1, most));
}

/** What was told beside what paid: on the diagonal the probabilities were right. */
export function ReliabilityPlot({ bins }: { bins: readonly ReliabilityBin[] }) {
  const formats = useFormats();
  const most = Math.max(...bins.map((bin) => bin.n));
  const words = bins
    .map(({ told, paid, n }) => `told ${percent(formats, told)}, paid ${percent(formats, paid)} of ${n}`)
    .join('; ');
  return (
    <svg
      className={styles.plot}
      viewBox={`0 0 ${LEFT + SIZE + 20} ${TOP + SIZE + 40}`}
      role="img"
      aria-label={`Probabilities told and shares that paid: ${words}`}
    >
      {TICKS.map((tick) => (
        <g key={tick}>
          <path className={styles.grid} d={`M${x(tick)} ${y(0)}V${y(1)}M${x(0)} ${y(tick)}H${x(1)}`} />
          <text className={styles.tick} x={x(tick)} y={y(0) + 14} textAnchor="middle">
            {percent(formats, tick)}
          </text>
          <text className={styles.tick} x={x(0) - 6} y={y(tick) + 4} textAnchor="end">
            {percent(formats, tick)}
          </text>
        </g>
      ))}
      <path className={styles.diagonal} d={`M${x(0)} ${y(0)}L${x(1)} ${y(1)}`} />
      <path
        className={styles.curve}
        d={bins.map(({ told, paid }, index) => `${index === 0 ? 'M' : 'L'}${x(told)} ${y(paid)}`).join('')}
      />
      {bins.map(({ from, told, paid, n }) => (
        <g key={from}>
          <circle className={styles.dot} cx={x(told)} cy={y(paid)} r={dotRadius(n, most)} />
          <text className={styles.count} x={x(told)} y={y(paid) - dotRadius(n, most) - 4} textAnchor="middle">
            {formats.formatCount(n)}
          </text>
        </g>
      ))}
      <text className={styles.axis} x={x(0.5)} y={y(0) + 32} textAnchor="middle">
        probability told
      </text>
      <text className={styles.axis} x={-y(0.5)} y={10} textAnchor="middle" transform="rotate(-90)">
        share that paid
      </text>
    </svg>
  );
}
