import { useSession } from '@/lib/session/session-context';
import { DoorPage } from './door-page';
import styles from './door-page.module.css';
import { SignInForm } from './sign-in-form';

/** Where one signs in. What comes after it is the page's business that shows this one. */
export function SignInPage() {
  const session = useSession();
  return (
    <DoorPage title="Sign in">
      <SignInForm onSignedIn={(answer) => session.signedIn(answer)} />
      <ForgottenPassword />
    </DoorPage>
  );
}

export function ForgottenPassword() {
  return (
    <p className={styles.help}>
      Forgotten your password? Ask an administrator for a reset link. Who has the server’s command line makes
      one with <code>candlewick user reset-password</code>.
    </p>
  );
}
