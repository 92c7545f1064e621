import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from 'react';
import { StateDot } from '@/components/state-dot';
import { TroubleStrip } from '@/features/feed-status/trouble-strip';
import { HelpDialog } from '@/features/help/help-dialog';
import { SessionOverDialog } from '@/features/sign-in/session-over-dialog';
import type { ApiProblem } from '@/lib/api/problem';
import { FormatsProvider, makeFormats } from '@/lib/formats';
import { navigate, type Page } from '@/lib/location';
import { useMarketStatusFeed } from '@/lib/market/use-market-status';
import { useTickersFeed } from '@/lib/market/use-tickers';
import { useSession } from '@/lib/session/session-context';
import { useSettings } from '@/lib/settings/use-settings';
import { useConnection } from '@/lib/socket/socket-context';
import { Desk } from './desk';
import { SignalChart } from './signal-chart';
import styles from './signed-in.module.css';
import { TopBar } from './top-bar';
import { useScheme } from './use-scheme';
import { useShortcuts } from './use-shortcuts';

// The desk is what is opened daily; the rest comes when it is gone to.
const AccountPages = lazy(async () => ({
  default: (await import('@/features/account/account-pages')).AccountPages,
}));
const ScreenerPage = lazy(async () => ({
  default: (await import('@/features/screener/screener-page')).ScreenerPage,
}));
const SignalsPages = lazy(async () => ({
  default: (await import('@/features/signals/signals-pages')).SignalsPages,
}));
const Lab = lazy(async () => ({ default: (await import('./lab')).Lab }));
const AdminPages = lazy(async () => ({ default: (await import('@/features/admin/admin-pages')).AdminPages }));

/** Everything that is for somebody who is signed in. */
export function SignedIn({ page }: { page: Page }) {
  useTickersFeed();
  useMarketStatusFeed();
  useRefreshOnConnect();
  const { settings, settled } = useSettings();
  const { time_zone: timeZone, number_format: numberFormat } = settings;
  const formats = useMemo(() => makeFormats({ timeZone, numberFormat }), [timeZone, numberFormat]);
  const scheme = useScheme();
  const [helpOpen, setHelpOpen] = useState(false);
  const leaving = useSignOut();
  useShortcuts({ t: scheme.next, '?': () => setHelpOpen(true) });

  const bar = { scheme, onHelp: () => setHelpOpen(true), onSignOut: leaving.signOut };
  return (
    <FormatsProvider formats={formats}>
      {page.name === 'desk' ? (
        <Desk
          scheme={scheme.scheme}
          defaultSymbol={settled ? settings.default_symbol : undefined}
          bar={(desk) => (
            <>
              <TopBar {...bar} current="desk" desk={desk} />
              <Strips leaving={leaving} />
            </>
          )}
        />
      ) : (
        <div className={styles.column}>
          <TopBar {...bar} current={page.name} />
          <Strips leaving={leaving} />
          <Suspense>
            <OtherPage page={page} scheme={scheme.scheme} />
          </Suspense>
        </div>
      )}
      <HelpDialog opened={helpOpen} onClose={() => setHelpOpen(false)} />
      <SessionOverDialog />
    </FormatsProvider>
  );
}

/** What is gone to from the desk. */
function OtherPage({ page, scheme }: { page: Page; scheme: 'dark' | 'light' }) {
  switch (page.name) {
    case 'signals':
      return (
        <SignalsPages
          symbol={page.symbol}
          chart={(instrument, timeframe) => (
            <SignalChart instrument={instrument} timeframe={timeframe} scheme={scheme} />
          )}
        />
      );
    case 'screener':
      return <ScreenerPage />;
    case 'lab':
      return <Lab place={page.place} scheme={scheme} />;
    case 'admin':
      return <AdminPages section={page.section} />;
    default:
      return <AccountPages section={page.name === 'account' ? page.section : 'profile'} />;
  }
}

type Leaving = ReturnType<typeof useSignOut>;

/** Across the top, while something is wrong. */
function Strips({ leaving }: { leaving: Leaving }) {
  return (
    <>
      <TroubleStrip />
      {leaving.problem && (
        <div className={styles.strip} role="alert">
          <StateDot tone="bad" />
          <span>You are still signed in: {leaving.problem.message}</span>
          <Button size="compact-xs" variant="default" onClick={leaving.signOut}>
            Try again
          </Button>
        </div>
      )}
    </>
  );
}

function useSignOut() {
  const session = useSession();
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const signOut = () => {
    setProblem(null);
    session.signOut().then(() => navigate('/signin', 'replace'), setProblem);
  };
  return { problem, signOut };
}

/** With a connection, what could not be loaded is asked for again; after a loss also what the server has. */
function useRefreshOnConnect(): void {
  const { phase } = useConnection();
  const cache = useQueryClient();
  const opened = useRef(0);
  useEffect(() => {
    if (phase !== 'open') return;
    opened.current += 1;
    const again = opened.current > 1;
    void cache.refetchQueries({
      predicate: ({ state, queryKey }) =>
        state.status === 'error' || (again && queryKey[0] === 'instruments'),
    });
  }, [phase, cache]);
}
