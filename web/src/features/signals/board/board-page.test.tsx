// @vitest-environment jsdom
import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { navigate } from '@/lib/location';
import { installBrowserParts, installEditorParts, listed, show } from '@/lib/testing';
import { FakeApi, refusal, reply } from '@/lib/testing-account';
import { TABLE_REPLY } from '@/lib/testing-language';
import { newestClosed, signalBoard, signalEvent } from '@/lib/testing-signals';
import { BoardPage } from './board-page';

beforeAll(() => import('@/components/expression-editor/code-editor'), 60_000);
beforeEach(() => {
  installBrowserParts();
  installEditorParts();
  navigate('/signals', 'replace');
});

const NOW = Date.now();
const BTC = { symbol: 'BTCUSDT', mood: 0.9, price: 87_600.5 };
const ETH = { symbol: 'ETHUSDT', mood: -0.8, price: 2971.4 };
const WAITING = [{ symbol: 'NEWUSDT', venue: 'practice', reason: 'its history is being loaded' }];
const BOARD = signalBoard([ETH, BTC], '4h', NOW, WAITING);

function open(board: () => Response = () => reply(200, BOARD), api = new FakeApi()) {
  api
    .on('GET /api/signals', board)
    .on('GET /api/market/symbols', () => reply(200, { symbols: [listed('BTC'), listed('ETH')] }))
    .on('GET /api/language/functions', () => reply(200, TABLE_REPLY));
  vi.stubGlobal('fetch', api.fetch);
  return { api, ...show(<BoardPage />) };
}

const rows = () => within(screen.getByRole('grid')).getAllByRole('row').slice(1);
const names = () => rows().map((row) => within(row).getByRole('rowheader').querySelector('a')?.textContent);
const cell = (name: RegExp) => screen.getByRole('link', { name });

/** The other end accepts the connection and opens the channel. */
function connect(
  socket: ReturnType<ReturnType<typeof open>['socket']>,
  snapshot: object = { signals: [], states: [] },
) {
  act(() => socket.welcomes());
  const asked = socket.heard.find((one) => 'channel' in one && one.channel === 'signals') as { id: number };
  expect(asked).toMatchObject({ type: 'subscribe', params: { symbol: '*' } });
  const key = 'signals:*';
  const opened = {
    type: 'subscribed',
    id: asked.id,
    channel: 'signals',
    key,
    epoch: 'e',
    offset: 4,
    snapshot,
  };
  act(() => socket.says(opened));
  return (data: object, offset = 5) =>
    act(() => socket.says({ type: 'data', channel: 'signals', key, offset, data }));
}

describe('the board', () => {
  it('shows each symbol as the server has them, with a cell a timeframe that says itself in full', async () => {
    open();
    await screen.findByRole('grid');
    expect(names()).toEqual(['ETHUSDT', 'BTCUSDT']);
    await waitFor(() => expect(rows()[1]?.textContent).toContain('87,600.50'));
    const four = BOARD.symbols[1]?.timeframes.find((one) => one.timeframe === '4h');
    const link = within(rows()[1] as HTMLElement).getByRole('link', { name: /^4 hours: / });
    expect(link.getAttribute('href')).toBe('/signals/BTCUSDT?tf=4h');
    expect(link.textContent).toContain(String(Math.round(four?.score ?? 0)));
    expect(screen.getByText('2 symbols', { exact: false })).toBeDefined();
    expect(screen.getByText('Practice market')).toBeDefined();
    expect(screen.getByText('1 symbol has no signals yet')).toBeDefined();
    expect(screen.getByText(/its history is being loaded/)).toBeDefined();
  });

  it('sorts by a press on a heading, and finds by name; the address keeps it', async () => {
    open();
    await screen.findByRole('grid');
    await userEvent.click(screen.getByRole('button', { name: 'Score' }));
    expect(names()).toEqual(['BTCUSDT', 'ETHUSDT']);
    await userEvent.click(screen.getByRole('button', { name: 'Score' }));
    expect(names()).toEqual(['ETHUSDT', 'BTCUSDT']);
    expect(screen.getByRole('columnheader', { name: 'Score' }).getAttribute('aria-sort')).toBe('ascending');
    await userEvent.type(screen.getByLabelText('Symbol'), 'btc');
    expect(names()).toEqual(['BTCUSDT']);
    expect(location.search).toBe('?sort=score+asc&q=btc');
    await userEvent.type(screen.getByLabelText('Symbol'), 'x');
    expect(screen.getByText('No symbol is left')).toBeDefined();
  });

  it('asks for another horizon', async () => {
    const { api } = open();
    await screen.findByRole('grid');
    await userEvent.click(
      within(screen.getByRole('group', { name: 'Horizon' })).getByRole('button', { name: '1d' }),
    );
    await waitFor(() => expect(api.wasAsked('GET /api/signals?horizon=1d')).toBe(true));
    expect(location.search).toBe('?h=1d');
  });

  it('changes a cell as its bar closes, and then asks what the symbol says as a whole', async () => {
    const { api, socket } = open();
    await screen.findByRole('grid');
    const asked = () => api.asked.filter((one) => one.what.startsWith('GET /api/signals')).length;
    const tell = connect(socket());
    await waitFor(() => expect(asked()).toBe(2));
    const bar = newestClosed(NOW, '1h') + 3_600_000;
    tell({ ...signalEvent(BTC, '1h', bar), score: 7, direction: 'strong_sell', price: 1234.5 });
    expect(await screen.findByRole('link', { name: /^1 hour: strong sell, 7 of 100/ })).toBeDefined();
    expect(rows()[1]?.textContent).toContain('1,234.50');
    await waitFor(() => expect(asked()).toBe(3));
  });

  it('says so where nothing may be told live', async () => {
    const { socket } = open();
    await screen.findByRole('grid');
    act(() => socket().welcomes());
    const asked = socket().heard.find((one) => 'channel' in one && one.channel === 'signals') as {
      id: number;
    };
    const error = {
      type: 'error',
      id: asked.id,
      code: 'limit_exceeded',
      message: 'Too many.',
      retryable: true,
    };
    act(() => socket().says(error));
    expect((await screen.findByRole('alert')).textContent).toContain('Nothing is told live');
  });

  it('marks what is stale, and since when', async () => {
    const symbols = BOARD.symbols.map((one) => ({
      ...one,
      stale: true,
      stale_since: Date.UTC(2026, 0, 2, 3, 4),
    }));
    open(() => reply(200, { ...BOARD, symbols }));
    expect(await screen.findAllByText('stale since 2026-01-02 03:04')).toHaveLength(2);
  });

  it('says that it is loading, that there is nothing, and what went wrong', async () => {
    let answer = () => refusal(500, 'internal', 'Something broke.');
    open(() => answer());
    expect(screen.getByText('Loading the signals…')).toBeDefined();
    expect((await screen.findByRole('alert')).textContent).toContain('Something broke.');
    answer = () => reply(200, { ...BOARD, symbols: [], waiting: [] });
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('No signals yet')).toBeDefined();
  });
});

