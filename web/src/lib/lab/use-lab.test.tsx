// @vitest-environment jsdom
import { act, screen, waitFor } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { InstrumentId } from '@/lib/market/instrument';
import { installBrowserParts, show } from '@/lib/testing';
import { madeCandles, madeRun } from '@/lib/testing-runs';
import type { JobEvent } from './run-schemas';
import { foldEvents, isFinal, useJobEvent, useLabFeed, useRun } from './use-lab';
import { foldStrategyEvents, runsOn } from './use-live-strategies';

beforeEach(installBrowserParts);

const event = (id: string, progress: number, status: JobEvent['status'] = 'running'): JobEvent => ({
  kind: 'backtest',
  id,
  status,
  progress,
  error: null,
});

describe('what is told of jobs', () => {
  it('keeps the newest of each', () => {
    const known = foldEvents({}, [event('b_1', 0.2), event('b_2', 0.1), event('b_1', 0.4)]);
    expect(known.b_1?.progress).toBe(0.4);
    expect(foldEvents(known, [])).toBe(known);
  });

  it('ends with what is done, failed, stopped or deleted', () => {
    expect(isFinal(event('b_1', 0.9))).toBe(false);
    for (const status of ['done', 'failed', 'stopped', 'deleted'] as const)
      expect(isFinal(event('b_1', 1, status))).toBe(true);
  });

  it('are on the chart of each symbol that a run is of', () => {
    const alone = { symbol: 'BTCUSDT', venue: 'binance' };
    const several = { symbol: 'BTCUSDT,ETHUSDT', venue: 'binance' };
    const two = { symbol: 'BTCUSDT,AAA-USD', venue: 'binance,kraken' };
    const on = (run: typeof alone, id: string) => runsOn(run, id as InstrumentId);
    expect([on(alone, 'binance:BTCUSDT'), on(alone, 'binance:ETHUSDT')]).toEqual([true, false]);
    expect([on(several, 'binance:ETHUSDT'), on(several, 'binance:SOLUSDT')]).toEqual([true, false]);
    expect([on(two, 'kraken:AAA-USD'), on(two, 'kraken:BTCUSDT')]).toEqual([true, false]);
  });

  it('of strategies on the desk comes in order, each once', () => {
    const told = (bar: number, what: 'entry' | 'exit') =>
      ({ run: 'b_1', bar_time: bar, event: what, side: 'long', price: bar }) as never;
    const known = foldStrategyEvents([], [told(3, 'exit'), told(1, 'entry')]);
    expect(foldStrategyEvents(known, [told(1, 'entry')]).map((one) => one.bar_time)).toEqual([1, 3]);
  });
});

function Followed() {
  useLabFeed();
  const { data } = useRun('b_1');
  const told = useJobEvent('b_1');
  return (
    <p>
      {data?.status} {told?.progress}
    </p>
  );
}

describe('a run that is under way', () => {
  const candles = madeCandles(200);
  const done = madeRun({ candles });
  const running = { ...done, status: 'running', progress: 0.1, summary: null };

  it('is followed by the socket, and asked for when it has ended', async () => {
    let answer: object = running;
    vi.stubGlobal('fetch', async () => new Response(JSON.stringify(answer)));
    const { socket } = show(<Followed />);
    await screen.findByText('running');
    act(() => socket().welcomes());
    const asked = socket().heard.find((one) => (one as { channel?: string }).channel === 'backtests') as {
      id: number;
    };
    const opened = {
      type: 'subscribed',
      id: asked.id,
      channel: 'backtests',
      key: 'backtests',
      epoch: 'e',
      offset: 0,
    };
    act(() => socket().says({ ...opened, snapshot: { runs: [event('b_1', 0.3)] } }));
    await screen.findByText('running 0.3');
    answer = done;
    const data = event('b_1', 1, 'done');
    act(() => socket().says({ type: 'data', channel: 'backtests', key: 'backtests', offset: 1, data }));
    await screen.findByText('done 1');
  });

  it('is asked for each second where the socket tells nothing', async () => {
    let asked = 0;
    vi.stubGlobal('fetch', async () => {
      asked += 1;
      return new Response(JSON.stringify(asked < 3 ? running : done));
    });
    show(<Followed />);
    await screen.findByText('running');
    await screen.findByText('done', undefined, { timeout: 6000 });
    const until = asked;
    await new Promise((resolve) => setTimeout(resolve, 1300));
    await waitFor(() => expect(asked).toBe(until));
  });
});
