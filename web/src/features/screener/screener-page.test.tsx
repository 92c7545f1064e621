// @vitest-environment jsdom
import { EditorView } from '@codemirror/view';
import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { navigate } from '@/lib/location';
import { installBrowserParts, installEditorParts, listed } from '@/lib/testing';
import { BOB, FakeApi, refusal, reply, showTo } from '@/lib/testing-account';
import { TABLE_REPLY } from '@/lib/testing-language';
import { ScreenerPage } from './screener-page';

// It is loaded when it is first shown, which a busy machine takes its time for.
beforeAll(() => import('@/components/expression-editor/code-editor'), 60_000);
beforeEach(() => {
  installBrowserParts();
  installEditorParts();
  navigate('/screener', 'replace');
});

const plot = { title: '', type: 'float', qualifier: 'series', lookback: 13, overlay: false, event: false };
const look = { overlay: false, event: false };
const ANSWER = {
  timeframe: '1h',
  as_of: 10_812_345,
  newest_bar: 7_200_000,
  filters: [{ expr: 'ta.rsi(close, 14) < 30', title: 'ta.rsi(close, 14) < 30', ...look, type: 'bool' }],
  columns: [{ expr: 'ta.rsi(close, 14)', title: 'ta.rsi(close, 14)', ...look, type: 'float' }],
  rows: [
    { symbol: 'ETHUSDT', venue: 'practice', time: 7_200_000, price: 2971.4, values: [21.5] },
    { symbol: 'BTCUSDT', venue: 'practice', time: 3_600_000, price: 87_610.05, values: [28.25] },
  ],
  skipped: [{ symbol: 'NEWUSDT', venue: 'practice', reason: 'Too few bars.' }],
  matched: 2,
  screened: 3,
};

async function open(screened: () => Response = () => reply(200, ANSWER)) {
  const api = new FakeApi()
    .on('GET /api/language/functions', () => reply(200, TABLE_REPLY))
    .on('GET /api/market/symbols', () => reply(200, { symbols: [listed('BTC'), listed('ETH')] }))
    .on<{ text: string }>('POST /api/language/check', ({ text }) =>
      reply(200, {
        ok: true,
        canonical: text,
        lookback: 14,
        plots: [{ ...plot, type: text.includes('<') ? 'bool' : 'float' }],
        inputs: [],
        notes: [],
      }),
    )
    .on('GET /api/market/screen', screened);
  await showTo(BOB, api, <ScreenerPage />);
  await waitFor(() => expect(editors().length).toBeGreaterThan(0));
  return api;
}

function editors(): EditorView[] {
  return [...document.querySelectorAll('[data-mantine-stop-propagation]')].flatMap((host) => {
    const content = host.shadowRoot?.querySelector<HTMLElement>('.cm-content');
    return content ? [EditorView.findFromDOM(content) as EditorView] : [];
  });
}
const texts = () => editors().map((one) => one.state.doc.toString());
const run = () => userEvent.click(screen.getByRole('button', { name: 'Run' }));
const names = () =>
  within(screen.getByRole('table'))
    .getAllByRole('link')
    .map((one) => one.textContent);
const asked = (api: FakeApi) =>
  api.asked
    .filter((one) => one.what.startsWith('GET /api/market/screen'))
    .map((one) => new URLSearchParams(one.what.split('?')[1]));

