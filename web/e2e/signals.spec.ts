// The board of signals and the page of a symbol at the fixture server, whose moods a test can change.
import { test as base, expect, type Page } from '@playwright/test';
import { FixtureServer } from './fixture-server.ts';
import { accessibilityFaults } from './support/accessibility.ts';
import { DeskPage } from './support/desk-page.ts';
import { PageWatch } from './support/page-watch.ts';

const HOUR_MS = 3_600_000;
const hour = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
/** The fixture's clock starts in the middle of an hour: only minutes close by themselves, and nobody tells of them. */
const now = hour + HOUR_MS / 2;

const test = base.extend<{ fixture: FixtureServer; desk: DeskPage; watch: PageWatch }>({
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
});

const rows = (page: Page) => page.getByRole('grid').getByRole('rowheader');
/** The row of the signals over the chart. */
const layer = (page: Page) => page.getByTestId('signals-layer');
const card = (page: Page) => page.getByTestId('signal-card');
const marks = async (page: Page) => Number(await layer(page).getAttribute('data-marks'));

/** Goes over the chart from its newest bar until a mark says what it means. */
async function findMark(page: Page, point: (x: number, y: number) => Promise<void>): Promise<void> {
  const chart = await page.locator('#chart').boundingBox();
  if (!chart) throw new Error('no chart');
  for (let x = chart.x + chart.width - 90; x > chart.x + 10; x -= 6) {
    await point(x, chart.y + chart.height / 2);
    if (await card(page).isVisible()) return;
  }
  throw new Error('no mark says anything');
}

const scores = async (page: Page) =>
  (await page.locator('td[data-column="score"] b').allTextContents()).map(Number);

test('from the chart to the board, a symbol, its components and its record', async ({
  page,
  desk,
  watch,
}) => {
  await page.goto('/chart/BTCUSDT?tf=1h');
  await desk.hasBars();
  await page.getByRole('link', { name: 'Signals', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Signals' })).toBeVisible();
  await expect(rows(page)).toHaveCount(11);
  await expect(page.getByText('practice:SHIBUSDT')).toBeVisible();

  await page.getByRole('button', { name: 'Score', exact: true }).click();
  await expect(page).toHaveURL(/sort=score\+desc/);
  expect(await scores(page)).toEqual([...(await scores(page))].sort((a, b) => b - a));

  await page.getByRole('link', { name: 'BTCUSDT', exact: true }).click();
  await expect(page).toHaveURL(/\/signals\/BTCUSDT$/);
  await expect(page.getByRole('img', { name: /^Score \d+ of 100: / })).toBeVisible();
  await desk.hasBars();
  await expect(page.getByTestId('indicator')).toHaveCount(3);
  await expect(page.getByTestId('indicator').first()).toContainText('Bullish patterns');

  await page.getByRole('button', { name: '4h components' }).click();
  await expect(page.getByRole('table', { name: /^Components of 4 hours/ }).getByRole('row')).toHaveCount(13);

  const record = page.getByRole('region', { name: 'Track record', exact: true });
  await expect(
    record.getByText(/^Signals above 80: 61 of 112 paid \(54%\), no better than always-long/),
  ).toBeVisible();
  await expect(record.getByRole('img', { name: /^Probabilities told/ })).toBeVisible();
  await record.getByLabel('Timeframe of the track record').selectOption('1d');
  await expect(record.getByText('Probabilities: not enough history.')).toBeVisible();

  await page.getByRole('link', { name: 'All symbols' }).click();
  await expect(rows(page)).toHaveCount(11);
  // Nothing that the page's policy refuses, no foreign host, no complaint in the console.
  expect(await page.locator('style').count()).toBe(0);
  expect(watch.faults).toEqual([]);
});

test('a cell changes as its bar closes, and the symbol’s page with it', async ({ page, fixture }) => {
  await page.goto('/signals');
  const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: /^BTCUSDT/ }) });
  await expect(row).toContainText('buy');
  fixture.changeMood('BTCUSDT', -1, '1h', hour);
  await expect(row.getByRole('link', { name: /^1 hour: (strong )?sell/ })).toBeVisible();
  // The score as a whole is told by the server, a moment later.
  await expect(row.locator('td[data-column="score"]')).toContainText('sell');

  await row.getByRole('link', { name: 'BTCUSDT', exact: true }).click();
  await expect(page.getByRole('img', { name: /^Score \d+ of 100: (strong )?sell/ })).toBeVisible();
  fixture.changeMood('BTCUSDT', 1, '1h', hour);
  await expect(page.getByRole('img', { name: /^Score \d+ of 100: (strong )?buy/ })).toBeVisible();
});

