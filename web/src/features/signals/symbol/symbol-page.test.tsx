// @vitest-environment jsdom
import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { navigate } from '@/lib/location';
import { DIRECTION_WORDS } from '@/lib/signals/direction';
import { regimeWords } from '@/lib/signals/words';
import { installBrowserParts, listed, show } from '@/lib/testing';
import { FakeApi, refusal, reply } from '@/lib/testing-account';
import { newestClosed, signalAnswer, signalEvent, signalHistory, signalRecord } from '@/lib/testing-signals';
import { SymbolPage } from './symbol-page';

beforeEach(() => {
  installBrowserParts();
  navigate('/signals/BTCUSDT', 'replace');
});

const NOW = Date.now();
const BTC = { symbol: 'BTCUSDT', mood: 0.8, price: 87_600.5 };
const ANSWER = signalAnswer(BTC, '4h', NOW);
// What the made-up signals say depends on the hour.
const WORDS = DIRECTION_WORDS[ANSWER.direction ?? 'neutral'];

function open(
  answer: () => Response = () => reply(200, ANSWER),
  record = signalRecord('BTCUSDT', '1h', '4h', NOW),
) {
  const api = new FakeApi()
    .on('GET /api/signals/BTCUSDT', answer)
    .on('GET /api/signals/record/BTCUSDT', () => reply(200, record))
    .on('GET /api/signals/history/BTCUSDT', () =>
      reply(200, signalHistory('BTCUSDT', '1h', newestClosed(NOW, '1h'))),
    )
    .on('GET /api/market/symbols', () => reply(200, { symbols: [listed('BTC')] }));
  vi.stubGlobal('fetch', api.fetch);
  const chart = vi.fn(() => <p>The chart</p>);
  return { api, chart, ...show(<SymbolPage symbol="BTCUSDT" chart={chart} />) };
}

const region = (name: string) => within(screen.getByRole('region', { name }));
const asked = (api: FakeApi, start: string) => api.asked.filter((one) => one.what.startsWith(start));

