import { Button } from '@mantine/core';
import { StateDot } from '@/components/state-dot';
import { useFormats } from '@/lib/formats';
import type { UnixMs } from '@/lib/time';
import { LOADED_BARS_MAX, type Older } from './candle-feed';
import styles from './older-notice.module.css';

/** At the left end of the chart: what becomes of the older bars. */
export function OlderNotice({
  older,
  oldest,
  barMs,
  venue,
  onRetry,
}: {
  older: Older;
  oldest: UnixMs | undefined;
  /** How much time a bar holds. */
  barMs: number;
  venue: string;
  onRetry: () => void;
}) {
  const { formatCount, formatDay } = useFormats();
  const since = oldest === undefined ? '' : `: ${formatDay(oldest, barMs)}`;
  const again = (
    <Button size="compact-xs" variant="default" onClick={onRetry}>
      Try again
    </Button>
  );
  switch (older.phase) {
    case 'idle':
      return null;
    case 'loading':
      return (
        <div className={styles.notice} role="status">
          <StateDot tone="busy" /> Loading older bars…
        </div>
      );
    case 'fetching':
      return (
        <div className={styles.notice} role="status">
          <StateDot tone="busy" /> The server is fetching older bars from {venue}…
        </div>
      );
    case 'start':
      return (
        <div className={styles.notice} role="status">
          Start of history{since}. {venue} has no older bars.
        </div>
      );
    case 'stored':
      return (
        <div className={styles.notice} role="status">
          No older bars are stored{since}. {again}
        </div>
      );
    case 'full':
      return (
        <div className={styles.notice} role="status">
          {formatCount(LOADED_BARS_MAX)} bars are loaded. Choose a coarser timeframe to look further back.
        </div>
      );
    case 'failed':
      return (
        <div className={styles.notice} role="alert">
          <StateDot tone="bad" /> Older bars could not be loaded: {older.problem.message} {again}
        </div>
      );
  }
}
