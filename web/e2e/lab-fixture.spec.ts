// The lab on the fixture server, which speaks the contract: what a person does in it, and how it looks.
import { test as base, expect } from '@playwright/test';
import { FixtureServer } from './fixture-server.ts';
import { accessibilityFaults } from './support/accessibility.ts';
import { DeskPage } from './support/desk-page.ts';
import { PageWatch } from './support/page-watch.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** No bar closes during a test. */
const now = Math.floor(Date.now() / HOUR_MS) * HOUR_MS + HOUR_MS / 2;

const test = base.extend<{ fixture: FixtureServer; desk: DeskPage; watch: PageWatch }>({
  // biome-ignore lint/correctness/noEmptyPattern: the runner reads the wanted fixtures from the pattern
  fixture: async ({}, use) => {
    const started = Date.now();
    const fixture = new FixtureServer({
      now: () => now + (Date.now() - started),
      firstBar: Math.floor(now / DAY_MS) * DAY_MS - 120 * DAY_MS,
    });
    await use(fixture);
    await fixture.stop();
  },
  baseURL: async ({ fixture }, use) => use(await fixture.start()),
  watch: [
    async ({ page }, use) => {
      const watch = new PageWatch(page);
      await use(watch);
      expect(watch.faults, 'the console, the policy and other hosts').toEqual([]);
    },
    { auto: true },
  ],
  desk: async ({ page }, use) => use(new DeskPage(page)),
});

/** A run of each symbol, as if it had been made before. */
function runs(fixture: FixtureServer, symbols: readonly string[]): void {
  for (const symbol of symbols) {
    const body = { strategy: 'ema-cross', symbol, timeframe: '1h', inputs: { fast: 8 + symbol.length } };
    fixture.lab.reply('POST', new URL('http://fixture/api/signals/backtest'), JSON.stringify(body));
  }
}

test('a test is run, read, and changed', async ({ page }) => {
  await page.goto('/chart/BTCUSDT?tf=1h');
  await page.getByRole('link', { name: 'Lab' }).click();
  await page.getByRole('textbox', { name: 'Fast length' }).fill('500');
  await page.getByRole('button', { name: 'Run' }).click();
  await expect(page.getByRole('alert')).toHaveText('At most 200.');
  await page.getByRole('textbox', { name: 'Fast length' }).fill('10');
  await page.getByRole('button', { name: 'Run' }).click();
  await expect(page).toHaveURL(/\/lab\/runs\/b_\d+$/);
  await expect(page.getByRole('region', { name: 'Verdict' })).toContainText('after costs');

  // A trade in the table is shown on the chart, and the other way round.
  await page.getByRole('button', { name: 'Show trade 3 on the chart' }).click();
  const chart = page.getByRole('figure', { name: /Candles of BTCUSDT/ });
  await expect(chart).toContainText('Long 3');
  await page.getByText('All figures').scrollIntoViewIfNeeded();
  await page.getByLabel('Show the formulas').check();
  await expect(page.getByRole('cell', { name: 'gross_profit / gross_loss' })).toBeVisible();

  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download' }).click();
  await page.getByRole('menuitem', { name: 'Trades (CSV)' }).click();
  expect((await saved).suggestedFilename()).toMatch(/^candlewick-b_\d+-trades\.csv$/);
});

test('a run that takes long is followed, by the socket and without it', async ({ page, fixture, watch }) => {
  fixture.lab.slow = true;
  await page.goto('/lab');
  await page.getByRole('button', { name: 'Run' }).click();
  await expect(page.getByRole('region', { name: 'Under way' })).toBeVisible();
  const id = page.url().split('/').at(-1) ?? '';
  fixture.lab.tell(id, 0.4);
  await expect(page.getByText(/40% done/)).toBeVisible();
  fixture.acceptSockets = false;
  fixture.cutSockets();
  await expect(page.getByRole('alert').first()).toContainText('No connection');
  fixture.lab.tell(id, 1);
  await expect(page.getByRole('region', { name: 'Key figures' })).toBeVisible();
  expect(watch.foreign).toEqual([]);
});

test('runs are found, named and compared', async ({ page, fixture }) => {
  runs(fixture, ['BTCUSDT', 'ETHUSDT', 'SOLUSDT']);
  await page.goto('/lab/runs');
  const rows = page.getByRole('region', { name: 'Runs' }).last().getByRole('rowheader');
  await expect(rows).toHaveCount(3);
  await page.getByLabel('Search the runs').fill('eth');
  await expect(rows).toHaveCount(1);
  await page.getByRole('button', { name: /What can be done/ }).click();
  await page.getByRole('menuitem', { name: 'Name it' }).click();
  await page.getByLabel('Name of the run').fill('Ether');
  await page.keyboard.press('Enter');
  await expect(rows.first()).toContainText('Ether');
  await page.getByLabel('Search the runs').fill('');
  await expect(rows).toHaveCount(3);
  for (const box of await page.getByRole('checkbox', { name: /^Compare/ }).all()) await box.check();
  await page.getByRole('button', { name: 'Compare 3' }).click();
  await expect(page.getByRole('figure', { name: 'Growth of each run over time' })).toContainText('Ether');
  await expect(page.getByRole('region', { name: 'What was different' }).first()).toContainText('symbol');
});

