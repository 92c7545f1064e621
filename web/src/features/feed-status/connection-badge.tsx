import { StateDot } from '@/components/state-dot';
import { useConnection } from '@/lib/socket/socket-context';
import styles from './badge.module.css';
import { CONNECTION_WORDS } from './feed-words';

/** Whether this page hears from its server. */
export function ConnectionBadge() {
  const { phase } = useConnection();
  const { tone, short, brief } = CONNECTION_WORDS[phase];
  return (
    <span
      className={styles.badge}
      role="status"
      data-quiet={tone === 'good' || undefined}
      data-brief={brief}
      data-testid="connection"
    >
      <StateDot tone={tone} />
      <span className={styles.text}>{short}</span>
    </span>
  );
}
