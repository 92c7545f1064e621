import { type CSSProperties, useState } from 'react';
import { useFormats } from '@/lib/formats';
import type { Reason } from '@/lib/signals/schemas';
import { points } from '@/lib/signals/words';
import { contributionsOf } from './contribution-rows';
import styles from './contributions.module.css';

/** Each reason as a bar to the left (selling) or right (buying); with 50 they add up to the score. */
export function ContributionChart({ reasons }: { reasons: readonly Reason[] }) {
  const formats = useFormats();
  const [all, setAll] = useState(false);
  const { large, small, smallSum, total, most } = contributionsOf(reasons);
  const shown = all ? [...large, ...small] : large;
  return (
    <div>
      <div className={styles.sides} aria-hidden="true">
        <span>◀ selling</span>
        <span>buying ▶</span>
      </div>
      <ul className={styles.list}>
        {shown.map((reason, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two reasons may read the same
          <Bar key={index} text={reason.text} value={reason.contribution} most={most} />
        ))}
        {!all && small.length > 0 && (
          <Bar text={`${small.length} smaller reasons together`} value={smallSum} most={most} />
        )}
      </ul>
      <p className={styles.sum}>
        <span>
          50 {total >= 50 ? '+' : '−'} {formats.formatFixed(Math.abs(total - 50), 1)} ={' '}
          <b>{formats.formatFixed(total, 1)}</b>
        </span>
        {small.length > 0 && (
          <button type="button" className={styles.more} aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? 'Show the largest only' : `Show all ${reasons.length}`}
          </button>
        )}
      </p>
    </div>
  );
}

function Bar({ text, value, most }: { text: string; value: number; most: number }) {
  const formats = useFormats();
  const size = { '--size': Math.min(1, Math.abs(value) / most) } as CSSProperties;
  const tone = value > 0 ? 'up' : value < 0 ? 'down' : 'flat';
  return (
    <li className={styles.row}>
      <span className={styles.text}>{text}</span>
      <span className={styles.track} aria-hidden="true">
        <span className={styles.bar} data-tone={tone} style={size} />
      </span>
      <span className={styles.value}>{points(formats, value)}</span>
    </li>
  );
}