test('a sweep fills its heat map, is stopped and goes on, and a cell opens a run', async ({ page }) => {
  await page.goto('/lab/sweep');
  await page.getByRole('checkbox', { name: 'Fast length' }).check();
  await page.getByRole('checkbox', { name: 'Slow length' }).check();
  await page.getByLabel('Values of Slow length').fill('20:60:10');
  await page.getByRole('checkbox', { name: /Judge each best/ }).check();
  await page.getByRole('button', { name: 'Run the sweep' }).click();
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect(page.getByRole('heading', { name: 'Walk forward' })).toBeVisible();
  const verdict = page.getByRole('region', { name: 'Verdict' });
  await expect(verdict).toContainText(/Highest of \d+ cells.*deflated Sharpe/);
  await page.getByRole('button', { name: /^The highest: / }).click();
  await expect(page).toHaveURL(/\/lab\/runs\/b_\d+$/);
});

test('a strategy is copied, changed, saved and brought back', async ({ page }) => {
  await page.goto('/lab/strategies');
  await page.getByRole('link', { name: 'Copy EMA cross' }).click();
  const editor = page.getByRole('textbox', { name: /The document/ });
  await expect(page.getByText('Nothing is wrong with it.')).toBeVisible();
  await expect(page.getByText(/trades in the newest/)).toBeVisible();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page).toHaveURL(/\/lab\/strategies\/ema-cross-copy$/);
  await editor.click();
  await page.keyboard.press('Control+End');
  await page.keyboard.insertText('pyramiding: 2\n');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved as version 2.')).toBeVisible();
  await page.getByRole('button', { name: 'Look at version 1' }).click();
  await page.getByRole('button', { name: 'Bring it back' }).click();
  await expect(editor).not.toContainText('pyramiding');
  await expect(page.getByText(/Changed since version 2/)).toBeVisible();
});

test('a strategy runs on the desk, and what it does is marked on the chart', async ({
  page,
  fixture,
  desk,
}) => {
  runs(fixture, ['BTCUSDT']);
  await page.goto('/lab/runs/b_1');
  await page.getByRole('button', { name: 'Use this strategy live' }).click();
  await page.getByRole('button', { name: 'Use it live', exact: true }).click();
  await expect(page.getByText(/runs on the desk from the next closed bar/)).toBeVisible();
  await page.goto('/chart/BTCUSDT?tf=1h');
  await desk.hasBars();
  const row = page.getByTestId('live-strategy');
  await expect(row).toContainText('ema-cross');
  const bar = Math.floor(now / HOUR_MS) * HOUR_MS - 5 * HOUR_MS;
  fixture.lab.act('b_1', 'entry', bar, 87_600);
  await expect(row).toContainText('▲ long');
  await row.getByRole('link').click();
  await expect(page).toHaveURL(/\/lab\/runs\/b_1$/);
});

