import type { ReactNode } from 'react';
import { DirectionMark } from '@/components/direction-mark';
import { Link } from '@/components/link';
import { useFormats } from '@/lib/formats';
import type { SignalSummary } from '@/lib/signals/schemas';
import { scoreText } from '@/lib/signals/words';
import styles from './signal-badge.module.css';

/** What a symbol says, in short, and the way to its page of signals. */
export function SignalBadge({
  name,
  href,
  signal,
  tabIndex,
  className = '',
  children,
}: {
  /** What the symbol is called. */
  name: string;
  href: string;
  /** Null: it says nothing yet; undefined: that is not known. */
  signal: SignalSummary | null | undefined;
  tabIndex?: number;
  className?: string | undefined;
  /** Stands before what is said, and says that signals do. */
  children?: ReactNode;
}) {
  const formats = useFormats();
  const said = signal?.score == null || signal.direction === null ? null : signal;
  const since = said?.stale_since == null ? '' : `since ${formats.formatMoment(said.stale_since)}`;
  return (
    <Link
      href={href}
      className={`${styles.badge} ${className}`}
      data-stale={said?.stale || undefined}
      title={`Signals of ${name}`}
      tabIndex={tabIndex}
    >
      {children ?? <span className={signal === undefined ? undefined : styles.spoken}>Signals</span>}{' '}
      <span className={styles.spoken}>
        of {name}
        {signal !== undefined && ':'}
      </span>{' '}
      {said ? (
        <>
          <b>{scoreText(said.score)}</b> <DirectionMark direction={said.direction} />
          {said.stale && (
            <>
              {' '}
              <span className={styles.old}>stale</span> <span className={styles.spoken}>{since}</span>
            </>
          )}
        </>
      ) : (
        signal === null && <span>no signal</span>
      )}
    </Link>
  );
}
