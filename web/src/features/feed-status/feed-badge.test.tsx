// @vitest-environment jsdom
import { act, screen } from '@testing-library/react';
import { beforeEach, expect, it } from 'vitest';
import type { MarketStatus } from '@/lib/api/schemas';
import { installBrowserParts, show } from '@/lib/testing';
import { unixMs } from '@/lib/time';
import { FeedBadge } from './feed-badge';
import { TroubleStrip } from './trouble-strip';

const LIVE: MarketStatus = {
  market: 'live',
  venue: 'binance',
  server_time: unixMs(0),
  feed: { state: 'live', since: unixMs(0), detail: '', last_message: unixMs(0) },
  history: [],
};

beforeEach(installBrowserParts);

it('the feed is called live only while the server is heard', () => {
  const { socket, queries } = show(<FeedBadge />);
  act(() => {
    queries.setQueryData(['market-status'], LIVE);
    socket().welcomes();
  });
  expect(screen.getByRole('button').textContent).toBe('Feed live');
  act(() => socket().onclose?.({ code: 1006 }));
  expect(screen.getByRole('button').textContent).toBe('Feed unknown');
});

it('a feed that cannot be read is called so, and the page says it', () => {
  const { socket, queries } = show(
    <>
      <FeedBadge />
      <TroubleStrip />
    </>,
  );
  act(() => {
    queries.setQueryData(['market-status'], LIVE);
    socket().welcomes();
  });
  // The first time the page connects anew.
  act(() => socket().says({ type: 'data', channel: 'tickers' }));
  act(() => socket().welcomes());
  expect(screen.getByTestId('feed').textContent).toBe('Feed live');
  expect(screen.getByRole('alert').textContent).toContain('A message of the server could not be read');
  act(() => screen.getByRole('button', { name: 'Close' }).click());
  expect(screen.queryByRole('alert')).toBeNull();
  act(() => socket().says({ type: 'data', channel: 'tickers' }));
  expect(screen.getByTestId('feed').textContent).toBe('Feed faulty');
  expect(screen.getByRole('alert').textContent).toContain('2 messages of the server could not be read');
});
