import { Button, Checkbox, NativeSelect } from '@mantine/core';
import { useId, useState } from 'react';
import { TextField } from '@/components/fields';
import { FormFrame } from '@/components/form-frame';
import type { CreatedApiKey, Scope } from '@/lib/api/account-schemas';
import { createApiKey } from '@/lib/api/accounts';
import { faultsOf } from '@/lib/form/checks';
import { useForm } from '@/lib/form/use-form';
import { useUser } from '@/lib/session/session-context';
import styles from './account.module.css';

const SCOPE_WORDS: readonly { readonly scope: Scope; readonly name: string; readonly about: string }[] = [
  { scope: 'read', name: 'Read', about: 'Look at markets, candles and what the account may see.' },
  { scope: 'write', name: 'Write', about: 'Change settings and the watch list. It does not contain “read”.' },
  { scope: 'admin', name: 'Administration', about: 'Accounts, invitations and the audit log.' },
];

const LIVES = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'One year' },
  { value: '1095', label: 'Three years' },
];

const NAME_MAX = 64;

export function NewApiKeyForm({
  onMade,
  onCancel,
}: {
  onMade: (key: CreatedApiKey) => void;
  onCancel: () => void;
}) {
  const user = useUser();
  const [scopes, setScopes] = useState<readonly Scope[]>(['read']);
  const offered = SCOPE_WORDS.filter(({ scope }) => scope !== 'admin' || user.role === 'admin');
  const form = useForm({
    // The scopes are beside it; their fault has a name here, so that it has a place.
    initial: { name: '', days: '365', scopes: '' },
    check: ({ name }) =>
      faultsOf({
        name: name.trim() === '' ? 'Give the key a name, such as that of the program.' : undefined,
        scopes: scopes.length === 0 ? 'Choose at least one thing that the key may do.' : undefined,
      }),
    submit: async ({ name, days }) => onMade(await createApiKey(name.trim(), scopes, Number(days))),
  });
  const toggle = (scope: Scope, wanted: boolean) => {
    setScopes(wanted ? [...scopes, scope] : scopes.filter((one) => one !== scope));
    form.set({ scopes: '' });
  };
  const fault = form.field('scopes').error;
  const faultId = useId();
  return (
    <div className={styles.narrow}>
      <FormFrame
        form={form}
        label="New API key"
        submit="Make the key"
        actions={
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
        }
      >
        <TextField {...form.field('name')} label="Name" maxLength={NAME_MAX} autoComplete="off" autoFocus />
        <fieldset className={styles.scopes} aria-describedby={fault ? faultId : undefined}>
          <legend>What it may do</legend>
          {offered.map(({ scope, name, about }) => (
            <Checkbox
              key={scope}
              checked={scopes.includes(scope)}
              label={name}
              description={about}
              aria-invalid={fault !== undefined}
              onChange={(event) => toggle(scope, event.currentTarget.checked)}
            />
          ))}
          {fault && (
            <span id={faultId} className={styles.fault} role="alert">
              {fault}
            </span>
          )}
        </fieldset>
        <NativeSelect {...form.field('days')} label="Ends after" data={LIVES} />
      </FormFrame>
    </div>
  );
}
