import { useFormats } from '@/lib/formats';
import { formatSpan, type UnixMs } from '@/lib/time';
import styles from './when.module.css';

/** A time as both: how long ago it was (or until when it is), and what the clock showed. */
export function When({ time, now, never = 'never' }: { time: UnixMs | null; now: UnixMs; never?: string }) {
  const { formatMoment } = useFormats();
  if (time === null) return <span>{never}</span>;
  const words = distance(now - time);
  return (
    <time dateTime={new Date(time).toISOString()} className={styles.when}>
      <span>{words}</span> <span className={styles.moment}>{formatMoment(time)}</span>
    </time>
  );
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** How far off, roughly: the further, the rougher. */
function distance(past: number): string {
  const far = Math.abs(past);
  if (far < MINUTE_MS) return past >= 0 ? 'just now' : 'in a moment';
  const days = Math.floor(far / DAY_MS);
  const span = days >= 2 ? `${days} days` : formatSpan(far - (far % MINUTE_MS));
  return past >= 0 ? `${span} ago` : `in ${span}`;
}
