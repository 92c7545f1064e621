// @vitest-environment jsdom
import { act, screen } from '@testing-library/react';
import { beforeEach, expect, it } from 'vitest';
import type { MarketStatus } from '@/lib/api/schemas';
import { installBrowserParts, show } from '@/lib/testing';
import { unixMs } from '@/lib/time';
import { FeedBadge } from './feed-badge';

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
