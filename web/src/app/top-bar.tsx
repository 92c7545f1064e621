import { ActionIcon, Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import {
  BackIcon,
  ChevronIcon,
  KeyboardIcon,
  LabIcon,
  Logo,
  MoonIcon,
  ScreenerIcon,
  SignalsIcon,
  SunIcon,
  SystemIcon,
} from '@/components/icons';
import { Link } from '@/components/link';
import { ConnectionBadge } from '@/features/feed-status/connection-badge';
import { FeedBadge } from '@/features/feed-status/feed-badge';
import type { Page } from '@/lib/location';
import { AccountMenu } from './account-menu';
import styles from './top-bar.module.css';
import { SCHEME_NAMES, type useScheme } from './use-scheme';

/** What the bar has of the desk, where that is what is shown. */
export interface DeskInBar {
  /** What the button that opens the watch list on a narrow screen is called. */
  readonly symbol: string;
  readonly onOpenList: () => void;
}

export function TopBar({
  desk,
  current,
  scheme,
  onHelp,
  onSignOut,
}: {
  desk?: DeskInBar;
  /** Which page is shown. */
  current: Page['name'];
  scheme: ReturnType<typeof useScheme>;
  onHelp: () => void;
  onSignOut: () => void;
}) {
  return (
    <header className={styles.bar}>
      <Link href="/" className={styles.brand} aria-label="Candlewick, to the desk">
        <Logo />
        <span className={styles.name}>Candlewick</span>
      </Link>
      {desk ? (
        <button
          type="button"
          className={styles.symbol}
          aria-label={`Watch list, ${desk.symbol} is shown`}
          onClick={desk.onOpenList}
        >
          {desk.symbol} <ChevronIcon />
        </button>
      ) : (
        <Link href="/" className={styles.back}>
          <BackIcon /> Chart
        </Link>
      )}
      <div className={styles.pages}>
        <PageLink href="/signals" name="Signals" current={current === 'signals'} icon={<SignalsIcon />} />
        <PageLink href="/screener" name="Screener" current={current === 'screener'} icon={<ScreenerIcon />} />
        <PageLink href="/lab" name="Lab" current={current === 'lab'} icon={<LabIcon />} />
      </div>
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
            className={`${styles.icon} ${styles.keys}`}
            aria-label="Keys and signs"
            aria-keyshortcuts="?"
            onClick={onHelp}
          >
            <KeyboardIcon />
          </ActionIcon>
        </Tooltip>
        <AccountMenu onSignOut={onSignOut} />
      </div>
    </header>
  );
}

/** A narrow bar shows the icon alone. */
function PageLink({
  href,
  name,
  current,
  icon,
}: {
  href: string;
  name: string;
  current: boolean;
  icon: ReactNode;
}) {
  return (
    <Link href={href} className={styles.page} aria-label={name} aria-current={current ? 'page' : undefined}>
      {icon}
      <span className={styles.pageName}>{name}</span>
    </Link>
  );
}