test('the chart marks where the signals changed direction, and a mark tells what it means', async ({
  page,
  desk,
  fixture,
  watch,
}) => {
  await page.goto('/chart/BTCUSDT?tf=1h');
  await desk.hasBars();
  await expect.poll(() => marks(page)).toBeGreaterThan(5);
  await expect(layer(page)).toContainText('strong buy');
  const drawn = (await desk.pixels('--cw-up')) + (await desk.pixels('--cw-down'));
  await layer(page).getByRole('button', { name: 'Signals on the chart' }).click();
  await expect.poll(() => marks(page)).toBe(0);
  const hidden = (await desk.pixels('--cw-up')) + (await desk.pixels('--cw-down'));
  expect(drawn).toBeGreaterThan(hidden + 300);
  // The choice is remembered.
  await page.reload();
  await desk.hasBars();
  expect(await marks(page)).toBe(0);
  await layer(page).getByRole('button', { name: 'Signals on the chart' }).click();
  await expect.poll(() => marks(page)).toBeGreaterThan(5);

  await findMark(page, (x, y) => page.mouse.move(x, y));
  await expect(card(page)).toContainText(/(buy|sell|neutral) \d+ ?was (strong )?(buy|sell|neutral)/);
  await expect(card(page)).toContainText('trending');
  await expect(card(page)).toContainText('after 4 hours');
  await page.mouse.move(2, 2);
  await expect(card(page)).toHaveCount(0);

  await desk.chart.focus();
  for (let bar = 0; bar < 40 && !(await card(page).isVisible()); bar++)
    await page.keyboard.press('ArrowLeft');
  await expect(card(page)).toBeVisible();
  await expect(page.locator('#chart ~ p[aria-live]')).toContainText(/Signal: .* before /);
  await page.keyboard.press('Escape');

  // A bar closes, and says something else.
  const before = await marks(page);
  fixture.closeBar('1h', hour);
  fixture.changeMood('BTCUSDT', -1, '1h', hour);
  await expect.poll(() => marks(page)).toBe(before + 1);
  await expect(layer(page)).toContainText('sell');

  await desk.timeframe('30 minutes').click();
  await expect(layer(page)).toContainText('30 minutes is not scored');
  expect(await marks(page)).toBe(0);
  expect(watch.faults).toEqual([]);
});

test('from the watch list to the signals of a symbol, and back', async ({ page, desk, fixture }) => {
  fixture.signals.stale.set('LTCUSDT', hour - HOUR_MS);
  await page.goto('/chart/BTCUSDT?tf=1h');
  await expect(desk.instruments).toHaveCount(12);
  await expect(page.getByRole('link', { name: /^Signals of LTCUSDT: \d+ .* stale since/ })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Signals of SHIBUSDT: no signal' })).toBeVisible();
  await page.getByRole('link', { name: /^Signals of ETHUSDT: \d+ (strong )?buy$/ }).click();
  await expect(page).toHaveURL(/\/signals\/ETHUSDT$/);
  await expect(page.getByRole('img', { name: /^Score/ })).toBeVisible();
  await page.goBack();
  await expect(page).toHaveURL(/\/chart\/BTCUSDT\?tf=1h$/);
  // By the keyboard, and by the link to the symbol's own chart.
  await desk.instruments.nth(2).focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/signals\/SOLUSDT$/);
  await page.getByRole('navigation', { name: 'Signals' }).getByRole('link', { name: 'Chart' }).click();
  await expect(page).toHaveURL(/\/chart\/SOLUSDT\?tf=1h$/);
});

test('the board is walked with the arrows, and Enter opens what has the focus', async ({ page }) => {
  await page.goto('/signals');
  await page.getByRole('link', { name: 'BTCUSDT', exact: true }).focus();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('link', { name: 'ETHUSDT', exact: true })).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/signals\/ETHUSDT\?tf=5m$/);
  await page.goBack();
  await page
    .getByRole('row', { name: /^SOLUSDT/ })
    .locator('td[data-column="price"]')
    .click();
  await expect(page).toHaveURL(/\/signals\/SOLUSDT$/);
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('a tapped mark tells what it means, on the desk and on the page of a symbol', async ({
    page,
    desk,
  }) => {
    const tap = (x: number, y: number) => page.touchscreen.tap(x, y);
    await page.goto('/chart/BTCUSDT?tf=1h');
    await desk.hasBars();
    await expect.poll(() => marks(page)).toBeGreaterThan(5);
    await findMark(page, tap);
    await expect(card(page)).toContainText('after 1 day');
    expect(await desk.overflows()).toBe(false);
    await page.getByRole('link', { name: /^Signals of BTCUSDT/ }).tap();
    await desk.hasBars();
    await expect.poll(() => marks(page)).toBeGreaterThan(5);
    await desk.chart.scrollIntoViewIfNeeded();
    await findMark(page, tap);
    expect(await desk.overflows()).toBe(false);
  });

  test('the watch list leads to the signals of a symbol, and back', async ({ page, desk }) => {
    await page.goto('/chart/BTCUSDT?tf=1h');
    await desk.hasBars();
    await page.getByRole('button', { name: /^Watch list,/ }).click();
    await page.getByRole('link', { name: /^Signals of ADAUSDT/ }).tap();
    await expect(page).toHaveURL(/\/signals\/ADAUSDT$/);
    await expect(page.getByRole('img', { name: /^Score/ })).toBeVisible();
    await page.goBack();
    await desk.hasBars();
    await expect(page).toHaveURL(/\/chart\/BTCUSDT/);
  });
});

