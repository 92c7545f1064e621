import './mantine-styles';
import './theme.css';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiProblem } from '@/lib/api/client';
import { openBrowserSocket, SocketClient } from '@/lib/socket/socket-client';
import { SocketProvider } from '@/lib/socket/socket-context';
import { Desk } from './desk';
import { ErrorBoundary } from './error-boundary';
import { registerServiceWorker } from './service-worker';
import { colorSchemeManager, theme } from './theme';

const socket = new SocketClient({ open: openBrowserSocket, now: Date.now, random: Math.random });

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
        <SocketProvider client={socket}>
          <ErrorBoundary>
            <Desk />
          </ErrorBoundary>
        </SocketProvider>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);

registerServiceWorker();
