import { StateDot } from '@/components/state-dot';
import { useFormats } from '@/lib/formats';
import type { UnixMs } from '@/lib/time';
import styles from './signals.module.css';

/** Says since when what is shown is old; nothing while it is not. */
export function StaleMark({ stale, since }: { stale: boolean; since: UnixMs | null }) {
  const { formatMoment } = useFormats();
  if (!stale) return null;
  return (
    <span className={styles.stale}>
      <StateDot tone="warn" />
      {since === null ? 'stale' : `stale since ${formatMoment(since)}`}
    </span>
  );
}