test('the wheel over the chart scrolls the page', async ({ page, desk }) => {
  await page.goto('/signals/BTCUSDT');
  await desk.hasBars();
  await page.locator('#chart').hover();
  const top = () => page.evaluate(() => document.querySelector('main')?.scrollTop ?? 0);
  const before = await top();
  await page.mouse.wheel(0, 200);
  await expect.poll(top).toBeGreaterThan(before + 100);
});

test('only the symbols that meet a condition are shown; a fault in it says where', async ({ page }) => {
  await page.goto('/signals');
  await page.getByRole('button', { name: 'Filter by expression…' }).click();
  const editor = page.getByRole('textbox', { name: 'Condition' });
  await editor.click();
  await page.keyboard.insertText('close > ta.smaa(close, 20)');
  const fault = page.getByRole('alert');
  await expect(fault).toContainText('Line 1, column 9');
  await fault.getByRole('button', { name: 'ta.sma', exact: true }).click();
  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  await expect(page.getByText(/^\d+ of 11 symbols/)).toBeVisible();
  await expect(page).toHaveURL(/e=close/);
  await page.getByRole('button', { name: 'Remove the filter' }).click();
  await expect(rows(page)).toHaveCount(11);
});

test('while the server is away nothing looks live, and what is stale says since when', async ({
  page,
  fixture,
}) => {
  fixture.signals.stale.set('LTCUSDT', hour - HOUR_MS);
  await page.goto('/signals');
  await expect(page.getByRole('rowheader', { name: /^LTCUSDT/ })).toContainText('stale since');
  await expect(page.getByText('changes as bars close')).toBeVisible();
  fixture.acceptSockets = false;
  fixture.cutSockets();
  await expect(page.locator('p', { hasText: 'not live' })).toBeVisible();
  fixture.acceptSockets = true;
  await expect(page.getByText('changes as bars close')).toBeVisible();
});

test('a symbol without signals says why, an unknown one offers the nearest', async ({ page }) => {
  await page.goto('/signals/SHIBUSDT');
  await expect(page.getByText('No signals yet')).toBeVisible();
  await page.goto('/signals/BTCUSD');
  await page.getByRole('button', { name: 'BTCUSDT' }).click();
  await expect(page.getByRole('img', { name: /^Score/ })).toBeVisible();
});

for (const colorScheme of ['dark', 'light'] as const) {
  for (const viewport of [
    { width: 1440, height: 900 },
    { width: 390, height: 844 },
  ]) {
    test.describe(`${colorScheme}, ${viewport.width} wide`, () => {
      test.use({ colorScheme, viewport, contextOptions: { reducedMotion: 'reduce' } });

      test('nothing is hard to read or too wide', async ({ page, desk, fixture }) => {
        fixture.signals.stale.set('LTCUSDT', hour - HOUR_MS);
        await page.goto('/signals');
        await expect(rows(page)).toHaveCount(11);
        expect(await accessibilityFaults(page), 'the board').toEqual([]);
        expect(await desk.overflows(), 'the board is too wide').toBe(false);
        await page.goto('/chart/LTCUSDT?tf=1h');
        await desk.hasBars();
        await expect(layer(page)).toContainText('strong buy');
        expect(await accessibilityFaults(page), 'the desk').toEqual([]);
        if (viewport.width < 720) await page.getByRole('button', { name: /^Watch list,/ }).click();
        await expect(page.getByRole('link', { name: /^Signals of LTCUSDT/ }).first()).toBeVisible();
        expect(await accessibilityFaults(page), 'the watch list').toEqual([]);
        expect(await desk.overflows(), 'the desk is too wide').toBe(false);
        await page.goto('/signals/LTCUSDT');
        await expect(page.getByText(/^Stale since/)).toBeVisible();
        expect(await accessibilityFaults(page), 'what is stale').toEqual([]);
        await page.goto('/signals/BTCUSDT?tf=1h');
        await desk.hasBars();
        await expect(page.getByRole('img', { name: /^Probabilities told/ })).toBeVisible();
        expect(await accessibilityFaults(page), 'the page of a symbol').toEqual([]);
        expect(await desk.overflows(), 'the page of a symbol is too wide').toBe(false);
        expect(await page.evaluate(() => document.querySelector('main')?.scrollWidth)).toBeLessThanOrEqual(
          viewport.width,
        );
      });
    });
  }
}
