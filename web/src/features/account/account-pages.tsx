import { PageFrame, Section } from '@/components/page-frame';
import { When } from '@/components/when';
import { useUser } from '@/lib/session/session-context';
import { useServerNow } from '@/lib/use-now';
import styles from './account.module.css';
import { ApiKeys } from './api-keys';
import { PasswordForm } from './password-form';
import { Sessions } from './sessions';
import { SettingsForm } from './settings-form';
import { TwoFactor } from './two-factor';

/** What belongs to the person's own account. */
export function AccountPages({ section }: { section: 'profile' | 'security' }) {
  const links = [
    { href: '/account', name: 'Profile', current: section === 'profile' },
    { href: '/account/security', name: 'Security', current: section === 'security' },
  ];
  return (
    <PageFrame title="Your account" links={links}>
      {section === 'profile' ? (
        <>
          <Profile />
          <SettingsForm />
        </>
      ) : (
        <>
          <Sessions />
          <PasswordForm />
          <TwoFactor />
          <ApiKeys />
        </>
      )}
    </PageFrame>
  );
}

function Profile() {
  const user = useUser();
  const now = useServerNow();
  return (
    <Section title="Profile">
      <dl className={styles.facts}>
        <dt>E-mail address</dt>
        <dd>{user.email}</dd>
        <dt>Role</dt>
        <dd>{user.role === 'admin' ? 'Administrator: may invite, change and disable accounts' : 'User'}</dd>
        <dt>Member since</dt>
        <dd>
          <When time={user.created_at} now={now} />
        </dd>
        <dt>Two-factor</dt>
        <dd>{user.totp_enabled ? 'On' : 'Off'}</dd>
      </dl>
    </Section>
  );
}