test('several symbols share an account: put together, run, and read', async ({ page, fixture }) => {
  await page.goto('/lab?strategy=ema-cross&symbol=BTCUSDT&tf=1h');
  await page.getByRole('button', { name: 'Add a symbol to the account' }).click();
  const picker = page.getByRole('combobox', { name: 'Add a symbol' });
  for (const [typed, symbol] of [
    ['eth', 'ETHUSDT'],
    ['ada', 'ADAUSDT'],
    ['sol', 'SOLUSDT'],
  ] as const) {
    await picker.pressSequentially(typed);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('button', { name: `Remove ${symbol}` })).toBeVisible();
  }
  await page.getByRole('button', { name: 'Remove ADAUSDT' }).click();
  await page.getByRole('textbox', { name: 'Open at once' }).fill('2');
  await expect(page.getByRole('textbox', { name: 'Each symbol' })).toHaveAttribute('placeholder', '50');
  await page.getByRole('button', { name: 'Run' }).click();
  await expect(page).toHaveURL(/\/lab\/runs\/b_\d+$/);
  const { request } = fixture.lab.runs.get('b_1') ?? {};
  expect(request).toMatchObject({ symbol: 'BTCUSDT,ETHUSDT,SOLUSDT', max_positions: 2 });
  await expect(page.getByRole('heading', { name: 'ema-cross on BTCUSDT, ETHUSDT, SOLUSDT' })).toBeVisible();
  await expect(page.getByRole('figure', { name: /^Equity/ })).toContainText('Buy and hold');

  // One symbol alone: its chart, of its own venue, and its trades.
  const asked = (symbol: string) =>
    fixture.requests.some((one) => one.includes(`/api/market/candles/practice%3A${symbol}?`));
  const chart = page.getByRole('figure', { name: /^Candles of/ });
  await expect(chart).toHaveAccessibleName(/Candles of BTCUSDT/);
  await page
    .getByRole('region', { name: 'Result by symbol' })
    .getByRole('button', { name: 'SOLUSDT' })
    .click();
  await expect(chart).toHaveAccessibleName(/Candles of SOLUSDT/);
  await expect.poll(() => asked('SOLUSDT')).toBe(true);
  const trades = page.getByRole('region', { name: 'Trades', exact: true }).last();
  await expect(trades.getByRole('cell', { name: 'ETHUSDT' })).toHaveCount(0);
  await page.getByRole('button', { name: 'All symbols' }).click();

  // A trade that the pointer rests on, and one that is chosen, bring their symbol's chart.
  const row = trades.getByRole('row').filter({ hasText: 'ETHUSDT' }).first();
  await row.hover();
  await expect(chart).toHaveAccessibleName(/Candles of ETHUSDT/);
  await page.mouse.move(2, 2);
  await expect(chart).toHaveAccessibleName(/Candles of SOLUSDT/);
  await row.getByRole('button').click();
  await expect(chart).toHaveAccessibleName(/Candles of ETHUSDT/);
  await expect(chart).toContainText('Long');
  await page.getByLabel('Symbol on the chart').selectOption({ label: 'BTCUSDT' });
  await expect(chart).toHaveAccessibleName(/Candles of BTCUSDT/);

  await page.getByRole('button', { name: 'Use this strategy live' }).click();
  await page.getByRole('button', { name: 'Use it live', exact: true }).click();
  await expect(page.getByText(/closed bar of BTCUSDT, ETHUSDT, SOLUSDT on/)).toBeVisible();

  // As a start for another, and for a sweep of all.
  await page.goto('/lab?like=b_1');
  await expect(page.getByRole('list', { name: 'Symbols of the test' }).getByRole('listitem')).toHaveCount(3);
  await page.getByRole('link', { name: 'Sweep…' }).click();
  await expect(page.getByRole('list', { name: 'Symbols of the test' }).getByRole('listitem')).toHaveCount(3);
});

for (const colorScheme of ['dark', 'light'] as const) {
  for (const viewport of [
    { width: 1440, height: 900 },
    { width: 390, height: 844 },
  ]) {
    test.describe(`${colorScheme}, ${viewport.width} wide`, () => {
      test.use({ colorScheme, viewport, contextOptions: { reducedMotion: 'reduce' } });

      test('nothing is hard to read or too wide', async ({ page, fixture, desk }) => {
        test.setTimeout(180_000);
        runs(fixture, ['BTCUSDT', 'ETHUSDT']);
        const many = 'BTCUSDT,ETHUSDT,SOLUSDT,BNBUSDT,XRPUSDT,ADAUSDT,DOGEUSDT,AVAXUSDT';
        const url = new URL('http://fixture/api/backtests/sweep');
        const axes = { fast: '6:24:3', slow: '20:60:10' };
        fixture.lab.reply(
          'POST',
          url,
          JSON.stringify({ strategy: 'ema-cross', symbol: 'BTCUSDT', axes, folds: 4 }),
        );
        runs(fixture, [many]);
        for (const sweep of fixture.lab.sweeps.values()) sweep.goOn(1000);
        const pages: readonly (readonly [path: string, there: string])[] = [
          ['/lab', 'Settings'],
          ['/lab/runs/b_1', 'Robustness'],
          ['/lab/runs/b_4', 'By symbol'],
          [`/lab?strategy=ema-cross&symbol=${many}`, 'Settings'],
          ['/lab/runs', 'Runs'],
          ['/lab/compare?id=b_1&id=b_2&id=b_4', 'Figures'],
          ['/lab/sweep', 'Sweep'],
          ['/lab/sweeps', 'Sweeps'],
          ['/lab/sweeps/s_3', 'Walk forward'],
          ['/lab/strategies', 'Shipped'],
          ['/lab/strategies/ema-cross', 'EMA cross'],
          ['/lab/new-strategy', 'A new strategy'],
        ];
        for (const [path, there] of pages) {
          await page.goto(path);
          await expect(page.getByRole('region', { name: there }).first(), path).toBeAttached();
          // What is still loading, or fading in, has faults that it has no more a moment later.
          await expect.poll(() => accessibilityFaults(page), path).toEqual([]);
          expect(await desk.overflows(), `${path} is too wide`).toBe(false);
          await expect(page, path).toHaveTitle(/Candlewick$/);
        }
      });
    });
  }
}
