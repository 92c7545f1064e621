import { Progress } from '@mantine/core';
import { StateDot } from '@/components/state-dot';
import { useMarketStatus } from '@/lib/market/use-market-status';
import { formatShare } from '@/lib/numbers';
import { summarizeHistory } from './feed-words';
import styles from './history-card.module.css';

/** Under the watch list while the history is being fetched; nothing when all of it is there. */
export function HistoryCard() {
  const { data: status } = useMarketStatus();
  if (!status || status.history.length === 0) return null;
  const summary = summarizeHistory(status.history);
  const busy = summary.running + summary.queued > 0;
  if (!busy && summary.failed === 0) return null;
  const current = status.history.find((item) => item.state === 'running');
  return (
    <div className={styles.card}>
      <div className={styles.line}>
        <StateDot tone={busy ? 'busy' : 'bad'} />
        <span>{busy ? `Fetching history from ${status.venue}` : `${summary.failed} series failed`}</span>
        <span className={styles.share}>{formatShare(summary.progress)}</span>
      </div>
      <Progress value={summary.progress * 100} size="xs" aria-label="History fetched" />
      <div className={styles.small}>
        {current ? `Now ${current.symbol} ${current.timeframe}, ` : ''}
        {summary.done} of {status.history.length} series complete
      </div>
    </div>
  );
}
