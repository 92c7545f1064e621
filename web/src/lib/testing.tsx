import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, configure, render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, vi } from 'vitest';
import type { Instrument, Ticker } from '@/lib/api/schemas';
import { applyTickers } from '@/lib/market/tickers';
import { SocketClient } from '@/lib/socket/socket-client';
import { SocketProvider } from '@/lib/socket/socket-context';
import { TestSocket } from '@/lib/testing-socket';
import { unixMs } from '@/lib/time';
import { TIMEFRAMES } from '@/lib/timeframe';

/* The small vocabulary of the component tests. */

configure({ asyncUtilTimeout: 5_000 });
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

/** … and the editor. jsdom says that it is Safari, whose selection in a shadow tree is found by a command. */
export function installEditorParts(): void {
  Range.prototype.getClientRects = () => [] as unknown as DOMRectList;
  document.execCommand = () => false;
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
