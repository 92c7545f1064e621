// Indicators, layouts and the screener at the fixture server: what a real one cannot be brought to do on demand.
import { test as base, expect } from '@playwright/test';
import { FixtureServer } from './fixture-server.ts';
import { accessibilityFaults } from './support/accessibility.ts';
import { DeskPage } from './support/desk-page.ts';
import { IndicatorsPage } from './support/indicators-page.ts';
import { PageWatch } from './support/page-watch.ts';

const QUARTER_MS = 900_000;
const quarter = Math.floor(Date.now() / QUARTER_MS) * QUARTER_MS;
/** The fixture's clock starts in the middle of a quarter of an hour: no bar closes by itself. */
const now = quarter + QUARTER_MS / 2;

const test = base.extend<{
  fixture: FixtureServer;
  desk: DeskPage;
  watch: PageWatch;
  indicators: IndicatorsPage;
}>({
  // biome-ignore lint/correctness/noEmptyPattern: the runner reads the wanted fixtures from the pattern
  fixture: async ({}, use) => {
    const started = Date.now();
    const fixture = new FixtureServer({ now: () => now + (Date.now() - started) });
    await use(fixture);
    await fixture.stop();
  },
  baseURL: async ({ fixture }, use) => use(await fixture.start()),
  watch: async ({ page }, use) => use(new PageWatch(page)),
  desk: async ({ page }, use) => use(new DeskPage(page)),
  indicators: async ({ page, desk, fixture: _running }, use) => {
    await page.goto('/chart/ETHUSDT?tf=15m');
    await desk.hasBars();
    await use(new IndicatorsPage(page));
  },
});

/** What is found at every hour: the fixture's prices go with the clock. */
const SCREEN = `/screener?${new URLSearchParams([
  ['e', 'close > 0'],
  ['e', 'ta.rsi(close, 14)'],
  ['tf', '1h'],
])}`;

const evals = (fixture: FixtureServer) => fixture.requests.filter((one) => one.includes('/api/market/eval/'));

test('the whole way breaks no rule of the page: its policy, its console, other hosts', async ({
  fixture,
  watch,
  indicators,
  page,
}) => {
  fixture.run(300);
  await indicators.addFromList('macd');
  await indicators.addFromList('pivot');
  await indicators.write('close > ta.emaa(close, 20)');
  await indicators.dialog.getByRole('button', { name: 'ta.ema', exact: true }).click();
  await page.getByRole('button', { name: 'Add to chart' }).click();
  await expect(indicators.rows).toHaveCount(3);
  await indicators.saveLayoutAs('Day');
  await page.goto(SCREEN);
  await page.getByRole('button', { name: 'Run' }).click();
  await expect(page.getByRole('table')).toBeVisible();
  expect(await page.locator('style').count()).toBe(0);
  expect(watch.faults).toEqual([]);
});

test('a value is told once a bar by the socket, and nothing is asked again', async ({
  fixture,
  indicators,
}) => {
  await indicators.addFromList('ema');
  const row = indicators.row('ta.ema(close, 14)');
  await expect(row).toContainText(/\d\.\d/);
  await indicators.leaveChart();
  const asked = evals(fixture).length;
  fixture.tick();
  await expect(row.locator('[data-provisional]')).toBeVisible();
  const [closed] = fixture.closeBar('15m', quarter);
  await expect(row.locator('[data-provisional]')).toHaveCount(0);
  // The forming bar's may look the same: half a bar moves an average by little.
  const told = closed?.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  await expect(row).toContainText(told ?? 'a value');
  expect(evals(fixture)).toHaveLength(asked);
});

test('after lost messages the values are fetched again', async ({ fixture, indicators, desk }) => {
  await indicators.addFromList('ema');
  await expect(indicators.row('ta.ema(close, 14)')).toContainText(/\d/);
  const asked = evals(fixture).length;
  fixture.loseMessages(2);
  fixture.acceptSockets = false;
  fixture.cutSockets();
  fixture.acceptSockets = true;
  await expect(desk.connection).toHaveText('Connected', { timeout: 30_000 });
  await expect.poll(() => evals(fixture).length).toBeGreaterThan(asked);
});

test('values that cannot be had say so in their row, and come when they can', async ({
  fixture,
  indicators,
  desk,
}) => {
  fixture.failures.set('/api/market/eval', 500);
  await indicators.addFromList('ema');
  await expect(indicators.row('ta.ema(close, 14)').getByRole('alert')).toContainText('told to fail');
  expect(await desk.bars()).toBeGreaterThan(0);
  fixture.failures.clear();
  await expect(indicators.row('ta.ema(close, 14)')).toContainText(/\d\.\d/, { timeout: 20_000 });
});

test('a list that cannot be loaded is tried again; expressions can be typed meanwhile', async ({
  fixture,
  indicators,
  page,
}) => {
  fixture.failures.set('/api/language/functions', 500);
  await indicators.open();
  await expect(page.getByText('The indicators could not be loaded')).toBeVisible({ timeout: 20_000 });
  fixture.failures.clear();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(indicators.options.first()).toBeVisible();
});

