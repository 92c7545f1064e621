import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, vi } from 'vitest';
import type { Instrument, Ticker } from '@/lib/api/schemas';
import { applyTickers } from '@/lib/market/tickers';
import { type RawSocket, SocketClient } from '@/lib/socket/socket-client';
import { SocketProvider } from '@/lib/socket/socket-context';
import { unixMs } from '@/lib/time';
import { TIMEFRAMES } from '@/lib/timeframe';

/* The small vocabulary of the component tests. */

afterEach(() => cleanup());

/** What jsdom lacks and the components ask for. */
export function installBrowserParts(): void {
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener() {}, removeEventListener() {} }));
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  );
  vi.stubGlobal(
    'IntersectionObserver',
    class {
      observe() {}
      disconnect() {}
    },
  );
  Element.prototype.scrollIntoView = () => {};
}

export function listed(base: string, more: Partial<Instrument> = {}): Instrument {
  return {
    symbol: `${base}USDT`,
    venue: 'practice',
    base,
    quote: 'USDT',
    tick_size: '0.01',
    lot_size: '0.001',
    timeframes: [...TIMEFRAMES],
    practice: true,
    followed: true,
    ...more,
  };
}

export function ticker(base: string, price: number, change: number | null = null): Ticker {
  return {
    symbol: `${base}USDT`,
    venue: 'practice',
    price,
    bid: price,
    ask: price,
    change_24h: change,
    volume_24h: 1,
    time: unixMs(1_767_236_400_000),
  };
}

/** The page's end of a socket whose other end is the test. */
export class TestSocket implements RawSocket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  send(): void {}
  close(): void {}
  says(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
  welcomes(version = '0.1.0'): void {
    this.says({
      type: 'welcome',
      protocol: 1,
      server_time: Date.now(),
      version,
      market: 'practice',
      venue: 'practice',
      heartbeat_ms: 15_000,
    });
  }
}

/** Shows a part of the desk with all it needs around it. */
export function show(part: ReactNode, tickers: readonly Ticker[] = []) {
  const sockets: TestSocket[] = [];
  const client = new SocketClient({
    open: () => {
      const socket = new TestSocket();
      sockets.push(socket);
      return socket;
    },
    now: Date.now,
    random: () => 0.999,
  });
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  queries.setQueryData(['tickers'], applyTickers({}, tickers));
  const around = (children: ReactNode) => (
    <MantineProvider env="test">
      <QueryClientProvider client={queries}>
        <SocketProvider client={client}>{children}</SocketProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
  const shown = render(around(part));
  return {
    ...shown,
    queries,
    socket: () => sockets.at(-1) as TestSocket,
    again: (other: ReactNode) => shown.rerender(around(other)),
  };
}