describe('filtered by an expression', () => {
  const SCREEN = {
    timeframe: '4h',
    as_of: NOW,
    newest_bar: NOW,
    filters: [],
    columns: [],
    rows: [{ symbol: 'BTCUSDT', venue: 'practice', time: NOW, price: 1, values: [] }],
    skipped: [],
    matched: 1,
    screened: 2,
  };
  const good = { ok: true, canonical: '', lookback: 0, inputs: [], notes: [] };
  const plot = { title: '', qualifier: 'series', lookback: 0, overlay: false, event: false };

  it('it shows those alone that meet it', async () => {
    navigate('/signals?e=close+%3E+open&tf=4h', 'replace');
    const api = new FakeApi()
      .on('GET /api/market/screen', () => reply(200, SCREEN))
      .on('POST /api/language/check', () => reply(200, { ...good, plots: [{ ...plot, type: 'bool' }] }));
    open(undefined, api);
    await screen.findByRole('grid');
    expect(names()).toEqual(['BTCUSDT']);
    expect(screen.getByText('1 of 2 symbols', { exact: false })).toBeDefined();
    const asked = api.asked.find((one) => one.what.startsWith('GET /api/market/screen'))?.what ?? '';
    const query = new URLSearchParams(asked.split('?')[1]);
    expect([query.get('expr'), query.get('timeframe')]).toEqual(['close > open', '4h']);
    await userEvent.click(screen.getByRole('button', { name: 'Remove the filter' }));
    expect(names()).toHaveLength(2);
    expect(location.search).toBe('');
  });

  it('it shows none while the condition is at fault, and says that numbers are no condition', async () => {
    navigate('/signals?e=close', 'replace');
    const api = new FakeApi()
      .on('GET /api/market/screen', () => refusal(400, 'bad_expression', 'No.'))
      .on('POST /api/language/check', () => reply(200, { ...good, plots: [{ ...plot, type: 'float' }] }));
    open(undefined, api);
    expect(await screen.findByText('The condition cannot be run')).toBeDefined();
    expect(screen.queryByRole('grid')).toBeNull();
    expect((await screen.findByRole('alert')).textContent).toContain('This gives numbers.');
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Filter' }).disabled).toBe(true);
  });
});

describe('by keyboard and pointer', () => {
  it('is one stop of the tab key, in which the arrows move; Enter opens the symbol', async () => {
    open();
    // The instruments are known: then bare names will do.
    await screen.findByText('87,600.50', { selector: 'td' });
    const links = within(screen.getByRole('grid')).getAllByRole('link');
    expect(links.filter((one) => one.tabIndex === 0)).toHaveLength(1);
    act(() => links.find((one) => one.tabIndex === 0)?.focus());
    await userEvent.keyboard('{ArrowDown}{ArrowRight}{ArrowRight}');
    expect(document.activeElement?.getAttribute('href')).toBe('/signals/BTCUSDT?tf=5m');
    // That is where the tab key comes back to.
    expect((document.activeElement as HTMLElement).tabIndex).toBe(0);
    expect(links.filter((one) => one.tabIndex === 0)).toHaveLength(1);
    await userEvent.keyboard('{Home}{ArrowUp}{ArrowUp}{Enter}');
    expect(location.pathname).toBe('/signals/ETHUSDT');
  });

  it('a row opens its symbol wherever it is pressed', async () => {
    open();
    await screen.findByRole('grid');
    await userEvent.click(await screen.findByText('87,600.50', { selector: 'td' }));
    expect(location.pathname).toBe('/signals/BTCUSDT');
  });
});

it('a cell leads to the symbol with the same horizon', async () => {
  navigate('/signals?h=1h', 'replace');
  open();
  await screen.findByRole('grid');
  await userEvent.type(screen.getByLabelText('Symbol'), 'eth');
  expect(cell(/^15 minutes/).getAttribute('href')).toBe('/signals/ETHUSDT?h=1h&tf=15m');
});