describe('a symbol’s page', () => {
  it('says the score on a dial, the figures and the sentence', async () => {
    const { chart } = open();
    const score = Math.round(ANSWER.score ?? 0);
    expect(await screen.findByRole('img', { name: `Score ${score} of 100: ${WORDS}` })).toBeDefined();
    expect(await screen.findByText(ANSWER.sentence)).toBeDefined();
    const head = region('BTCUSDT');
    expect(head.getByText('Leading timeframe').nextSibling?.textContent).toBe('1 hour');
    expect(head.getByText('Regime').nextSibling?.textContent).toBe(regimeWords(ANSWER.regime));
    expect(head.getByText('Model').nextSibling?.textContent).toBe('none: indicators alone');
    expect(head.getByText(/61 of 112 paid/)).toBeDefined();
    await waitFor(() => expect(head.getByText('87,600.50')).toBeDefined());
    expect(screen.getByText('The chart')).toBeDefined();
    expect(chart).toHaveBeenCalledWith(expect.objectContaining({ symbol: 'BTCUSDT' }), '1h');
  });

  it('tells what was said before and what became of it, the newest first', async () => {
    const { api } = open();
    const table = within(await screen.findByRole('region', { name: 'Signals said before' }));
    expect(table.getAllByRole('row')).toHaveLength(11);
    await userEvent.click(screen.getByRole('button', { name: 'Show all 30' }));
    const rows = table.getAllByRole('row');
    expect(rows).toHaveLength(31);
    expect(within(rows[1] as HTMLElement).getAllByText('open')).toHaveLength(3);
    expect(within(rows[30] as HTMLElement).queryByText('open')).toBeNull();
    expect(table.getAllByText('as said').length).toBeGreaterThan(0);
    expect(table.getAllByText('the other way').length).toBeGreaterThan(0);
    await userEvent.selectOptions(screen.getByLabelText('Timeframe of the signals said before'), '4h');
    await waitFor(() => expect(asked(api, 'GET /api/signals/history').length).toBe(2));
  });

  it('gives the reasons that add up to the score, the small ones on request', async () => {
    open();
    await screen.findByRole('region', { name: 'Why' });
    const why = region('Why');
    expect(why.getByText((ANSWER.score ?? 0).toFixed(1))).toBeDefined();
    expect(why.getAllByRole('listitem').length).toBeLessThan(ANSWER.reasons.length);
    await userEvent.click(why.getByRole('button', { name: `Show all ${ANSWER.reasons.length}` }));
    expect(why.getAllByRole('listitem')).toHaveLength(ANSWER.reasons.length);
  });

  it('opens a timeframe into its components, and keeps that in the address', async () => {
    open();
    await userEvent.click(await screen.findByRole('button', { name: '15m components' }));
    expect(location.search).toBe('?tf=15m');
    const table = screen.getByRole('table', { name: /^Components of 15 minutes/ });
    expect(within(table).getAllByRole('row')).toHaveLength(13);
    expect(within(table).getByRole('rowheader', { name: /^RSI 14/ })).toBeDefined();
    await userEvent.click(screen.getByRole('button', { name: '15m components' }));
    expect(screen.queryByRole('table', { name: /^Components/ })).toBeNull();
  });

  it('says which timeframes have not enough history, and that nothing confirms', async () => {
    const short = { status: 'not_enough_history', bars: 40, score: null, direction: null, components: [] };
    const timeframes = ANSWER.timeframes.map((one) => (one.timeframe === '1d' ? { ...one, ...short } : one));
    const confirmation = { aligned: false, verdict: 'none', timeframes: [], effect: 0 };
    open(() => reply(200, { ...ANSWER, timeframes, confirmation, stale: true, stale_since: 0 }));
    expect(await screen.findByText('not enough history: 40 of 250 bars')).toBeDefined();
    expect(screen.queryByRole('button', { name: '1d components' })).toBeNull();
    expect(screen.getByText(/nothing confirms the score/)).toBeDefined();
    expect(screen.getByText(/^Not enough history yet: 1 day lacks 210 of 250 bars\.$/)).toBeDefined();
    const stale = /^Stale since 1970-01-01 00:00: no bar has closed since/;
    expect(screen.getByText(stale)).toBeDefined();
  });

  it('asks again when a bar has closed', async () => {
    let score = 50;
    const { api, socket } = open(() => reply(200, { ...ANSWER, score, direction: 'neutral' }));
    await screen.findByRole('img', { name: 'Score 50 of 100: neutral' });
    act(() => socket().welcomes());
    const subscribe = socket().heard.find((one) => 'channel' in one && one.channel === 'signals');
    expect(subscribe).toMatchObject({ params: { symbol: 'BTCUSDT' } });
    const { id } = subscribe as unknown as { id: number };
    const shared = { channel: 'signals', key: 'signals:practice:BTCUSDT' };
    const snapshot = { signals: [], states: [] };
    act(() => socket().says({ type: 'subscribed', id, epoch: 'e', offset: 0, snapshot, ...shared }));
    await waitFor(() => expect(asked(api, 'GET /api/signals/BTCUSDT')).toHaveLength(2));
    score = 61;
    const data = signalEvent(BTC, '1m', newestClosed(NOW, '1m'));
    act(() => socket().says({ type: 'data', offset: 1, data, ...shared }));
    expect(await screen.findByRole('img', { name: 'Score 61 of 100: neutral' })).toBeDefined();
  });

  it('says how many bars each timeframe lacks where none has a signal', async () => {
    const none = { timeframe: null, score: null, direction: null, confidence: null, probability: null };
    const timeframes = ANSWER.timeframes.map((one) => ({
      ...one,
      status: 'not_enough_history',
      bars: 40,
      score: null,
      direction: null,
      components: [],
    }));
    open(() => reply(200, { ...ANSWER, ...none, timeframes, reasons: [], track_record: null }));
    expect(await screen.findByText(/^No timeframe has enough history yet: 1 minute lacks 210/)).toBeDefined();
    expect(screen.getByRole('img', { name: 'No score yet' })).toBeDefined();
    expect(screen.queryByRole('region', { name: 'Track record' })).toBeNull();
  });

  it('has the chart on another scored timeframe on request', async () => {
    const { chart } = open();
    await screen.findByText('The chart');
    await userEvent.click(region('Chart').getByRole('button', { name: '5m' }));
    expect(chart).toHaveBeenLastCalledWith(expect.objectContaining({ symbol: 'BTCUSDT' }), '5m');
  });

  it('has another horizon on request', async () => {
    const { api } = open();
    await screen.findByRole('region', { name: 'Why' });
    await userEvent.click(region('BTCUSDT').getByRole('button', { name: '1d' }));
    await waitFor(() => expect(asked(api, 'GET /api/signals/BTCUSDT?horizon=1d')).toHaveLength(1));
  });
});

