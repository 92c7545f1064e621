import { Button, Menu } from '@mantine/core';
import { ChevronIcon } from '@/components/icons';
import { StateDot } from '@/components/state-dot';
import { When } from '@/components/when';
import type { User } from '@/lib/api/account-schemas';
import { useFormats } from '@/lib/formats';
import { useUser } from '@/lib/session/session-context';
import { useServerNow } from '@/lib/use-now';
import styles from './admin.module.css';
import { Cell, Row } from './table';
import type { UserDeed } from './user-questions';

export function UserRow({ user, onDeed }: { user: User; onDeed: (deed: UserDeed) => void }) {
  const me = useUser();
  const now = useServerNow(false);
  const { formatDay } = useFormats();
  return (
    <Row>
      <Cell className={styles.who} full>
        {user.email}
        {user.id === me.id && <span className={styles.dim}> (you)</span>}
      </Cell>
      <Cell className={styles.nowrap}>{user.role === 'admin' ? 'Administrator' : 'User'}</Cell>
      <Cell className={styles.nowrap}>
        <span className={styles.state}>
          <StateDot tone={user.active ? 'good' : 'bad'} /> {user.active ? 'Active' : 'Disabled'}
        </span>
      </Cell>
      <Cell label="Two-factor">{user.totp_enabled ? 'On' : 'Off'}</Cell>
      <Cell label="since" className={styles.nowrap}>
        {formatDay(user.created_at)}
      </Cell>
      <Cell label="Last sign-in" full>
        <When time={user.last_login} now={now} />
      </Cell>
      <Cell className={styles.right} actions>
        <Menu position="bottom-end" shadow="md" returnFocus withInitialFocusPlaceholder={false}>
          <Menu.Target>
            <Button
              variant="default"
              size="xs"
              rightSection={<ChevronIcon />}
              aria-label={`Change ${user.email}`}
            >
              Change
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item data-autofocus onClick={() => onDeed(user.role === 'admin' ? 'demote' : 'promote')}>
              {user.role === 'admin' ? 'Make a user…' : 'Make an administrator…'}
            </Menu.Item>
            <Menu.Item onClick={() => onDeed('reset')}>Make a reset link…</Menu.Item>
            <Menu.Item onClick={() => onDeed('end_sessions')}>End all sessions…</Menu.Item>
            <Menu.Item onClick={() => onDeed(user.active ? 'disable' : 'enable')}>
              {user.active ? 'Disable…' : 'Enable…'}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Cell>
    </Row>
  );
}
