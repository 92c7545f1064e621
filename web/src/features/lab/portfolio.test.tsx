// @vitest-environment jsdom
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { LabChartsProvider, type TradeChartProps } from '@/lib/lab/lab-charts';
import { parseLabPlace } from '@/lib/lab/lab-place';
import { navigate, useAddress } from '@/lib/location';
import { installBrowserParts, listed } from '@/lib/testing';
import { BOB, FakeApi, refusal, reply, showTo } from '@/lib/testing-account';
import { madeCandles, madeRun, runItem } from '@/lib/testing-runs';
import { STRATEGIES } from '@/lib/testing-strategies';
import { madeSweep } from '@/lib/testing-sweeps';
import { LabPages, type OwnPlace } from './lab-pages';

beforeEach(() => {
  installBrowserParts();
  sessionStorage.clear();
  navigate('/lab', 'replace');
});

const candles = madeCandles(1500);
const late = madeCandles(1600).slice(100);
const done = madeRun({
  candles,
  // The others move unlike the first.
  candlesOf: (symbol) =>
    symbol === 'BTCUSDT' ? candles : late.map((one, i) => [candles[i]?.[0] ?? 0, ...one.slice(1)] as never),
  id: 'b_9',
  request: { symbol: 'BTCUSDT,ETHUSDT', max_positions: 1 },
});

function server(run = done) {
  return new FakeApi()
    .on('GET /api/market/symbols', () =>
      reply(200, { symbols: [listed('BTC'), listed('ETH'), listed('SOL'), listed('ADA')] }),
    )
    .on('GET /api/strategies', () => reply(200, { strategies: STRATEGIES }))
    .on('GET /api/backtests', () => reply(200, { items: [runItem(run)], next: null }))
    .on('GET /api/backtests/b_9', () => reply(200, run))
    .on('POST /api/signals/backtest', () => reply(200, run))
    .on('GET /api/market/candles/', () => refusal(404, 'not_found', 'None.'));
}

/** Says in words what a chart would draw. */
const charts = {
  CurveChart: () => null,
  TradeChart: ({ symbol, trades, selected, label }: TradeChartProps) => (
    <figure aria-label={label}>
      {symbol} {trades.length} {selected === null ? 'none' : `shows ${selected}`}
    </figure>
  ),
};

function Pages() {
  const { pathname, search } = new URL(useAddress(), location.origin);
  return (
    <LabChartsProvider value={charts}>
      <LabPages place={parseLabPlace(pathname, search) as OwnPlace} />
    </LabChartsProvider>
  );
}

const open = async (api: FakeApi, path = '/lab') => {
  navigate(path, 'replace');
  await showTo(BOB, api, <Pages />);
  await screen.findByRole('option', { name: 'EMA cross' });
};
const box = (name: string) => screen.getByRole('textbox', { name });
const add = async (text: string) => {
  await userEvent.type(screen.getByRole('combobox', { name: 'Add a symbol' }), text);
};
const chips = () =>
  within(screen.getByRole('list', { name: 'Symbols of the test' }))
    .getAllByRole('listitem')
    .map((one) => one.textContent);

