// What a real server cannot be brought to do on demand. The fixture server speaks the contract and misbehaves.
import { test as base, expect } from '@playwright/test';
import { FIXTURE_PASSWORD } from './fixture-accounts.ts';
import { FixtureServer } from './fixture-server.ts';
import { accessibilityFaults } from './support/accessibility.ts';
import { DeskPage } from './support/desk-page.ts';
import { PageWatch } from './support/page-watch.ts';

const QUARTER_MS = 900_000;
/** The fixture's clock starts seven and a half minutes into a quarter of an hour, so that no bar closes during a test. */
const quarter = Math.floor(Date.now() / QUARTER_MS) * QUARTER_MS;
const now = quarter + QUARTER_MS / 2;
/** Five hours of BTCUSDT that do not exist, ten hours ago. */
const HOLE = [quarter - 60 * QUARTER_MS, quarter - 40 * QUARTER_MS] as const;

const test = base.extend<{ fixture: FixtureServer; desk: DeskPage; watch: PageWatch }>({
  // biome-ignore lint/correctness/noEmptyPattern: the runner reads the wanted fixtures from the pattern
  fixture: async ({}, use) => {
    const started = Date.now();
    const fixture = new FixtureServer({ hole: HOLE, now: () => now + (Date.now() - started) });
    await use(fixture);
    await fixture.stop();
  },
  baseURL: async ({ fixture }, use) => use(await fixture.start()),
  watch: async ({ page }, use) => use(new PageWatch(page)),
  desk: async ({ page }, use) => use(new DeskPage(page)),
});

test('a cut socket is opened again and the bars closed meanwhile are fetched', async ({
  fixture,
  desk,
  page,
}) => {
  await page.goto('/chart/ETHUSDT?tf=15m');
  await desk.hasBars();
  const candleRequests = () =>
    fixture.requests.filter((one) => one.includes('candles') && one.includes('from='));
  expect(candleRequests()).toHaveLength(0);
  const cut = async () => {
    fixture.acceptSockets = false;
    fixture.cutSockets();
    await expect(page.getByRole('alert')).toContainText('No connection');
    fixture.acceptSockets = true;
  };
  await cut();
  // Nothing was published meanwhile: the offset is the same, so nothing needs to be asked again.
  await expect(desk.connection).toHaveText('Connected', { timeout: 30_000 });
  expect(candleRequests()).toHaveLength(0);
  fixture.loseMessages(3);
  await cut();
  await expect(desk.connection).toHaveText('Connected', { timeout: 30_000 });
  await expect.poll(() => candleRequests().length).toBe(1);
});

test('while the server is away nothing looks live', async ({ fixture, desk, page }) => {
  fixture.run(200);
  await page.goto('/chart/ETHUSDT?tf=15m');
  await desk.hasBars();
  await expect(page.getByText('15m bar closes in')).toBeVisible();
  fixture.acceptSockets = false;
  fixture.cutSockets();
  await expect(page.getByTestId('feed')).toHaveText('Feed unknown');
  await expect(page.getByRole('navigation')).toHaveAttribute('data-stale', 'true');
  await expect(page).toHaveTitle(/not live/);
  await expect(page.getByText('15m bar closes in')).toBeHidden();
  // Until the waits have grown to seconds, or it is back before the button is pressed.
  await expect(page.getByRole('alert')).toContainText(/Trying again in ([5-9]|\d\d) s/, { timeout: 60_000 });
  fixture.acceptSockets = true;
  await page.getByRole('button', { name: 'Try now' }).click();
  await expect(page.getByTestId('feed')).toHaveText('Feed live');
  await expect(page).not.toHaveTitle(/not live/);
});

test('a page that is looked at again connects at once', async ({ fixture, desk, page }) => {
  await page.goto('/chart/ETHUSDT?tf=15m');
  await desk.hasBars();
  fixture.acceptSockets = false;
  fixture.cutSockets();
  // Long enough for the waits to have grown to many seconds.
  await expect(page.getByRole('alert')).toContainText(/Trying again in ([5-9]|\d\d) s/, { timeout: 60_000 });
  fixture.acceptSockets = true;
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await expect(desk.connection).toHaveText('Connected', { timeout: 2000 });
});

test('many quick switches end with the bars of the last instrument', async ({ fixture, desk, page }) => {
  fixture.run(100);
  await page.goto('/chart/BTCUSDT?tf=15m');
  await desk.hasBars();
  for (let i = 0; i < 40; i++) await page.keyboard.press(i % 4 === 3 ? 'k' : 'j');
  const name = (await page.getByRole('heading', { level: 1 }).textContent())?.split('/')[0];
  await desk.hasBars();
  const price = async () => Number((await desk.price.textContent())?.replaceAll(',', ''));
  const close = async () =>
    Number(/C([\d.,]+)V/.exec((await desk.legend.textContent()) ?? '')?.[1]?.replaceAll(',', ''));
  await expect.poll(async () => Math.abs((await close()) / (await price()) - 1)).toBeLessThan(0.01);
  await expect(page).toHaveTitle(new RegExp(`${name}USDT`));
});

