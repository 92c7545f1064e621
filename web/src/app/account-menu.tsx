import { Menu } from '@mantine/core';
import type { MouseEvent } from 'react';
import { navigate } from '@/lib/location';
import { useUser } from '@/lib/session/session-context';
import styles from './account-menu.module.css';

export const ROLE_NAMES = { admin: 'Administrator', user: 'User' } as const;

/** Whose account this is, and the pages about it. */
export function AccountMenu({ onSignOut }: { onSignOut: () => void }) {
  const user = useUser();
  // The items are links, so that they can be opened in another tab; a plain click stays in this one.
  const to = (href: string) => ({
    component: 'a' as const,
    href,
    onClick: (event: MouseEvent) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      navigate(href);
    },
  });
  return (
    <Menu position="bottom-end" width={232} shadow="md" returnFocus withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <button type="button" className={styles.button} aria-label={`Account: ${user.email}`}>
          <span className={styles.initial} aria-hidden="true">
            {[...user.email][0]?.toUpperCase()}
          </span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={styles.who}>
          <span className={styles.email}>{user.email}</span>
          <span className={styles.role}>{ROLE_NAMES[user.role]}</span>
        </div>
        <Menu.Divider />
        <Menu.Item {...to('/account')} data-autofocus>
          Profile
        </Menu.Item>
        <Menu.Item {...to('/account/security')}>Security</Menu.Item>
        {user.role === 'admin' && <Menu.Item {...to('/admin')}>Administration</Menu.Item>}
        <Menu.Divider />
        <Menu.Item onClick={onSignOut}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