describe('a test over several symbols', () => {
  it('begins as one of a single symbol, and takes more by keyboard', async () => {
    const api = server();
    await open(api);
    expect(screen.queryByRole('list', { name: 'Symbols of the test' })).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: 'Add a symbol to the account' }));
    await add('eth{Enter}');
    expect(chips()).toEqual(['BTCUSDT', 'ETHUSDT']);
    // One may go on typing.
    expect(document.activeElement).toBe(screen.getByRole('combobox', { name: 'Add a symbol' }));
    await userEvent.keyboard('sol{Enter}');
    expect(chips()).toEqual(['BTCUSDT', 'ETHUSDT', 'SOLUSDT']);
    expect(screen.getByText('3 in one account')).toBeDefined();
    await userEvent.type(box('Open at once'), '2');
    expect(box('Each symbol')).toHaveProperty('placeholder', '50');
    await userEvent.type(box('All positions'), '150');
    expect(box('Each symbol')).toHaveProperty('placeholder', '75');
    expect(screen.getByText(/over 100 % is borrowed/)).toBeDefined();
    await userEvent.click(screen.getByRole('button', { name: 'Run' }));
    await screen.findByRole('region', { name: 'By symbol' });
    expect(api.last('POST /api/signals/backtest')).toMatchObject({
      symbol: 'BTCUSDT,ETHUSDT,SOLUSDT',
      max_positions: 2,
      exposure_percent: 150,
    });
    expect(api.last('POST /api/signals/backtest')).not.toHaveProperty('symbol_exposure_percent');
  });

  it('takes a pasted list, and each once', async () => {
    await open(server(), '/lab?strategy=ema-cross&symbol=BTCUSDT,ETHUSDT&tf=1h');
    await waitFor(() => expect(chips()).toEqual(['BTCUSDT', 'ETHUSDT']));
    await userEvent.click(screen.getByRole('combobox', { name: 'Add a symbol' }));
    await userEvent.paste('ethusdt, SOLUSDT, ADAUSDT, NONESUCH');
    expect(chips()).toEqual(['BTCUSDT', 'ETHUSDT', 'SOLUSDT', 'ADAUSDT']);
  });

  it('lets go of symbols until there is one, and keeps the focus', async () => {
    await open(server(), '/lab?strategy=ema-cross&symbol=BTCUSDT,ETHUSDT,SOLUSDT&tf=1h');
    await userEvent.click(await screen.findByRole('button', { name: 'Remove ETHUSDT' }));
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Remove SOLUSDT' }));
    await userEvent.keyboard('{Enter}');
    expect(screen.queryByRole('list', { name: 'Symbols of the test' })).toBeNull();
    expect(screen.getByRole('combobox', { name: 'Symbol' })).toHaveProperty('value', 'BTCUSDT');
    expect(document.activeElement).toBe(screen.getByRole('combobox', { name: 'Symbol' }));
  });

  it('is refused at its fields', async () => {
    const api = server().on('POST /api/signals/backtest', () =>
      refusal(422, 'bad_backtest', "There is no symbol 'ETHUSDT'.", { field: 'symbol' }),
    );
    await open(api, '/lab?strategy=ema-cross&symbol=BTCUSDT,ETHUSDT&tf=1h');
    await userEvent.type(box('Open at once'), '1.5');
    await userEvent.click(screen.getByRole('button', { name: 'Run' }));
    expect((await screen.findByRole('alert')).textContent).toBe('A whole number, 0 to 1000.');
    await userEvent.clear(box('Open at once'));
    await userEvent.click(screen.getByRole('button', { name: 'Run' }));
    expect((await screen.findByRole('alert')).textContent).toBe("There is no symbol 'ETHUSDT'.");
    const picker = screen.getByRole('combobox', { name: 'Add a symbol' });
    expect(picker.getAttribute('aria-invalid')).toBe('true');
    await userEvent.click(screen.getByRole('button', { name: 'Remove ETHUSDT' }));
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('is swept over all of them, with purge and embargo beside the folds', async () => {
    const api = server().on('POST /api/backtests/sweep', () => refusal(422, 'bad_backtest', 'No.'));
    await open(api, '/lab/sweep?strategy=ema-cross&symbol=BTCUSDT,ETHUSDT&tf=1h');
    await waitFor(() => expect(chips()).toEqual(['BTCUSDT', 'ETHUSDT']));
    await add('sol{Enter}');
    await userEvent.type(box('Open at once'), '2');
    await userEvent.click(screen.getByRole('checkbox', { name: 'Fast length' }));
    expect(screen.queryByRole('textbox', { name: 'Purge' })).toBeNull();
    await userEvent.click(screen.getByRole('checkbox', { name: 'Judge each best on the time after it' }));
    await userEvent.type(box('Purge'), '1.5');
    await userEvent.type(box('Embargo'), '12');
    await userEvent.click(screen.getByRole('button', { name: 'Run the sweep' }));
    expect((await screen.findByRole('alert')).textContent).toBe('A whole number, 0 to 1000000.');
    await userEvent.clear(box('Purge'));
    await userEvent.type(box('Purge'), '24');
    await userEvent.click(screen.getByRole('button', { name: 'Run the sweep' }));
    await waitFor(() =>
      expect(api.last('POST /api/backtests/sweep')).toMatchObject({
        symbol: 'BTCUSDT,ETHUSDT,SOLUSDT',
        max_positions: 2,
        folds: 6,
        purge: 24,
        embargo: 12,
      }),
    );
    // It is the test's list: what was added here is there as well.
    navigate('/lab');
    await waitFor(() => expect(chips()).toEqual(['BTCUSDT', 'ETHUSDT', 'SOLUSDT']));
  });

  it('that was swept is told by all symbols, and a cell opens the run of all', async () => {
    const made = madeSweep({
      id: 's_9',
      request: { symbol: 'BTCUSDT,ETHUSDT', max_positions: 1, axes: { fast: '5:20:5', slow: '20:60:20' } },
    });
    made.goOn(12);
    const api = server().on('GET /api/backtests/sweeps/s_9', () => reply(200, made.told()));
    navigate('/lab/sweeps/s_9', 'replace');
    await showTo(BOB, api, <Pages />);
    await screen.findByRole('heading', { name: 'ema-cross on BTCUSDT, ETHUSDT, swept' });
    expect(screen.getByText('Each cell is one account over BTCUSDT, ETHUSDT.')).toBeDefined();
    expect(screen.getByRole('table', { name: /on BTCUSDT, ETHUSDT; arrow keys/ })).toBeDefined();
    const [run] = screen.getAllByRole('button', { name: /^Run fast/ });
    if (!run) throw new Error('no cell');
    await userEvent.click(run);
    await waitFor(() =>
      expect(api.last('POST /api/signals/backtest')).toMatchObject({
        symbol: 'BTCUSDT,ETHUSDT',
        max_positions: 1,
      }),
    );
  });
});

