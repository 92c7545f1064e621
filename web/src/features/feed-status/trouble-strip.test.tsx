// @vitest-environment jsdom
import { act, fireEvent, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MarketStatus } from '@/lib/api/schemas';
import { installBrowserParts, show } from '@/lib/testing';
import { unixMs } from '@/lib/time';
import { TroubleStrip } from './trouble-strip';

function status(state: MarketStatus['feed']['state']): MarketStatus {
  return {
    market: 'live',
    venue: 'binance',
    server_time: unixMs(0),
    feed: {
      state,
      since: unixMs(Date.UTC(2026, 0, 3, 12, 5)),
      detail: 'Trying again in 12 s.',
      last_message: null,
    },
    history: [],
  };
}

beforeEach(() => {
  installBrowserParts();
  vi.useFakeTimers();
  vi.stubGlobal('fetch', () => new Promise(() => {}));
});
afterEach(() => vi.useRealTimers());

describe('the strip across the top', () => {
  it('is not there while all is well', () => {
    const { socket, queries } = show(<TroubleStrip />);
    act(() => {
      queries.setQueryData(['market-status'], status('live'));
      socket().welcomes();
    });
    expect(screen.queryByRole('alert')).toBeNull();
    expect(screen.queryByRole('status')).toBeNull();
  });

  it('says that the connection is lost, for how long, and tries at once when told to', () => {
    const { socket } = show(<TroubleStrip />);
    act(() => socket().welcomes());
    const first = socket();
    act(() => first.onclose?.({ code: 1006 }));
    expect(screen.getByRole('alert').textContent).toContain('what you see is not live');
    fireEvent.click(screen.getByRole('button', { name: 'Try now' }));
    expect(socket()).not.toBe(first);
    act(() => socket().welcomes());
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('is patient with a connection that is being made', () => {
    show(<TroubleStrip />);
    expect(screen.queryByRole('status')).toBeNull();
    act(() => vi.advanceTimersByTime(1600));
    expect(screen.getByRole('status').textContent).toContain('Connecting');
  });

  it('says since when the feed is down', () => {
    const { socket, queries } = show(<TroubleStrip />);
    act(() => {
      socket().welcomes();
      queries.setQueryData(['market-status'], status('down'));
    });
    act(() => vi.advanceTimersByTime(10));
    expect(screen.getByRole('status').textContent).toContain(
      'No feed from binance since 2026-01-03 12:05 UTC',
    );
    expect(screen.getByRole('status').textContent).toContain('Trying again in 12 s.');
  });

  it('offers the new dashboard when the server was updated', () => {
    const { socket } = show(<TroubleStrip />);
    act(() => socket().welcomes('0.1.0'));
    act(() => socket().onclose?.({ code: 1001 }));
    act(() => vi.advanceTimersByTime(1000));
    act(() => socket().welcomes('0.2.0'));
    expect(screen.getByRole('button', { name: 'Load the new dashboard' })).toBeTruthy();
  });
});
