import { Popover } from '@mantine/core';
import { useState } from 'react';
import { StateDot } from '@/components/state-dot';
import { useMarketStatus } from '@/lib/market/use-market-status';
import { formatShare } from '@/lib/numbers';
import { isCutOff } from '@/lib/socket/socket-client';
import { useConnection, useUnread } from '@/lib/socket/socket-context';
import styles from './badge.module.css';
import { FEED_FAULTY, FEED_UNKNOWN, FEED_WORDS, summarizeHistory } from './feed-words';
import { StatusPanel } from './status-panel';

/** Whether the server hears from the exchange, and how far its history is; pressed, everything about it. */
export function FeedBadge() {
  const [open, setOpen] = useState(false);
  const { data: status } = useMarketStatus();
  const connection = useConnection();
  const known = !isCutOff(connection);
  const faulty = useUnread().here > 0;
  if (!status) return null;
  const heard = faulty ? FEED_FAULTY : FEED_WORDS[status.feed.state];
  const { tone, short, brief } = known ? heard : FEED_UNKNOWN;
  const history = summarizeHistory(status.history);
  const fetching = history.running + history.queued > 0;
  return (
    <Popover
      opened={open}
      onChange={setOpen}
      position="bottom-end"
      width={380}
      shadow="md"
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <button
          type="button"
          className={styles.badge}
          data-quiet={tone === 'good' || undefined}
          data-brief={brief}
          data-testid="feed"
          onClick={() => setOpen((was) => !was)}
        >
          <StateDot tone={tone} />
          <span className={styles.text}>{short}</span>
          {known && fetching && (
            <span className={styles.share}>
              <span className={styles.word}>history </span>
              {formatShare(history.progress)}
            </span>
          )}
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <StatusPanel status={status} known={known} />
      </Popover.Dropdown>
    </Popover>
  );
}
