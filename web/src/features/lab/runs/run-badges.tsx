import type { RunItem, RunStatus } from '@/lib/lab/run-schemas';
import styles from '../lab.module.css';

const STATES: Readonly<Record<Exclude<RunStatus, 'done'>, string>> = {
  queued: 'waits',
  running: 'running',
  failed: 'failed',
  stopped: 'stopped',
};

/** What one must know of a run before one reads its figures. */
export function RunBadges({ run }: { run: Pick<RunItem, 'status' | 'live' | 'practice'> }) {
  return (
    <>
      {run.status !== 'done' && (
        <span className={styles.badge} data-kind={run.status === 'failed' ? 'bad' : undefined}>
          {STATES[run.status]}
        </span>
      )}
      {run.live && (
        <span className={styles.badge} data-kind="live" title="Its strategy runs on the desk">
          live
        </span>
      )}
      {run.practice && (
        <span className={styles.badge} data-kind="practice" title="These prices are invented">
          Practice
        </span>
      )}
    </>
  );
}