describe('a result over several symbols', () => {
  const chart = () => screen.getByRole('figure', { name: /^Candles of/ });
  const parts = () => within(screen.getByRole('region', { name: 'Result by symbol' }));

  it('names them, tells what each added, and may go live', async () => {
    const api = server();
    await open(api, '/lab/runs/b_9');
    await screen.findByRole('heading', { name: 'ema-cross on BTCUSDT, ETHUSDT' });
    expect(screen.getByText(/^At most 1 position at once, worth up to 100/)).toBeDefined();
    const [, first] = parts().getAllByRole('row');
    const best = [...(done.symbols ?? [])].sort((a, b) => b.net_profit - a.net_profit)[0];
    expect(first?.textContent).toContain(best?.symbol);
    await userEvent.click(parts().getByRole('button', { name: /^Symbol/ }));
    expect(parts().getAllByRole('row')[1]?.textContent).toContain('BTCUSDT');
    expect(screen.getByRole('button', { name: 'Use this strategy live' })).toBeTruthy();
    // The form has what was asked for.
    await waitFor(() => expect(chips()).toEqual(['BTCUSDT', 'ETHUSDT']));
    expect(box('Open at once')).toHaveProperty('value', '1');
  });

  it('shows the chart of one at a time, and that of a trade that is chosen', async () => {
    await open(server(), '/lab/runs/b_9');
    await screen.findByRole('region', { name: 'Result by symbol' });
    const count = (symbol: string) => done.trades?.filter((one) => one.symbol === symbol).length;
    expect(chart().textContent).toBe(`practice:BTCUSDT ${count('BTCUSDT')} none`);
    const other = done.trades?.find((one) => one.symbol === 'ETHUSDT')?.id;
    await userEvent.click(screen.getByRole('button', { name: `Show trade ${other} on the chart` }));
    expect(chart().textContent).toBe(`practice:ETHUSDT ${count('ETHUSDT')} shows ${other}`);
    await userEvent.selectOptions(screen.getByLabelText('Symbol on the chart'), 'practice:BTCUSDT');
    expect(chart().textContent).toBe(`practice:BTCUSDT ${count('BTCUSDT')} none`);
  });

  it('shows the trades of one alone, until all are asked for', async () => {
    await open(server(), '/lab/runs/b_9');
    await screen.findByRole('region', { name: 'Result by symbol' });
    await userEvent.click(parts().getByRole('button', { name: 'ETHUSDT' }));
    expect(parts().getByRole('button', { name: 'ETHUSDT' }).getAttribute('aria-pressed')).toBe('true');
    expect(chart().textContent).toContain('practice:ETHUSDT');
    const symbols = () =>
      new Set(
        screen
          .getAllByRole('button', { name: /^Show trade/ })
          .map((one) => one.closest('tr')?.children[1]?.textContent),
      );
    expect(symbols()).toEqual(new Set(['ETHUSDT']));
    await userEvent.click(screen.getByRole('button', { name: 'All symbols' }));
    expect(symbols()).toEqual(new Set(['BTCUSDT', 'ETHUSDT']));
  });

  it('of one symbol looks as it did', async () => {
    const one = madeRun({ candles, id: 'b_9' });
    await open(server(one), '/lab/runs/b_9');
    await screen.findByRole('heading', { name: 'ema-cross on BTCUSDT' });
    expect(screen.queryByRole('region', { name: 'By symbol' })).toBeNull();
    expect(screen.queryByLabelText('Symbol on the chart')).toBeNull();
    expect(screen.getByRole('button', { name: 'Use this strategy live' }).getAttribute('aria-disabled')).toBe(
      null,
    );
  });
});
