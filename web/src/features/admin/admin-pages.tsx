import { MessagePanel } from '@/components/message-panel';
import { PageFrame } from '@/components/page-frame';
import { useUser } from '@/lib/session/session-context';
import { AuditLog } from './audit-log';
import { Invitations } from './invitations';
import { Users } from './users';

export type AdminSection = 'users' | 'invitations' | 'audit';

/** What administrators do. Others are shown nothing and nothing is asked for; the server would refuse them too. */
export function AdminPages({ section }: { section: AdminSection }) {
  const user = useUser();
  if (user.role !== 'admin') return <NotForYou />;
  const links = [
    { href: '/admin', name: 'Users', current: section === 'users' },
    { href: '/admin/invitations', name: 'Invitations', current: section === 'invitations' },
    { href: '/admin/audit', name: 'Audit log', current: section === 'audit' },
  ];
  return (
    <PageFrame title="Administration" links={links} wide>
      {section === 'users' && <Users />}
      {section === 'invitations' && <Invitations />}
      {section === 'audit' && <AuditLog />}
    </PageFrame>
  );
}

function NotForYou() {
  return (
    <PageFrame title="Not found" links={[]}>
      <MessagePanel title="There is nothing here for you">
        This page does not exist, or it is for administrators only. If you should be one, ask another to make
        you one.
      </MessagePanel>
    </PageFrame>
  );
}
