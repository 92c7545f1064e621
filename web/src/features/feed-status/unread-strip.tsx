import { Button } from '@mantine/core';
import { useState } from 'react';
import { StateDot } from '@/components/state-dot';
import { useUnread } from '@/lib/socket/socket-context';
import styles from './trouble-strip.module.css';

/** How much the server said that this page cannot read, and what that means; nothing where there is none. */
export function UnreadStrip() {
  const { total, here } = useUnread();
  const [seen, setSeen] = useState(0);
  if (here === 0 && total <= seen) return null;
  const many = total === 1 ? 'A message of the server' : `${total} messages of the server`;
  if (here > 0) {
    return (
      <div className={styles.strip} data-tone="bad" role="alert">
        <StateDot tone="bad" />
        <span>
          {many} could not be read: what you see may be wrong. The page may be older than the server.
        </span>
        <Button size="compact-xs" variant="default" onClick={() => location.reload()}>
          Reload the page
        </Button>
      </div>
    );
  }
  return (
    <div className={styles.strip} role="alert">
      <StateDot tone="warn" />
      <span>{many} could not be read. The page has connected anew and asked for everything again.</span>
      <Button size="compact-xs" variant="default" onClick={() => setSeen(total)}>
        Close
      </Button>
    </div>
  );
}
