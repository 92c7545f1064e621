import { createContext, type ReactNode, useContext, useEffect, useSyncExternalStore } from 'react';
import type { User } from '@/lib/api/account-schemas';
import type { Session, SessionState } from '@/lib/session/session';
import { watchForWake } from '@/lib/socket/wake';

const SessionContext = createContext<Session | null>(null);

export function SessionProvider({ session, children }: { session: Session; children: ReactNode }) {
  useEffect(() => {
    session.start();
    const unwatch = watchForWake(() => session.wake());
    return () => {
      unwatch();
      session.stop();
    };
  }, [session]);
  return <SessionContext value={session}>{children}</SessionContext>;
}

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('useSession is used outside of SessionProvider');
  return session;
}

export function useSessionState(): SessionState {
  const session = useSession();
  return useSyncExternalStore(session.watch, session.getState);
}

/** Whoever is signed in, or was until the session ended. Only for what is shown to such a person. */
export function useUser(): User {
  const state = useSessionState();
  if (!('user' in state)) throw new Error('useUser is used where nobody is signed in');
  return state.user;
}
