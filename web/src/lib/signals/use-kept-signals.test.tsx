// @vitest-environment jsdom
import { act, screen, waitFor } from '@testing-library/react';
import { beforeEach, expect, it, vi } from 'vitest';
import type { InstrumentId } from '@/lib/market/instrument';
import type { SignalTimeframe } from '@/lib/signals/direction';
import { installBrowserParts, show } from '@/lib/testing';
import { FakeApi, reply } from '@/lib/testing-account';
import { newestClosed, signalEvent, signalHistory } from '@/lib/testing-signals';
import { unixMs } from '@/lib/time';
import { windowOf } from './turns';
import { useKeptSignals } from './use-kept-signals';

beforeEach(installBrowserParts);

const HOUR_MS = 3_600_000;
const ID = 'practice:BTCUSDT' as InstrumentId;
const BTC = { symbol: 'BTCUSDT', mood: 0.8, price: 87_600 };
/** In the middle of a window, so that the next bar is in it too. */
const LAST = windowOf('1h', unixMs(newestClosed(Date.now(), '1h'))).from + 100 * HOUR_MS;

function Shown({ timeframe }: { timeframe: SignalTimeframe | null }) {
  const { signals, problem } = useKeptSignals(ID, timeframe, unixMs(LAST - 50 * HOUR_MS), unixMs(LAST));
  return <p>{problem ? problem.message : `${signals.length} until ${signals.at(-1)?.bar_time}`}</p>;
}

function open(timeframe: SignalTimeframe | null) {
  const api = new FakeApi().on('GET /api/signals/history/practice%3ABTCUSDT', () =>
    reply(200, signalHistory('BTCUSDT', '1h', LAST, 40)),
  );
  vi.stubGlobal('fetch', api.fetch);
  return { api, ...show(<Shown timeframe={timeframe} />) };
}

it('are asked for by the windows of the bars, and go on live', async () => {
  const { api, socket } = open('1h');
  expect(await screen.findByText(`40 until ${LAST}`)).toBeDefined();
  const { from, to } = windowOf('1h', unixMs(LAST));
  expect(api.asked.map((one) => one.what)).toEqual([
    `GET /api/signals/history/practice%3ABTCUSDT?timeframe=1h&limit=500&from=${from}&to=${to}`,
  ]);
  act(() => socket().welcomes());
  const asked = socket().heard.find((one) => 'channel' in one && one.channel === 'signals') as { id: number };
  expect(asked).toMatchObject({ params: { symbol: ID } });
  const shared = { channel: 'signals', key: 'signals:practice:BTCUSDT' };
  const snapshot = { signals: [signalEvent(BTC, '1h', LAST), signalEvent(BTC, '4h', LAST)], states: [] };
  act(() => socket().says({ type: 'subscribed', id: asked.id, epoch: 'e', offset: 0, snapshot, ...shared }));
  expect(screen.getByText(`40 until ${LAST}`)).toBeDefined();
  const data = signalEvent(BTC, '1h', LAST + HOUR_MS);
  act(() => socket().says({ type: 'data', offset: 1, data, ...shared }));
  await waitFor(() => expect(screen.getByText(`41 until ${LAST + HOUR_MS}`)).toBeDefined());
  // It was told, so nobody asked.
  expect(api.asked).toHaveLength(1);
});

it('are not asked for on a timeframe that is not scored', async () => {
  const { api } = open(null);
  expect(await screen.findByText('0 until undefined')).toBeDefined();
  expect(api.asked).toHaveLength(0);
});
