import { PasswordField, TextField } from '@/components/fields';
import { FormFrame } from '@/components/form-frame';
import type { SignIn } from '@/lib/api/account-schemas';
import { emailFault, faultsOf, newPasswordFault, PASSWORD_MAX, PASSWORD_MIN } from '@/lib/form/checks';
import { useForm } from '@/lib/form/use-form';

export const PASSWORD_RULE = `${PASSWORD_MIN} to ${PASSWORD_MAX} characters of any kind. A sentence is easier to keep in mind than a riddle.`;

/** E-mail address and password of an account to be. */
export function NewAccountForm({
  label,
  submit,
  create,
  onSignedIn,
}: {
  label: string;
  submit: string;
  create: (email: string, password: string) => Promise<SignIn>;
  onSignedIn: (answer: SignIn) => void;
}) {
  const form = useForm({
    initial: { email: '', password: '' },
    check: ({ email, password }) =>
      faultsOf({ email: emailFault(email), password: newPasswordFault(password) }),
    blame: ({ code, field }) => {
      if (code === 'weak_password') return 'password';
      if (code === 'email_taken') return 'email';
      return field === 'email' || field === 'password' ? field : null;
    },
    submit: async ({ email, password }) => onSignedIn(await create(email.trim(), password)),
  });
  return (
    <FormFrame form={form} label={label} submit={submit} full>
      <TextField
        {...form.field('email')}
        label="E-mail address"
        description="You sign in with it."
        type="email"
        inputMode="email"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        autoFocus
      />
      <PasswordField
        {...form.field('password')}
        label="Password"
        description={PASSWORD_RULE}
        autoComplete="new-password"
      />
    </FormFrame>
  );
}
