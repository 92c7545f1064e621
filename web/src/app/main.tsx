import './mantine-styles';
import './theme.css';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, StrictMode, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { fetchSocketTicket } from '@/lib/api/accounts';
import { ApiProblem } from '@/lib/api/problem';
import { signRequestsWith } from '@/lib/api/request';
import { forgetChartLayout } from '@/lib/layouts/use-chart-layout';
import { takeLinkTokens } from '@/lib/session/link-token';
import { Session } from '@/lib/session/session';
import { SessionProvider, useSessionState } from '@/lib/session/session-context';
import { aloneOfTabs, openTabs } from '@/lib/session/tabs';
import { forgetSettings } from '@/lib/settings/use-settings';
import { openBrowserSocket, SocketClient } from '@/lib/socket/socket-client';
import { SocketProvider } from '@/lib/socket/socket-context';
import { App } from './app';
import { ErrorBoundary } from './error-boundary';
import { registerServiceWorker } from './service-worker';
import { colorSchemeManager, theme } from './theme';

takeLinkTokens();

const session = new Session({
  fetch: (path, init) => fetch(path, init),
  now: Date.now,
  random: Math.random,
  alone: aloneOfTabs,
  tabs: openTabs(),
  reload: () => location.reload(),
});
signRequestsWith(session.send);

const socket = new SocketClient({
  open: openBrowserSocket,
  door: {
    ticket: fetchSocketTicket,
    token: session.token,
    renew: async () => (await session.renew()) === 'in',
  },
  now: Date.now,
  random: Math.random,
});
// A connection lives as long as its token: each new one is told to it.
session.watchToken((token) => socket.authenticate(token));

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // What a person must change is not asked again; what may pass is, a little later each time.
      retry: (count, error) => !(error instanceof ApiProblem) || (error.retryable && count < 4),
      retryDelay: (count) => Math.min(15_000, 1000 * 2 ** count),
      refetchOnWindowFocus: false,
      // The server may be on this very machine: there is no need of a network.
      networkMode: 'always',
    },
  },
});

/** Nobody is connected who is not signed in, and nothing of the one before is kept for the next. */
function Connected({ children }: { children: ReactNode }) {
  const { phase } = useSessionState();
  useEffect(() => {
    if (phase !== 'out') return;
    queries.clear();
    forgetSettings();
    forgetChartLayout();
  }, [phase]);
  return (
    <SocketProvider client={socket} active={phase === 'in'}>
      {children}
    </SocketProvider>
  );
}

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      colorSchemeManager={colorSchemeManager}
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <QueryClientProvider client={queries}>
        <SessionProvider session={session}>
          <Connected>
            <ErrorBoundary>
              <App />
            </ErrorBoundary>
          </Connected>
        </SessionProvider>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);

registerServiceWorker();