test('a layout that cannot be saved stays marked, and survives a reload', async ({
  fixture,
  indicators,
  page,
  desk,
}) => {
  await indicators.addFromList('ema');
  await indicators.saveLayoutAs('Day');
  await indicators.addFromList('rsi');
  fixture.failures.set('/api/me/layouts/', 503);
  await indicators.chooseLayout('Save “Day”');
  await expect(page.getByRole('alert')).toContainText('Not done');
  fixture.failures.clear();
  await page.reload();
  await desk.hasBars();
  await expect(indicators.rows).toHaveCount(2);
  await expect(indicators.layout).toHaveAccessibleName(/Day, with changes/);
});

test('the desk’s keys are no keys of the editor', async ({ indicators, page }) => {
  await indicators.write('');
  await page.keyboard.type('ck');
  await expect(indicators.editor).toHaveText('ck');
  await expect(page).toHaveURL(/ETHUSDT\?tf=15m$/);
  await page.keyboard.press('Tab');
  await expect(indicators.editor).not.toBeFocused();
});

test('a dragged edge of a pane is part of the layout', async ({ indicators, desk, page }) => {
  await indicators.addFromList('rsi');
  await indicators.saveLayoutAs('Day');
  // Until it is loaded its row is over the candles; the pane opens once its values are there.
  await expect.poll(() => indicators.restingTop('ta.rsi(close, 14)')).toBeGreaterThan(400);
  const chart = await desk.chart.boundingBox();
  if (!chart) throw new Error('nothing is shown');
  let top = 0;
  // A busy page may not be ready for the press.
  await expect(async () => {
    top = await indicators.restingTop('ta.rsi(close, 14)');
    // The edge is a few pixels above the row.
    await page.mouse.move(chart.x + 300, top - 4);
    await page.mouse.down();
    await page.mouse.move(chart.x + 300, top - 120, { steps: 6 });
    await page.mouse.up();
    await expect(indicators.layout).toHaveAccessibleName(/not saved$/, { timeout: 3_000 });
  }).toPass({ timeout: 30_000 });
  await expect.poll(() => indicators.restingTop('ta.rsi(close, 14)')).toBeLessThan(top - 60);
  const dragged = await indicators.restingTop('ta.rsi(close, 14)');
  await page.reload();
  await desk.hasBars();
  await expect
    .poll(async () => Math.abs((await indicators.restingTop('ta.rsi(close, 14)')) - dragged))
    .toBeLessThan(12);
});

test('the values of a forming bar are told apart from those of a closed one', async ({
  fixture,
  indicators,
  desk,
  page,
}) => {
  await indicators.addFromList('ema');
  await expect.poll(() => desk.pixels('--cw-line-1')).toBeGreaterThan(50);
  await indicators.leaveChart();
  fixture.tick();
  await expect(page.locator('[data-provisional]')).toBeVisible();
  await desk.chart.focus();
  await page.keyboard.press('ArrowLeft');
  await expect(page.locator('[data-provisional]')).toHaveCount(0);
});

test('the editor completes, shows the parameters, and gives Escape back', async ({ indicators, page }) => {
  await indicators.write('');
  await page.keyboard.type('ta.em');
  const list = indicators.dialog.locator('.cm-tooltip-autocomplete');
  await expect(list).toContainText('Exponential moving average');
  await page.keyboard.press('Escape');
  await expect(list).toBeHidden();
  await expect(indicators.dialog).toBeVisible();
  await page.keyboard.press('Control+Space');
  await expect(list).toBeVisible();
  await indicators.takeSuggestion('ta.ema()');
  const help = indicators.dialog.locator('.cw-signature');
  await expect(help.locator('strong')).toHaveText('source = close');
  await page.keyboard.type('hl2, ');
  await expect(help.locator('strong')).toHaveText('length = 14');
  await page.keyboard.type('9');
  await expect(list).toBeHidden();
  await page.keyboard.press('Escape');
  await expect(help).toBeHidden();
  await expect(indicators.dialog).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(indicators.dialog).toBeHidden();
});

for (const colorScheme of ['dark', 'light'] as const) {
  for (const viewport of [
    { width: 1440, height: 900 },
    { width: 390, height: 844 },
  ]) {
    test.describe(`${colorScheme}, ${viewport.width} wide`, () => {
      test.use({ colorScheme, viewport, contextOptions: { reducedMotion: 'reduce' } });

      test('nothing is hard to read or too wide', async ({ indicators, page, desk }) => {
        const looksGood = async (what: string) => {
          expect(await accessibilityFaults(page), what).toEqual([]);
          expect(await desk.overflows(), `${what} is too wide`).toBe(false);
        };
        await indicators.addFromList('rsi');
        await indicators.addFromList('bollinger');
        await looksGood('the chart');
        await indicators.open();
        await looksGood('the list');
        await indicators.options.first().click();
        await expect(page.getByRole('button', { name: 'Add to chart' })).toBeVisible();
        await looksGood('a form');
        await page.keyboard.press('Escape');
        await indicators.write('ta.emaa(close, 20)');
        await expect(indicators.dialog.getByRole('alert')).toBeVisible();
        await looksGood('the editor');
        await page.keyboard.press('Escape');
        await indicators
          .row('ta.rsi')
          .getByRole('button', { name: 'ta.rsi(close, 14)', exact: true })
          .click();
        await looksGood('the settings');
        await page.keyboard.press('Escape');
        await indicators.layout.click();
        await looksGood('the layouts');
        await page.goto(SCREEN);
        await page.getByRole('button', { name: 'Run' }).click();
        await expect(page.getByRole('table')).toBeVisible();
        await looksGood('the screener');
      });
    });
  }
}
