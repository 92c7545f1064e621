import { Button, NativeSelect } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ConfirmDialog, type Question } from '@/components/confirm-dialog';
import { TextField } from '@/components/fields';
import { FormFrame } from '@/components/form-frame';
import { Section } from '@/components/page-frame';
import { ProblemNote } from '@/components/problem-note';
import { Secret } from '@/components/secret';
import { When } from '@/components/when';
import type { Invitation, MadeLink, Role } from '@/lib/api/account-schemas';
import { fetchInvitations, invite, revokeInvitation } from '@/lib/api/accounts';
import { emailFault, faultsOf } from '@/lib/form/checks';
import { useForm } from '@/lib/form/use-form';
import { useServerNow } from '@/lib/use-now';
import styles from './admin.module.css';
import { Cell, Row, Table } from './table';

const KEY = ['admin-invitations'];
const ROLES = [
  { value: 'user', label: 'User' },
  { value: 'admin', label: 'Administrator' },
];
const LIVES = [
  { value: '1', label: 'One day' },
  { value: '7', label: 'One week' },
  { value: '30', label: '30 days' },
];
const COLUMNS = ['For', 'Role', 'Made by', 'Made', 'Ends', '[What can be done]'];

/** Links by which others make an account of their own. */
export function Invitations() {
  const cache = useQueryClient();
  const now = useServerNow(false);
  const [made, setMade] = useState<{ link: MadeLink; email: string } | null>(null);
  const [question, setQuestion] = useState<Question | null>(null);
  const open = useQuery({ queryKey: KEY, queryFn: ({ signal }) => fetchInvitations(signal) });
  const again = () => cache.invalidateQueries({ queryKey: KEY });
  const ask = (one: Invitation) =>
    setQuestion({
      title: 'Revoke the invitation?',
      text: `The link for ${one.email ?? 'whoever has it'} stops working. An account that was made with it stays.`,
      action: 'Revoke it',
      act: async () => {
        await revokeInvitation(one.id);
        if (made?.link.id === one.id) setMade(null);
        await again();
      },
    });
  return (
    <>
      <Section
        title="Invite somebody"
        about="You get a link to hand over by a way of your own. Who opens it chooses a password and is in; it is good for one account."
      >
        <div className={styles.stack}>
          <InvitationForm
            onMade={(link, email) => {
              setMade({ link, email });
              void again();
            }}
          />
          {made && (
            <Secret
              label={made.email === '' ? 'Invitation' : `Invitation for ${made.email}`}
              text={made.link.link}
              about="Copy it now: it is never shown again."
            />
          )}
        </div>
      </Section>
      <Section title="Open invitations">
        {open.error && <ProblemNote>{open.error.message}</ProblemNote>}
        {open.isPending && <p className={styles.empty}>Loading…</p>}
        {open.data?.length === 0 && <p className={styles.empty}>There is none.</p>}
        {open.data && open.data.length > 0 && (
          <Table name="Open invitations" columns={COLUMNS}>
            {open.data.map((one) => (
              <Row key={one.id}>
                <Cell className={styles.who} full>
                  {one.email ?? 'Whoever has the link'}
                </Cell>
                <Cell>{one.role === 'admin' ? 'Administrator' : 'User'}</Cell>
                <Cell label="made by">{one.created_by === 'cli' ? 'the command line' : one.created_by}</Cell>
                <Cell label="made" full>
                  <When time={one.created_at} now={now} />
                </Cell>
                <Cell label="ends" full>
                  <When time={one.expires_at} now={now} />
                </Cell>
                <Cell className={styles.right} actions>
                  <Button
                    variant="default"
                    size="xs"
                    onClick={() => ask(one)}
                    aria-label={`Revoke the invitation for ${one.email ?? 'whoever has the link'}`}
                  >
                    Revoke
                  </Button>
                </Cell>
              </Row>
            ))}
          </Table>
        )}
        <ConfirmDialog question={question} onClose={() => setQuestion(null)} />
      </Section>
    </>
  );
}

function InvitationForm({ onMade }: { onMade: (link: MadeLink, email: string) => void }) {
  const form = useForm({
    initial: { email: '', role: 'user', days: '7' },
    check: ({ email }) => faultsOf({ email: email.trim() === '' ? undefined : emailFault(email) }),
    blame: ({ code, field }) => (code === 'email_taken' || field === 'email' ? 'email' : null),
    submit: async ({ email, role, days }) => {
      const address = email.trim();
      onMade(await invite(address === '' ? null : address, role as Role, Number(days)), address);
      form.set({ email: '' });
    },
  });
  return (
    <FormFrame form={form} label="Invite somebody" submit="Make the invitation">
      <div className={styles.line}>
        <TextField
          {...form.field('email')}
          className={styles.grow ?? ''}
          label="For (e-mail address)"
          description="Only this address can use it. Empty: whoever has the link."
          type="email"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
        />
        <NativeSelect {...form.field('role')} label="As" data={ROLES} />
        <NativeSelect {...form.field('days')} label="Good for" data={LIVES} />
      </div>
    </FormFrame>
  );
}