describe('the screener', () => {
  it('begins with something to run, and finds nothing unasked', async () => {
    const api = await open();
    expect(texts()).toEqual(['ta.rsi(close, 14) < 30', 'ta.rsi(close, 14)']);
    expect(screen.queryByRole('table')).toBeNull();
    expect(asked(api)).toEqual([]);
    await waitFor(() =>
      expect(screen.getAllByText(/^(Where|Show)$/).map((one) => one.textContent)).toEqual(['Where', 'Show']),
    );
  });

  it('shows what was found, sorted, each with the way to its chart, and keeps it in the address', async () => {
    const api = await open();
    await userEvent.selectOptions(screen.getByLabelText('Timeframe'), '4 hours');
    await run();
    await screen.findByRole('table');
    expect(names()).toEqual(['ETHUSDT', 'BTCUSDT']);
    expect(new URLSearchParams(location.search).getAll('e')).toEqual(texts());
    expect(asked(api)[0]?.getAll('expr')).toEqual(texts());
    expect(asked(api)[0]?.get('timeframe')).toBe('4h');
    expect(asked(api)[0]?.get('sort')).toBe('1 asc');
    const [head, eth, btc] = within(screen.getByRole('table'))
      .getAllByRole('row')
      .map((one) => one.textContent);
    expect(head).toBe('InstrumentPriceta.rsi(close, 14)');
    expect(eth).toBe('ETHUSDT2,971.4021.50');
    // Its newest bar is an older one, and says so.
    expect(btc).toBe('BTCUSDT1970-01-01 01:0087,610.0528.25');
    expect(screen.getByRole('link', { name: 'ETHUSDT' }).getAttribute('href')).toBe('/chart/ETHUSDT?tf=1h');
    expect(screen.getByText('1 instrument was left out')).toBeDefined();
    expect(screen.getByText(/Too few bars/)).toBeDefined();
  });

  it('sorts by a press on a heading, and back', async () => {
    await open();
    await run();
    await userEvent.click(await screen.findByRole('button', { name: 'Price' }));
    await waitFor(() => expect(names()).toEqual(['BTCUSDT', 'ETHUSDT']));
    expect(screen.getByRole('columnheader', { name: 'Price' }).getAttribute('aria-sort')).toBe('descending');
    await userEvent.click(screen.getByRole('button', { name: 'Price' }));
    await waitFor(() => expect(names()).toEqual(['ETHUSDT', 'BTCUSDT']));
    expect(new URLSearchParams(location.search).get('sort')).toBe('price asc');
  });

  it('takes expressions more and less, and runs with Enter', async () => {
    const api = await open();
    await userEvent.click(screen.getByRole('button', { name: 'Add an expression' }));
    await waitFor(() => expect(editors()).toHaveLength(3));
    const third = editors()[2];
    act(() => third?.dispatch({ changes: { from: 0, insert: 'volume' } }));
    await userEvent.click(screen.getByRole('button', { name: 'Remove expression 1' }));
    await waitFor(() => expect(texts()).toEqual(['ta.rsi(close, 14)', 'volume']));
    await run();
    await screen.findByRole('table');
    expect(asked(api)[0]?.getAll('expr')).toEqual(['ta.rsi(close, 14)', 'volume']);
    await userEvent.click(screen.getByRole('button', { name: 'Remove expression 2' }));
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Remove expression 1' }).disabled).toBe(
      true,
    );
  });

  it('runs what is ready-made', async () => {
    const api = await open();
    await userEvent.click(screen.getByRole('button', { name: 'Ready-made' }));
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Volume over twice its mean' }));
    await screen.findByRole('table');
    expect(texts()[0]).toBe('volume > 2 * ta.sma(volume, 20)');
    expect(asked(api)[0]?.get('sort')).toBe('1 desc');
  });

  it('gives back what was typed and not run when one goes back from what is ready-made', async () => {
    navigate('/screener?e=close&tf=1d', 'replace');
    await open();
    act(() => editors()[0]?.dispatch({ changes: { from: 0, to: 5, insert: 'open\n> close' } }));
    await userEvent.click(screen.getByRole('button', { name: 'Ready-made' }));
    await userEvent.click(await screen.findByRole('menuitem', { name: 'RSI above 70' }));
    await waitFor(() => expect(texts()[0]).toBe('ta.rsi(close, 14) > 70'));
    act(() => history.back());
    await waitFor(() => expect(texts()).toEqual(['open\n> close']));
    expect(screen.getByLabelText<HTMLSelectElement>('Timeframe').value).toBe('1d');
  });

  it('is what its address says, also after going back', async () => {
    navigate('/screener?e=close&tf=1d', 'replace');
    await open();
    expect(texts()).toEqual(['close']);
    expect(screen.getByLabelText<HTMLSelectElement>('Timeframe').value).toBe('1d');
    await screen.findByRole('table');
    act(() => navigate('/screener?e=open&e=high&tf=1h'));
    await waitFor(() => expect(texts()).toEqual(['open', 'high']));
  });

  it('says so where nothing is found', async () => {
    await open(() => reply(200, { ...ANSWER, rows: [], skipped: [] }));
    await run();
    expect(await screen.findByText('Nothing is found now')).toBeDefined();
  });

  it('shows the place of what the server refuses', async () => {
    const diagnostic = {
      code: 'unknown_name',
      message: '',
      line: 1,
      column: 9,
      length: 7,
      line_text: 'close > ta.emaa(close, 3)',
      suggestions: [],
      signature: '',
    };
    await open(() => refusal(400, 'bad_expression', 'There is no ‘ta.emaa’.', { diagnostic }));
    await run();
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('There is no ‘ta.emaa’.');
    expect(alert.querySelector('code')?.textContent).toBe('close > ta.emaa(close, 3)\n        ^^^^^^^');
    expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull();
  });

  it('offers to try again where that may help', async () => {
    let broken = true;
    await open(() => (broken ? refusal(503, 'busy', 'Too much to do.') : reply(200, ANSWER)));
    await run();
    expect((await screen.findByRole('alert')).textContent).toContain('Too much to do.');
    broken = false;
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('table')).toBeDefined();
  });
});