describe('the track record', () => {
  it('says in words and figures what signals were worth, and whether the probabilities held', async () => {
    const { api } = open();
    expect(
      await screen.findByText(
        'Signals above 80: 61 of 112 paid (54%), no better than always-long (54%), a coin (46%) or TradingView’s rating (52%).',
      ),
    ).toBeDefined();
    expect(
      screen.getByText('Signals below 20: 17 so far, too few for a verdict, which takes 30.'),
    ).toBeDefined();
    expect(screen.queryByText(/Signals from 40 to 60/)).toBeNull();
    const now = screen.getAllByText('as now').map((one) => one.closest('li')?.textContent);
    expect(now).toHaveLength(ANSWER.direction === 'neutral' ? 0 : 1);
    expect(asked(api, 'GET /api/signals/record')[0]?.what).toContain('timeframe=1h&horizon=4h');
    const row = (name: RegExp) => region('Track record').getByRole('row', { name });
    expect(row(/^strong buy/).textContent).toContain('54.5%');
    expect(row(/strong sell/).textContent).toContain('not enough history');
    expect(row(/neutral/).textContent).toContain('nothing is traded');
    const plot = screen.getByRole('img', { name: /^Probabilities told/ });
    expect(plot.getAttribute('aria-label')).toContain('told 55%, paid 53% of 388');
    expect(screen.getByText(/Brier score 0.243/)).toBeDefined();
  });

  it('is that of another timeframe and horizon on request', async () => {
    const { api } = open();
    await userEvent.selectOptions(await screen.findByLabelText('Timeframe of the track record'), '4 hours');
    await userEvent.click(region('Track record').getByRole('button', { name: '1d' }));
    await waitFor(() =>
      expect(asked(api, 'GET /api/signals/record').at(-1)?.what).toContain('timeframe=4h&horizon=1d'),
    );
  });

  it('says so where no probability was told', async () => {
    open(undefined, signalRecord('BTCUSDT', '1h', '4h', NOW, false));
    expect(await screen.findByText(/Probabilities: not enough history/)).toBeDefined();
    expect(screen.queryByRole('img', { name: /^Probabilities/ })).toBeNull();
  });
});

describe('without an answer', () => {
  it('says that the history is still being loaded, and asks again', async () => {
    open(() => refusal(503, 'not_ready', 'Its history is being loaded.'));
    expect(await screen.findByText('No signals yet')).toBeDefined();
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('offers the nearest symbols where there is no such', async () => {
    open(() => refusal(404, 'unknown_symbol', 'Not known.', { suggestions: ['ETHUSDT'] }));
    expect((await screen.findByRole('alert')).textContent).toContain('Not known here');
    await userEvent.click(screen.getByRole('button', { name: 'ETHUSDT' }));
    expect(location.pathname).toBe('/signals/ETHUSDT');
  });

  it('offers another try where that may help', async () => {
    let broken = true;
    open(() => (broken ? refusal(500, 'internal', 'Something broke.') : reply(200, ANSWER)));
    expect((await screen.findByRole('alert')).textContent).toContain('Something broke.');
    broken = false;
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('img', { name: /^Score/ })).toBeDefined();
  });
});
