// @vitest-environment jsdom
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { parseLabPlace } from '@/lib/lab/lab-place';
import { navigate, useAddress } from '@/lib/location';
import { installBrowserParts, listed } from '@/lib/testing';
import { BOB, FakeApi, refusal, reply, showTo } from '@/lib/testing-account';
import { madeCandles, madeRun, runItem } from '@/lib/testing-runs';
import { STRATEGIES } from '@/lib/testing-strategies';
import { LabPages, type OwnPlace } from './lab-pages';

beforeEach(() => {
  installBrowserParts();
  sessionStorage.clear();
  navigate('/lab', 'replace');
});

const candles = madeCandles(1500);
const done = madeRun({ candles, id: 'b_7' });
const running = {
  ...runItem(done),
  status: 'running',
  progress: 0.25,
  summary: null,
  finished_at: null,
  request: done.request,
};

function server() {
  return new FakeApi()
    .on('GET /api/market/symbols', () => reply(200, { symbols: [listed('BTC'), listed('ETH')] }))
    .on('GET /api/strategies', () => reply(200, { strategies: STRATEGIES }))
    .on('GET /api/backtests', () => reply(200, { items: [], next: null }))
    .on('GET /api/market/candles/practice%3ABTCUSDT', () => refusal(404, 'not_found', 'None.'));
}

function Pages() {
  const { pathname, search } = new URL(useAddress(), location.origin);
  return <LabPages place={parseLabPlace(pathname, search) as OwnPlace} />;
}

const open = async (api: FakeApi) => {
  await showTo(BOB, api, <Pages />);
  await screen.findByRole('option', { name: 'EMA cross' });
};
const field = (name: string) => screen.getByRole('textbox', { name });
const type = async (name: string, text: string) => {
  await userEvent.clear(field(name));
  await userEvent.type(field(name), text);
};
const run = () => userEvent.click(screen.getByRole('button', { name: 'Run' }));

