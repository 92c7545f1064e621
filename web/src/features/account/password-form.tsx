import { Checkbox } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { PasswordField } from '@/components/fields';
import { FormFrame } from '@/components/form-frame';
import { Section } from '@/components/page-frame';
import { GoodNote } from '@/components/problem-note';
import { changePassword } from '@/lib/api/accounts';
import { faultsOf, newPasswordFault, PASSWORD_MAX, PASSWORD_MIN } from '@/lib/form/checks';
import { useForm } from '@/lib/form/use-form';
import { useSession, useUser } from '@/lib/session/session-context';
import styles from './account.module.css';

/** The change of the own password. */
export function PasswordForm() {
  const session = useSession();
  const user = useUser();
  const cache = useQueryClient();
  const [endOthers, setEndOthers] = useState(true);
  const [done, setDone] = useState(false);
  const form = useForm({
    initial: { current_password: '', new_password: '' },
    check: ({ current_password, new_password }) =>
      faultsOf({
        current_password: current_password === '' ? 'Enter the password that you have now.' : undefined,
        new_password: newPasswordFault(new_password),
      }),
    blame: ({ code, field }) => {
      if (code === 'invalid_credentials') return 'current_password';
      if (code === 'weak_password') return 'new_password';
      return field === 'current_password' || field === 'new_password' ? field : null;
    },
    submit: async (values) => {
      setDone(false);
      session.signedIn(await changePassword(values.current_password, values.new_password, endOthers));
      form.set({ current_password: '', new_password: '' });
      setDone(true);
      void cache.invalidateQueries({ queryKey: ['sessions'] });
    },
  });
  return (
    <Section title="Password">
      <div className={styles.narrow}>
        <FormFrame form={form} label="Change the password" submit="Change the password">
          {/* Tells password managers whose password this is. */}
          <input type="text" name="username" autoComplete="username" value={user.email} readOnly hidden />
          <PasswordField
            {...form.field('current_password')}
            label="Current password"
            autoComplete="current-password"
          />
          <PasswordField
            {...form.field('new_password')}
            label="New password"
            description={`${PASSWORD_MIN} to ${PASSWORD_MAX} characters of any kind.`}
            autoComplete="new-password"
          />
          <Checkbox
            checked={endOthers}
            onChange={(event) => setEndOthers(event.currentTarget.checked)}
            label="Sign out all other devices"
          />
          {done && (
            <GoodNote>
              The password is changed.{' '}
              {endOthers ? 'All other devices are signed out.' : 'Other devices stay signed in.'}
            </GoodNote>
          )}
        </FormFrame>
      </div>
    </Section>
  );
}
