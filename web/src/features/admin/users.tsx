import { NativeSelect, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ConfirmDialog, type Question } from '@/components/confirm-dialog';
import { Section } from '@/components/page-frame';
import { GoodNote, ProblemNote } from '@/components/problem-note';
import { Secret } from '@/components/secret';
import type { MadeLink, Role, User, UserList } from '@/lib/api/account-schemas';
import { fetchUsers } from '@/lib/api/accounts';
import { useFormats } from '@/lib/formats';
import styles from './admin.module.css';
import { PageButtons, usePages } from './pages';
import { Table } from './table';
import { type UserDeed, userQuestion } from './user-questions';
import { UserRow } from './user-row';

const KEY = 'admin-users';
const SEARCH_AFTER_MS = 250;
const STATES = [
  { value: '', label: 'Active and disabled' },
  { value: 'true', label: 'Active' },
  { value: 'false', label: 'Disabled' },
];
const ROLES = [
  { value: '', label: 'Every role' },
  { value: 'user', label: 'Users' },
  { value: 'admin', label: 'Administrators' },
];

const COLUMNS = [
  'E-mail address',
  'Role',
  'State',
  'Two-factor',
  'Since',
  'Last sign-in',
  '[What can be done]',
];

/** Every account, to be found and to be changed. */
export function Users() {
  const cache = useQueryClient();
  const { formatCount } = useFormats();
  const [search, setSearch] = useState('');
  const [role, setRole] = useState('');
  const [active, setActive] = useState('');
  const [settled] = useDebouncedValue(search, SEARCH_AFTER_MS);
  const pages = usePages();
  const [question, setQuestion] = useState<Question | null>(null);
  const [said, setSaid] = useState<{ user: User; link: MadeLink | null; text: string } | null>(null);

  const filter = {
    search: settled.trim(),
    role: role === '' ? undefined : (role as Role),
    active: active === '' ? undefined : active === 'true',
    after: pages.after,
    limit: 50,
  };
  const users = useQuery({
    queryKey: [KEY, filter],
    queryFn: ({ signal }) => fetchUsers(filter, signal),
    placeholderData: keepPreviousData,
  });
  const done = async (user: User, text: string, link: MadeLink | null) => {
    setSaid({ user, text, link });
    await cache.invalidateQueries({ queryKey: [KEY] });
  };
  const ask = (user: User, deed: UserDeed) => {
    setSaid(null);
    setQuestion(userQuestion(user, deed, (text, link) => done(user, text, link)));
  };

  return (
    <Section title="Users">
      <div className={styles.filters}>
        <TextInput
          className={styles.grow ?? ''}
          label="Search"
          placeholder="Part of an e-mail address"
          type="search"
          value={search}
          onChange={(event) => {
            setSearch(event.currentTarget.value);
            pages.first();
          }}
        />
        <NativeSelect
          label="Role"
          data={ROLES}
          value={role}
          onChange={(event) => {
            setRole(event.currentTarget.value);
            pages.first();
          }}
        />
        <NativeSelect
          label="State"
          data={STATES}
          value={active}
          onChange={(event) => {
            setActive(event.currentTarget.value);
            pages.first();
          }}
        />
      </div>
      <div className={styles.stack}>
        {said?.link && (
          <Secret
            label={`Reset link for ${said.user.email}`}
            text={said.link.link}
            about="Hand it over by a way that only this person reads. It is good once, and is shown now and never again."
          />
        )}
        {said && !said.link && <GoodNote>{said.text}</GoodNote>}
        {users.error && <ProblemNote>{users.error.message}</ProblemNote>}
      </div>
      {users.isPending && <p className={styles.empty}>Loading…</p>}
      {users.data && <UserTable list={users.data} onDeed={ask} />}
      {users.data && (
        <PageButtons pages={pages} next={users.data.next} about={accounts(users.data.total, formatCount)} />
      )}
      <ConfirmDialog question={question} onClose={() => setQuestion(null)} />
    </Section>
  );
}

function accounts(total: number, formatCount: (count: number) => string): string {
  return `${formatCount(total)} ${total === 1 ? 'account' : 'accounts'}`;
}

function UserTable({ list, onDeed }: { list: UserList; onDeed: (user: User, deed: UserDeed) => void }) {
  if (list.items.length === 0) return <p className={styles.empty}>No account is like that.</p>;
  return (
    <Table name="Users" columns={COLUMNS}>
      {list.items.map((user) => (
        <UserRow key={user.id} user={user} onDeed={(deed) => onDeed(user, deed)} />
      ))}
    </Table>
  );
}