test('messages that were lost are noticed by their offsets and the candles fetched again', async ({
  fixture,
  desk,
  page,
}) => {
  fixture.run(200);
  await page.goto('/chart/ETHUSDT?tf=15m');
  await desk.hasBars();
  await expect(desk.legend).toContainText('forming');
  fixture.loseMessages(3);
  await expect
    .poll(() => fixture.requests.some((one) => one.includes('from=') && one.includes('15m')))
    .toBe(true);
});

test('a server that refuses sockets still shows its candles, and says that they are not live', async ({
  fixture,
  desk,
  page,
}) => {
  fixture.acceptSockets = false;
  await page.goto('/chart/ETHUSDT?tf=1h');
  await desk.hasBars();
  await expect(page.getByRole('main')).toContainText('not live');
  fixture.acceptSockets = true;
  await expect(desk.connection).toHaveText('Connected', { timeout: 40_000 });
  await expect(page.getByRole('main')).not.toContainText('not live');
});

test('candles that cannot be loaded say why, and come when one tries again', async ({
  fixture,
  desk,
  page,
}) => {
  // A refusal that the page does not ask again by itself.
  fixture.failures.set('/api/market/candles', 400);
  await page.goto('/chart/ETHUSDT?tf=1h');
  const alert = page.getByRole('main').getByRole('alert');
  await expect(alert).toContainText('The candles could not be loaded');
  await expect(alert).toContainText('The fixture was told to fail here.');
  expect(await accessibilityFaults(page)).toEqual([]);
  fixture.failures.clear();
  await alert.getByRole('button', { name: 'Try again' }).click();
  await desk.hasBars();
  await expect(alert).toBeHidden();
});

test('older candles that cannot be loaded say why, and come when one tries again', async ({
  fixture,
  desk,
  page,
}) => {
  await page.goto('/chart/ETHUSDT?tf=1h');
  await desk.hasBars();
  const before = await desk.bars();
  // A refusal that the page does not ask again by itself.
  fixture.failures.set('/api/market/candles', 400);
  await desk.chart.focus();
  await page.keyboard.press('Home');
  const alert = page.getByRole('main').getByRole('alert').filter({ hasText: 'Older bars' });
  await expect(alert).toBeVisible();
  fixture.failures.clear();
  await alert.getByRole('button', { name: 'Try again' }).click();
  await expect.poll(() => desk.bars()).toBeGreaterThan(before);
});

test('the start of history is said', async ({ fixture, desk, page }) => {
  await page.goto('/chart/ETHUSDT?tf=1w');
  await desk.hasBars();
  await desk.chart.focus();
  await page.keyboard.press('Home');
  await expect(page.getByText(/Start of history: 2024-01-/)).toBeVisible();
  expect(fixture.requests.filter((one) => one.includes('1w')).length).toBeLessThan(5);
});

test('bars that the server is still fetching are waited for', async ({ fixture, desk, page }) => {
  fixture.backfill = 'running';
  await page.goto('/chart/ETHUSDT?tf=1w');
  await desk.hasBars();
  await desk.chart.focus();
  await page.keyboard.press('Home');
  await expect(page.getByText('The server is fetching older bars from practice…')).toBeVisible();
  fixture.backfill = 'done';
  await expect(page.getByText(/Start of history/)).toBeVisible();
});

test('a hole is shown as a hole', async ({ desk, page }) => {
  await page.goto('/chart/BTCUSDT?tf=15m');
  await desk.hasBars();
  await expect(page.getByText('1 gap, hatched')).toBeVisible();
  // Wide enough a window shows the hole's right half at once; the pointer reads it.
  const box = await desk.chart.boundingBox();
  if (!box) throw new Error('the chart has no box');
  await expect(async () => {
    for (let x = box.x + box.width - 120; x > box.x + 40; x -= 40) {
      await page.mouse.move(x, box.y + box.height / 2);
      const legend = (await desk.legend.textContent()) ?? '';
      if (legend.includes('No data from')) return;
    }
    throw new Error('no place of the chart says that there is no data');
  }).toPass();
  await expect(desk.legend).toContainText('(5 h)');
});

