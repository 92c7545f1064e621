import { Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { PasswordField } from '@/components/fields';
import { FormFrame } from '@/components/form-frame';
import { Link } from '@/components/link';
import { GoodNote, ProblemNote } from '@/components/problem-note';
import { register, resetPassword, setUp } from '@/lib/api/accounts';
import type { ApiProblem } from '@/lib/api/problem';
import { faultsOf, newPasswordFault } from '@/lib/form/checks';
import { useForm } from '@/lib/form/use-form';
import { dropLinkToken } from '@/lib/session/link-token';
import { useSession, useSessionState } from '@/lib/session/session-context';
import { DoorPage, DoorText } from './door-page';
import styles from './door-page.module.css';
import { NewAccountForm, PASSWORD_RULE } from './new-account-form';
import { type LinkState, useLinkToken } from './use-link-token';

/** Why a link cannot be used, and what to do. Null where it can, as far as is known. */
function LinkTrouble({ link, next }: { link: LinkState; next: string }) {
  if (link.kind === 'here') return null;
  return (
    <>
      <ProblemNote>
        {link.kind === 'missing'
          ? 'This page is opened by a one-time link, and the link is not there (any more). Open it again as you got it, with all that stands behind the “#”.'
          : 'This link has expired, by the clock of this device.'}{' '}
        {next}
      </ProblemNote>
      {link.kind === 'expired' && (
        <Button variant="default" fullWidth mt="sm" onClick={link.tryAnyhow}>
          Try it all the same
        </Button>
      )}
      <p className={styles.help}>
        <Link className={styles.link} href="/signin">
          Go to the sign-in page
        </Link>
      </p>
    </>
  );
}

/** Whoever is signed in is asked first: the link would make them somebody else. */
function SignedInAlready({ what, children }: { what: string; children: ReactNode }) {
  const session = useSession();
  const state = useSessionState();
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  if (!('user' in state)) return children;
  return (
    <>
      <DoorText>
        You are signed in as {state.user.email}. {what}
      </DoorText>
      {problem && <ProblemNote>{problem.message}</ProblemNote>}
      <Button fullWidth onClick={() => session.signOut().catch(setProblem)}>
        Sign out and go on
      </Button>
      <p className={styles.help}>
        <Link className={styles.link} href="/">
          Stay and go to the desk
        </Link>
      </p>
    </>
  );
}

/** The first administrator of a server, by the link that it printed at its start. */
export function SetUpPage({ onDone }: { onDone: () => void }) {
  const session = useSession();
  const link = useLinkToken('/setup');
  const again =
    'On the server, “candlewick user setup-link” prints a new one, as long as there is no administrator.';
  return (
    <DoorPage title="Set up Candlewick">
      {link.kind === 'here' ? (
        <SignedInAlready what="This server has been set up.">
          <DoorText>
            Make the first account. It is an administrator’s: it invites others and sees the audit log.
          </DoorText>
          <NewAccountForm
            label="First administrator"
            submit="Create the administrator"
            create={(email, password) => setUp(link.link.token, email, password)}
            onSignedIn={(answer) => {
              dropLinkToken();
              onDone();
              session.signedIn(answer);
            }}
          />
        </SignedInAlready>
      ) : (
        <LinkTrouble link={link} next={again} />
      )}
    </DoorPage>
  );
}

/** An account of one's own, by an invitation. */
export function JoinPage({ onDone }: { onDone: () => void }) {
  const session = useSession();
  const link = useLinkToken('/join');
  return (
    <DoorPage title="Join Candlewick">
      {link.kind === 'here' ? (
        <SignedInAlready what="An invitation is for somebody who has no account yet.">
          <DoorText>You are invited. Choose what you will sign in with.</DoorText>
          <NewAccountForm
            label="Your account"
            submit="Create the account"
            create={(email, password) => register(link.link.token, email, password)}
            onSignedIn={(answer) => {
              dropLinkToken();
              onDone();
              session.signedIn(answer);
            }}
          />
        </SignedInAlready>
      ) : (
        <LinkTrouble link={link} next="Ask whoever invited you for a new link." />
      )}
    </DoorPage>
  );
}

/** A new password, by a link from an administrator or the command line. */
export function ResetPage() {
  const link = useLinkToken('/reset');
  const [done, setDone] = useState(false);
  if (done) return <ResetDone />;
  return (
    <DoorPage title="Choose a new password">
      {link.kind === 'here' ? (
        <>
          <DoorText>
            All places where the account is signed in are signed out. Two-factor stays as it is.
          </DoorText>
          <ResetForm token={link.link.token} onDone={() => setDone(true)} />
        </>
      ) : (
        <LinkTrouble link={link} next="Ask an administrator for a new link." />
      )}
    </DoorPage>
  );
}

function ResetForm({ token, onDone }: { token: string; onDone: () => void }) {
  const session = useSession();
  const form = useForm({
    initial: { password: '' },
    check: ({ password }) => faultsOf({ password: newPasswordFault(password) }),
    blame: ({ code, field }) => (code === 'weak_password' || field === 'password' ? 'password' : null),
    submit: async ({ password }) => {
      await resetPassword(token, password);
      dropLinkToken();
      onDone();
      // Where it was this very account, its session has ended with the others.
      void session.renew();
    },
  });
  return (
    <FormFrame form={form} label="Choose a new password" submit="Set the password" full>
      <PasswordField
        {...form.field('password')}
        label="New password"
        description={PASSWORD_RULE}
        autoComplete="new-password"
        autoFocus
      />
    </FormFrame>
  );
}

function ResetDone() {
  return (
    <DoorPage title="The password is changed">
      <GoodNote>Now sign in with it.</GoodNote>
      <p className={styles.help}>
        <Link className={styles.link} href="/signin">
          Go to the sign-in page
        </Link>
      </p>
    </DoorPage>
  );
}