describe('a test', () => {
  it('is asked for as the form says, and its result is shown', async () => {
    const api = server()
      .on('POST /api/signals/backtest', () => reply(200, done))
      .on('GET /api/backtests/b_7', () => reply(200, done));
    await open(api);
    expect(screen.getByText(/When it fails/)).toBeDefined();
    await type('Fast length', '9');
    await type('Capital', '25 000');
    await userEvent.selectOptions(screen.getByLabelText('Commission'), 'Kraken spot');
    await userEvent.click(screen.getByLabelText('Protections'));
    await run();
    await screen.findByRole('region', { name: 'Verdict' });
    expect(api.last('POST /api/signals/backtest')).toMatchObject({
      strategy: 'ema-cross',
      symbol: 'BTCUSDT',
      timeframe: '1h',
      inputs: { fast: 9 },
      capital: 25_000,
      commission: 'kraken',
      slippage: 'fixed_bps:5',
      protections: 'none',
      wait_ms: 2000,
    });
    expect(location.pathname).toBe('/lab/runs/b_7');
    // What was typed is still there, to be changed and run again.
    expect(field('Fast length')).toHaveProperty('value', '9');
    const figures = within(screen.getByRole('region', { name: 'Key figures' }));
    expect(figures.getByText('Sharpe ratio')).toBeDefined();
    expect(screen.getByRole('region', { name: 'Robustness' })).toBeDefined();
    expect(screen.getAllByRole('button', { name: /Show trade/ })).toHaveLength(
      Math.min(25, done.trade_count ?? 0),
    );
  });

  it('asks for the inputs of another strategy, and gives them back their defaults', async () => {
    await open(server());
    await userEvent.selectOptions(screen.getByLabelText('Strategy'), 'RSI mean reversion');
    expect(screen.getByLabelText('Timeframe')).toHaveProperty('value', '4h');
    expect(screen.getByLabelText('Also short')).toHaveProperty('checked', true);
    await userEvent.selectOptions(screen.getByLabelText('of'), 'hl2');
    await type('length', '20');
    await userEvent.click(screen.getByRole('button', { name: 'Reset to defaults' }));
    expect(
      [field('length'), screen.getByLabelText('of')].map((one) => (one as HTMLInputElement).value),
    ).toEqual(['14', 'close']);
  });

  it('that is wrong is not sent, and says where', async () => {
    const api = server();
    await open(api);
    await type('Slow length', '9.5');
    await type('Capital', '0');
    await run();
    expect((await screen.findAllByRole('alert')).map((one) => one.textContent)).toEqual([
      'Write a whole number.',
      'It must be above zero.',
    ]);
    expect(api.wasAsked('POST')).toBe(true);
    expect(api.wasAsked('POST /api/signals')).toBe(false);
    await waitFor(() => expect(document.activeElement).toBe(field('Slow length')));
  });

  it('that the server refuses says so at the field, until it is changed', async () => {
    const api = server().on('POST /api/signals/backtest', () =>
      refusal(422, 'bad_backtest', 'inputs.fast must be below inputs.slow.', { field: 'inputs.fast' }),
    );
    await open(api);
    await run();
    expect((await screen.findByRole('alert')).textContent).toBe('inputs.fast must be below inputs.slow.');
    expect(field('Fast length').getAttribute('aria-invalid')).toBe('true');
    await type('Fast length', '5');
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('of a document with faults tells all of them', async () => {
    const fault = {
      code: 'x',
      field: 'long.entry',
      message: 'unknown',
      line: 3,
      column: 1,
      length: 1,
      suggestions: [],
    };
    const faults = [fault, { ...fault, field: 'long.exit', line: 4 }];
    const api = server().on('POST /api/signals/backtest', () =>
      refusal(422, 'bad_strategy', 'It has faults.', { faults }),
    );
    await open(api);
    await run();
    expect((await screen.findByRole('alert')).textContent).toContain('Line 4: long.exit: unknown');
  });

  it('that takes long shows how far it is, and is cancelled', async () => {
    const api = server()
      .on('POST /api/signals/backtest', () => reply(202, running))
      .on('GET /api/backtests/b_7', () => reply(200, running))
      .on('DELETE /api/backtests/b_7', () => new Response(null, { status: 204 }));
    await open(api);
    await run();
    await screen.findByText('25% done');
    await userEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    await waitFor(() => expect(location.pathname).toBe('/lab'));
    expect(api.wasAsked('DELETE /api/backtests/b_7')).toBe(true);
  });

  it('that was opened fills the form, and says why it failed', async () => {
    const failed = {
      ...running,
      status: 'failed',
      error: { code: 'bad_backtest', message: 'Bar 812, line 14: division by zero.', field: 'long.entry' },
      request: { ...done.request, inputs: { fast: 33 }, symbol: 'ETHUSDT' },
    };
    navigate('/lab/runs/b_7', 'replace');
    await open(server().on('GET /api/backtests/b_7', () => reply(200, failed)));
    await screen.findByText(/Bar 812, line 14/);
    await waitFor(() => expect(field('Fast length')).toHaveProperty('value', '33'));
  });

  it('without what may be absent is shown all the same', async () => {
    const { leaks: _l, policies: _p, cost_curve: _c, robustness: _r, ...bare } = done;
    navigate('/lab/runs/b_7', 'replace');
    await open(
      server().on('GET /api/backtests/b_7', () => reply(200, { ...bare, robustness: null, long: undefined })),
    );
    await screen.findByText('Neither chance nor leaks were looked at in this run.');
  });
});

describe('runs', () => {
  const items = [runItem(done), { ...runItem(done), id: 'b_8', name: 'Slow cross', live: true }];

  it('are searched, named, and chosen to be compared', async () => {
    const api = server()
      .on('GET /api/backtests', () => reply(200, { items, next: null }))
      .on('PUT /api/backtests/b_7', () => reply(200, { ...done, name: 'A name' }));
    navigate('/lab/runs', 'replace');
    await showTo(BOB, api, <Pages />);
    await screen.findByRole('link', { name: 'Slow cross' });
    expect(screen.getByText('live')).toBeDefined();
    await userEvent.type(screen.getByLabelText('Search the runs'), 'slow');
    await waitFor(() => expect(api.wasAsked('GET /api/backtests?search=slow')).toBe(true));
    await userEvent.click(screen.getByRole('button', { name: 'What can be done with ema-cross' }));
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Name it' }));
    await userEvent.type(screen.getByLabelText('Name of the run'), 'A name{Enter}');
    await waitFor(() => expect(api.last('PUT /api/backtests/b_7')).toEqual({ name: 'A name' }));
    for (const name of ['ema-cross', 'Slow cross'])
      await userEvent.click(screen.getByLabelText(`Compare ${name}`));
    await userEvent.click(screen.getByRole('button', { name: 'Compare 2' }));
    expect(location.search).toBe('?id=b_7&id=b_8');
  });

  it('are compared with what was different', async () => {
    const growth = [{ time: 0, growth: 1 }];
    const metrics = (sharpe: number) => ({
      sharpe: { value: sharpe, n: 40, of: 'periods', unit: 'ratio', formula: 'f' },
    });
    const comparison = {
      runs: [
        { ...items[0], metrics: metrics(0.5), growth },
        { ...items[1], metrics: metrics(1.5), growth },
      ],
      differences: [{ field: 'inputs.fast', values: ['12', '10'] }],
    };
    navigate('/lab/compare?id=b_7&id=b_8', 'replace');
    await showTo(
      BOB,
      server().on('GET /api/backtests/compare', () => reply(200, comparison)),
      <Pages />,
    );
    const figures = within(await screen.findByRole('region', { name: 'Figures beside each other' }));
    expect(figures.getByRole('row', { name: /Sharpe ratio/ }).textContent).toBe('Sharpe ratio0.50 ★ 1.50 ');
    expect(screen.getByText('inputs.fast')).toBeDefined();
  });
});
