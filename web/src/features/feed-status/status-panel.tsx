import { Progress } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { StateDot, type Tone } from '@/components/state-dot';
import { fetchReady } from '@/lib/api/client';
import type { HistoryItem, MarketStatus, Ready } from '@/lib/api/schemas';
import { useFormats } from '@/lib/formats';
import { formatShare } from '@/lib/numbers';
import { formatSpan } from '@/lib/time';
import { durationMs } from '@/lib/timeframe';
import { useServerNow } from '@/lib/use-now';
import { FEED_UNKNOWN, FEED_WORDS, summarizeHistory } from './feed-words';
import styles from './status-panel.module.css';

const CHECK_TONES: Record<Ready['status'], Tone> = { pass: 'good', warn: 'warn', fail: 'bad' };
function marketWords({ market, venue }: MarketStatus): string {
  switch (market) {
    case 'live':
      return `Prices come from ${venue}.`;
    case 'practice':
      return 'This is the practice market: its prices are invented on this machine.';
    case 'replay':
      return 'This is a replay: stored candles are played again.';
  }
}

export function StatusPanel({
  status,
  known,
}: {
  status: MarketStatus;
  /** False while there is no connection: then this is what the server said last. */
  known: boolean;
}) {
  const now = useServerNow();
  const { formatMoment, formatOffset } = useFormats();
  const { feed } = status;
  const { tone, short } = known ? FEED_WORDS[feed.state] : FEED_UNKNOWN;
  return (
    <div className={styles.panel}>
      <h2 className={styles.title}>
        <StateDot tone={tone} /> {short}
      </h2>
      <p className={styles.text}>
        {marketWords(status)}{' '}
        {known
          ? feed.detail
          : `There is no connection to the server. It said last: ${FEED_WORDS[feed.state].short}. ${feed.detail}`}
      </p>
      <dl className={styles.facts}>
        {known && (
          <>
            <dt>In this state for</dt>
            <dd title={`${formatMoment(feed.since)} ${formatOffset(feed.since)}`}>
              {formatSpan(now - feed.since)}
            </dd>
          </>
        )}
        <dt>Last message</dt>
        <dd>{feed.last_message === null ? 'none yet' : `${formatSpan(now - feed.last_message)} ago`}</dd>
      </dl>
      <History history={status.history} />
      <Checks />
    </div>
  );
}

function History({ history }: { history: readonly HistoryItem[] }) {
  const { formatDay } = useFormats();
  if (history.length === 0) return null;
  const summary = summarizeHistory(history);
  const open = history.filter((item) => item.state !== 'done');
  return (
    <section>
      <h3 className={styles.heading}>
        History <span>{formatShare(summary.progress)}</span>
      </h3>
      <Progress value={summary.progress * 100} size="sm" aria-label="History fetched" />
      <p className={styles.small}>
        {summary.done} of {history.length} series complete
        {summary.failed > 0 ? `, ${summary.failed} failed` : ''}
      </p>
      {open.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <ul className={styles.series} tabIndex={0} aria-label="Series that are not complete">
          {open.map((item) => (
            <li key={`${item.venue}:${item.symbol} ${item.timeframe}`}>
              <span>
                {item.symbol} {item.timeframe}
              </span>
              <span className={styles.dim}>
                {item.state === 'failed'
                  ? `failed${item.detail ? `: ${item.detail}` : ''}`
                  : item.state === 'queued'
                    ? 'waits its turn'
                    : item.oldest === null
                      ? 'begins'
                      : `back to ${formatDay(item.oldest, durationMs(item.timeframe))}`}
              </span>
              <span>{formatShare(item.progress)}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Checks() {
  const ready = useQuery({
    queryKey: ['ready'],
    queryFn: ({ signal }) => fetchReady(signal),
    refetchInterval: 10_000,
  });
  if (ready.error) return <p className={styles.small}>{ready.error.message}</p>;
  if (!ready.data) return null;
  return (
    <section>
      <h3 className={styles.heading}>Server</h3>
      {!ready.data.checks && (
        // Only administrators are told what is checked.
        <p className={styles.small}>
          {ready.data.status === 'fail' ? 'Something of it does not work.' : 'It works.'}
        </p>
      )}
      <ul className={styles.checks}>
        {(ready.data.checks ?? []).map((check) => (
          <li key={check.name}>
            <StateDot tone={CHECK_TONES[check.status]} />
            <span>{check.name.replaceAll('_', ' ')}</span>
            <span className={styles.dim}>{check.detail}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
