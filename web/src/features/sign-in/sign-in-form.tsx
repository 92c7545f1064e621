import { useState } from 'react';
import { PasswordField, TextField } from '@/components/fields';
import { FormFrame } from '@/components/form-frame';
import type { SignIn } from '@/lib/api/account-schemas';
import { logIn } from '@/lib/api/accounts';
import { ApiProblem } from '@/lib/api/problem';
import { emailFault, faultsOf } from '@/lib/form/checks';
import { useForm } from '@/lib/form/use-form';
import styles from './door-page.module.css';

interface Credentials {
  readonly email: string;
  readonly password: string;
}

/**
 * E-mail address and password; then, where two-factor is on, the code. The password is held in between, so that it is not
 * asked for twice.
 */
export function SignInForm({
  email = '',
  onSignedIn,
}: {
  email?: string;
  onSignedIn: (answer: SignIn) => void;
}) {
  const [known, setKnown] = useState<Credentials | null>(null);
  const [refused, setRefused] = useState<{ email: string; problem: ApiProblem } | null>(null);
  return known === null ? (
    <PasswordStep
      email={refused?.email ?? email}
      refused={refused?.problem ?? null}
      onSignedIn={onSignedIn}
      onCodeNeeded={(credentials) => {
        setRefused(null);
        setKnown(credentials);
      }}
    />
  ) : (
    <CodeStep
      credentials={known}
      onSignedIn={onSignedIn}
      onBack={(problem) => {
        setRefused({ email: known.email, problem });
        setKnown(null);
      }}
    />
  );
}

function PasswordStep({
  email,
  refused,
  onSignedIn,
  onCodeNeeded,
}: {
  email: string;
  /** What the server said against these credentials at the step after this one. */
  refused: ApiProblem | null;
  onSignedIn: (answer: SignIn) => void;
  onCodeNeeded: (credentials: Credentials) => void;
}) {
  const form = useForm({
    initial: { email, password: '' },
    refused,
    check: (values) =>
      faultsOf({
        email: emailFault(values.email),
        password: values.password === '' ? 'Enter your password.' : undefined,
      }),
    // Which of the two is wrong is not told; the password is what one types again.
    blame: ({ code, field }) => {
      if (code === 'invalid_credentials') return 'password';
      return field === 'email' || field === 'password' ? field : null;
    },
    submit: async ({ email: typed, password }) => {
      const credentials = { email: typed.trim(), password };
      try {
        onSignedIn(await logIn(credentials.email, password));
      } catch (error) {
        if (!(error instanceof ApiProblem) || error.code !== 'totp_required') throw error;
        onCodeNeeded(credentials);
      }
    },
  });
  return (
    <FormFrame form={form} label="Sign in" submit="Sign in" busy="Signing in…" full>
      <TextField
        {...form.field('email')}
        label="E-mail address"
        type="email"
        inputMode="email"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        autoFocus={email === ''}
      />
      <PasswordField
        {...form.field('password')}
        label="Password"
        autoComplete="current-password"
        autoFocus={email !== ''}
      />
    </FormFrame>
  );
}

function CodeStep({
  credentials,
  onSignedIn,
  onBack,
}: {
  credentials: Credentials;
  onSignedIn: (answer: SignIn) => void;
  onBack: (problem: ApiProblem) => void;
}) {
  const [recovery, setRecovery] = useState(false);
  const form = useForm({
    initial: { code: '' },
    check: ({ code }) => faultsOf({ code: codeFault(code, recovery) }),
    blame: ({ code, field }) => (code === 'invalid_totp' || field === 'totp' ? 'code' : null),
    submit: async ({ code }) => {
      try {
        onSignedIn(await logIn(credentials.email, credentials.password, plainCode(code, recovery)));
      } catch (error) {
        if (!(error instanceof ApiProblem) || error.code !== 'invalid_credentials') throw error;
        onBack(error);
      }
    },
  });
  const swap = () => {
    form.set({ code: '' });
    setRecovery(!recovery);
  };
  return (
    <FormFrame form={form} label="Two-factor code" submit="Go on" busy="Signing in…" full>
      {recovery ? (
        <TextField
          {...form.field('code')}
          key="recovery"
          label="Recovery code"
          description="One of the ten that you stored when you turned two-factor on. Each works once."
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          autoFocus
        />
      ) : (
        <TextField
          {...form.field('code')}
          key="code"
          label="Six digits from your authenticator app"
          description={`For ${credentials.email}. A new code comes every 30 seconds.`}
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={7}
          autoFocus
        />
      )}
      <button type="button" className={styles.link} onClick={swap}>
        {recovery ? 'Use the six digits instead' : 'Use a recovery code instead'}
      </button>
    </FormFrame>
  );
}

function plainCode(code: string, recovery: boolean): string {
  return recovery ? code.trim() : code.replaceAll(/\s/g, '');
}

function codeFault(code: string, recovery: boolean): string | undefined {
  if (recovery) return code.trim().length < 6 ? 'Enter one of your recovery codes.' : undefined;
  return /^\d{6}$/.test(plainCode(code, false)) ? undefined : 'Enter the six digits that the app shows now.';
}
