import { Button } from '@mantine/core';
import { useEffect } from 'react';
import { MessagePanel } from '@/components/message-panel';
import { JoinPage, ResetPage, SetUpPage } from '@/features/sign-in/link-pages';
import { SignInPage } from '@/features/sign-in/sign-in-page';
import { navigate, type Page, signInPath, useAddress, usePage } from '@/lib/location';
import { useSession, useSessionState } from '@/lib/session/session-context';
import { SignedIn } from './signed-in';

/** Which page is shown: by the address, and by who is signed in. */
export function App() {
  const page = usePage();
  const state = useSessionState();
  const home = () => navigate('/', 'replace');
  switch (page.name) {
    case 'set-up':
      return <SetUpPage onDone={home} />;
    case 'join':
      return <JoinPage onDone={home} />;
    case 'reset':
      return <ResetPage />;
  }
  switch (state.phase) {
    case 'starting':
      return <Starting />;
    case 'out':
      return page.name === 'sign-in' ? <SignInPage /> : <ToSignIn />;
    case 'in':
    case 'over':
      return page.name === 'sign-in' ? <Back page={page} /> : <SignedIn page={page} />;
  }
}

/** Leads to the sign-in page, and from there back to here. */
function ToSignIn() {
  const address = useAddress();
  useEffect(() => navigate(signInPath(address), 'replace'), [address]);
  return null;
}

/** Leads to where one wanted to go before signing in. */
function Back({ page }: { page: Extract<Page, { name: 'sign-in' }> }) {
  useEffect(() => navigate(page.to, 'replace'), [page.to]);
  return null;
}

function Starting() {
  const session = useSession();
  const state = useSessionState();
  const problem = state.phase === 'starting' ? state.problem : null;
  if (problem === null) return null;
  return (
    <MessagePanel
      role="alert"
      title={problem.code === 'unreachable' ? 'No server' : 'The server lets nobody in now'}
      actions={
        <Button size="xs" onClick={() => void session.renew()}>
          Try again
        </Button>
      }
    >
      {problem.message}
    </MessagePanel>
  );
}