test('a feed that is down is said across the top, with the reason', async ({ fixture, desk, page }) => {
  await page.goto('/chart/ETHUSDT?tf=1h');
  await desk.hasBars();
  fixture.feed = {
    state: 'down',
    since: now,
    detail: 'The exchange refuses this address.',
    last_message: null,
  };
  fixture.sendStatus();
  await expect(page.getByTestId('feed')).toContainText('Feed down');
  await expect(page.getByText('The exchange refuses this address.')).toBeVisible();
  await expect(page.getByRole('main')).toContainText('feed is silent');
});

test('the history being fetched is shown as it is', async ({ fixture, desk, page }) => {
  const series = (timeframe: string, state: string, progress: number) => ({
    symbol: 'ETHUSDT',
    venue: 'practice',
    timeframe,
    state,
    progress,
    oldest: null,
    detail: state === 'failed' ? 'Too many requests.' : null,
  });
  fixture.history = [series('1h', 'running', 0.42), series('1d', 'done', 1)];
  await page.goto('/chart/ETHUSDT?tf=1h');
  await desk.hasBars();
  await expect(page.getByTestId('feed')).toContainText('history 71%');
  await expect(page.getByText('Fetching history, 42%')).toBeVisible();
  await page.setViewportSize({ width: 360, height: 780 });
  await expect(page.getByTestId('feed')).toContainText('71%');
  expect(await desk.overflows(), 'the share has no room on a phone').toBe(false);
  fixture.history = [series('1h', 'failed', 0.5), series('1d', 'done', 1)];
  fixture.sendStatus();
  await expect(page.getByText('History stopped at 50%: Too many requests.')).toBeVisible();
});

test('a server that was updated offers its new dashboard', async ({ fixture, desk, page }) => {
  await page.goto('/chart/ETHUSDT?tf=1h');
  await expect(desk.connection).toHaveText('Connected');
  fixture.version = '0.2.0';
  fixture.cutSockets();
  await expect(page.getByRole('button', { name: 'Load the new dashboard' })).toBeVisible();
});

test('an old access token is renewed once for all who ask, and nobody notices', async ({
  fixture,
  desk,
  page,
}) => {
  await page.goto('/chart/ETHUSDT?tf=15m');
  await desk.hasBars();
  const refreshes = () => fixture.requests.filter((one) => one === 'POST /api/auth/refresh').length;
  const before = refreshes();
  fixture.accounts.expireTokens();
  await desk.timeframe('4 hours').click();
  await expect(desk.chart).toHaveAccessibleName(/4 hours candles/);
  await desk.hasBars();
  await page.keyboard.press('j');
  await desk.hasBars();
  expect(refreshes()).toBe(before + 1);
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('a session that ends is said over the page, which goes on where it was after signing in', async ({
  fixture,
  desk,
  page,
}) => {
  await page.goto('/chart/ETHUSDT?tf=15m');
  await desk.hasBars();
  await page.getByRole('textbox', { name: 'Search the watch list' }).fill('so');
  fixture.endSession();
  const over = page.getByRole('dialog', { name: 'Your session has ended: sign in to go on' });
  await expect(over).toBeVisible();
  const sockets = fixture.tickets;
  // Nobody connects meanwhile, and keys do not reach the desk.
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('j');
  await expect(page).toHaveURL(/ETHUSDT/);
  expect(fixture.tickets).toBe(sockets);
  await over.getByLabel('E-mail address').fill('ada@example.org');
  await over.getByLabel('Password', { exact: true }).fill(FIXTURE_PASSWORD);
  await page.keyboard.press('Enter');
  await expect(over).toBeHidden();
  await expect(desk.connection).toHaveText('Connected');
  await expect(page.getByRole('textbox', { name: 'Search the watch list' })).toHaveValue('so');
});

test('a server that cannot say who is signed in is waited for: that is no sign-out', async ({
  fixture,
  desk,
  page,
}) => {
  fixture.failures.set('/api/auth/refresh', 503);
  await page.goto('/chart/ETHUSDT?tf=15m');
  await expect(page.getByRole('alert')).toContainText('The server lets nobody in now');
  expect(await accessibilityFaults(page)).toEqual([]);
  await expect(page).toHaveURL(/\/chart\/ETHUSDT/);
  fixture.failures.clear();
  await desk.hasBars();
});

test('the strict content security policy of the contract holds', async ({ desk, page, watch }) => {
  await page.goto('/chart/ETHUSDT?tf=1h');
  await desk.hasBars();
  await page.getByTestId('feed').click();
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keys and signs' })).toBeVisible();
  await page.keyboard.press('Escape');
  await desk.chart.hover();
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole('button', { name: /^Watch list/ }).click();
  await expect(desk.instruments).toHaveCount(12);
  expect(watch.faults).toEqual([]);
});
