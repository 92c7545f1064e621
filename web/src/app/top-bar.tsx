import { ActionIcon, Tooltip } from '@mantine/core';
import { ChevronIcon, KeyboardIcon, Logo, MoonIcon, SunIcon, SystemIcon } from '@/components/icons';
import { ConnectionBadge } from '@/features/feed-status/connection-badge';
import { FeedBadge } from '@/features/feed-status/feed-badge';
import styles from './top-bar.module.css';
import { SCHEME_NAMES, type useScheme } from './use-scheme';

export function TopBar({
  symbol,
  scheme,
  onOpenList,
  onHelp,
}: {
  /** What the button that opens the watch list on a narrow screen is called. */
  symbol: string;
  scheme: ReturnType<typeof useScheme>;
  onOpenList: () => void;
  onHelp: () => void;
}) {
  return (
    <header className={styles.bar}>
      <div className={styles.brand}>
        <Logo />
        <span className={styles.name}>Candlewick</span>
      </div>
      <button
        type="button"
        className={styles.symbol}
        aria-label={`Watch list, ${symbol} is shown`}
        onClick={onOpenList}
      >
        {symbol} <ChevronIcon />
      </button>
      <div className={styles.right}>
        <FeedBadge />
        <ConnectionBadge />
        <Tooltip label={`Theme: ${SCHEME_NAMES[scheme.chosen]}`}>
          <ActionIcon
            variant="subtle"
            color="gray"
            className={styles.icon ?? ''}
            aria-label={`Theme: ${SCHEME_NAMES[scheme.chosen]}. Change it.`}
            onClick={scheme.next}
          >
            {{ auto: <SystemIcon />, light: <SunIcon />, dark: <MoonIcon /> }[scheme.chosen]}
          </ActionIcon>
        </Tooltip>
        <Tooltip label="Keys and signs">
          <ActionIcon
            variant="subtle"
            color="gray"
            className={styles.icon ?? ''}
            aria-label="Keys and signs"
            aria-keyshortcuts="?"
            onClick={onHelp}
          >
            <KeyboardIcon />
          </ActionIcon>
        </Tooltip>
      </div>
    </header>
  );
}
