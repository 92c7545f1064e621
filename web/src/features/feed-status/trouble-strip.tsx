import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { StateDot } from '@/components/state-dot';
import { useFormats } from '@/lib/formats';
import { useMarketStatus } from '@/lib/market/use-market-status';
import { useConnection, useSocket, useUnread } from '@/lib/socket/socket-context';
import { formatSpan } from '@/lib/time';
import styles from './trouble-strip.module.css';
import { UnreadStrip } from './unread-strip';

/** A first connection takes a moment; only a longer one is worth a word. */
const PATIENCE_MS = 1500;

function useTick(active: boolean): void {
  const [, setCount] = useState(0);
  useEffect(() => {
    if (!active) return;
    const timer = setInterval(() => setCount((count) => count + 1), 500);
    return () => clearInterval(timer);
  }, [active]);
}

/** Across the top, only while something is wrong: what, since when, and what is being done about it. */
export function TroubleStrip() {
  const { formatMoment, formatOffset } = useFormats();
  const client = useSocket();
  const connection = useConnection();
  const unread = useUnread();
  const { data: status } = useMarketStatus();
  const [firstVersion, setFirstVersion] = useState<string | null>(null);
  const [late, setLate] = useState(false);
  const waiting = connection.phase === 'waiting';
  useTick(waiting);

  const version = connection.phase === 'open' ? connection.serverVersion : null;
  useEffect(() => {
    if (version !== null) setFirstVersion((known) => known ?? version);
  }, [version]);
  const connecting = connection.phase === 'connecting';
  useEffect(() => {
    setLate(false);
    if (!connecting) return;
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [connecting]);

  if (connection.phase === 'waiting') {
    const left = connection.retryAt - Date.now();
    return (
      <div className={styles.strip} data-tone="bad" role="alert">
        <StateDot tone="bad" />
        <span>
          No connection to the server for {formatSpan(Date.now() - connection.lostAt)}: what you see is not
          live. Trying again {left > 500 ? `in ${formatSpan(left + 500)}` : 'now'}.
        </span>
        <Button size="compact-xs" variant="default" onClick={() => client.retryNow()}>
          Try now
        </Button>
      </div>
    );
  }
  if (connection.phase === 'connecting' && late) {
    return (
      <div className={styles.strip} role="status">
        <StateDot tone="busy" /> Connecting to the server…
      </div>
    );
  }
  if (unread.here > 0) return <UnreadStrip />;
  if (version !== null && firstVersion !== null && version !== firstVersion) {
    return (
      <div className={styles.strip} role="status">
        <StateDot tone="warn" /> The server was updated to {version}.
        <Button size="compact-xs" variant="default" onClick={() => location.reload()}>
          Load the new dashboard
        </Button>
      </div>
    );
  }
  if (status && (status.feed.state === 'down' || status.feed.state === 'stale')) {
    const down = status.feed.state === 'down';
    return (
      <div className={styles.strip} data-tone={down ? 'bad' : undefined} role="status">
        <StateDot tone={down ? 'bad' : 'warn'} />
        <span>
          {down ? `No feed from ${status.venue}` : `${status.venue} is silent`} since{' '}
          {formatMoment(status.feed.since)} {formatOffset(status.feed.since)}: prices are as of then.{' '}
          {status.feed.detail}
        </span>
      </div>
    );
  }
  return <UnreadStrip />;
}
