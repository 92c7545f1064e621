import type { ReactNode } from 'react';
import { DirectionMark } from '@/components/direction-mark';
import { Link } from '@/components/link';
import { useFormats } from '@/lib/formats';
import { DIRECTION_WORDS } from '@/lib/signals/direction';
import type { SignalSummary } from '@/lib/signals/schemas';
import { scoreText } from '@/lib/signals/words';
import styles from './signal-badge.module.css';

/** What a symbol says, in short, and the way to its page of signals. Undefined: nothing is known of it yet. */
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
  signal: SignalSummary | undefined;
  tabIndex?: number;
  className?: string | undefined;
  /** Stands before what is said. */
  children?: ReactNode;
}) {
  const formats = useFormats();
  const said = signal?.score == null || signal.direction === null ? null : signal;
  const words = said?.direction
    ? `${DIRECTION_WORDS[said.direction]}, ${scoreText(said.score)} of 100`
    : 'no signal yet';
  const since = said?.stale_since == null ? '' : ` since ${formats.formatMoment(said.stale_since)}`;
  const label = `Signals of ${name}: ${words}${said?.stale ? `, stale${since}` : ''}`;
  return (
    <Link
      href={href}
      className={`${styles.badge} ${className}`}
      data-stale={said?.stale || undefined}
      aria-label={label}
      title={label}
      tabIndex={tabIndex}
    >
      {children}
      {said ? (
        <>
          <b>{scoreText(said.score)}</b> <DirectionMark direction={said.direction} />
          {said.stale && <span className={styles.old}>stale</span>}
        </>
      ) : (
        <span className={styles.none}>no signal</span>
      )}
    </Link>
  );
}
