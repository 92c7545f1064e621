// The lab on the real server with a practice market: run, read, sweep, compare, write a strategy, use it live.
import type { Page } from '@playwright/test';
import { accessibilityFaults } from './support/accessibility.ts';
import { expect, test } from './support/signed-in.ts';

/** A fresh server fetches its history first; a small period is there soon. */
const HISTORY_WITHIN_MS = 90_000;

/** Opens the form of a small test: a month of hours. */
async function openTest(page: Page): Promise<void> {
  await page.goto('/lab?strategy=ema-cross&symbol=BTCUSDT&tf=1h');
  await expect(page.getByRole('textbox', { name: 'Fast length' })).toBeVisible();
  await page.getByLabel('Period').selectOption('90d');
}

/** Runs what the form says, and waits for the result. */
async function run(page: Page): Promise<string> {
  const before = page.url();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page).not.toHaveURL(before);
  await expect(page).toHaveURL(/\/lab\/runs\/[^/]+$/);
  await expect(page.getByRole('region', { name: 'Key figures' })).toBeVisible({ timeout: 60_000 });
  return page.url().split('/').at(-1) ?? '';
}

test.beforeEach(async ({ page, desk }) => {
  test.setTimeout(240_000);
  await page.goto('/chart/BTCUSDT?tf=1h');
  await desk.hasBars();
  await expect.poll(() => desk.bars(), { timeout: HISTORY_WITHIN_MS }).toBeGreaterThan(300);
});

test('several symbols share one account', async ({ page, request }) => {
  await page.goto('/lab?strategy=ema-cross&symbol=BTCUSDT,ETHUSDT&tf=1h');
  await expect(page.getByRole('textbox', { name: 'Fast length' })).toBeVisible();
  await page.getByLabel('Period').selectOption('90d');
  await page.getByLabel('Open at once').fill('1');
  const id = await run(page);
  const answer = await (await request.get(`/api/backtests/${id}`)).json();
  expect(answer.symbols.map((one: { symbol: string }) => one.symbol)).toEqual(['BTCUSDT', 'ETHUSDT']);
  expect(answer.limits.max_positions).toBe(1);
  const parts = page.getByRole('region', { name: 'By symbol' });
  for (const one of answer.symbols) {
    const row = parts.getByRole('row').filter({ hasText: one.symbol });
    await expect(row).toContainText(`${one.trades}`);
  }
  expect(await accessibilityFaults(page)).toEqual([]);
});

test('a test is run and read, and another beside it', async ({ page, request }) => {
  await openTest(page);
  await page.getByRole('textbox', { name: 'Fast length' }).fill('8');
  const first = await run(page);
  const answer = await (await request.get(`/api/backtests/${first}`)).json();
  expect(answer.status).toBe('done');
  expect(answer.request.inputs.fast).toBe(8);

  // What the page says is what the server says.
  const verdict = page.getByRole('region', { name: 'Verdict' });
  await expect(verdict).toContainText('after costs');
  const count = answer.metrics.trades.value;
  await expect(page.getByRole('region', { name: 'Key figures' })).toContainText(`${count}`);
  expect(await page.getByRole('button', { name: /^Show trade/ }).count()).toBe(
    Math.min(25, answer.trades.length),
  );
  expect(await accessibilityFaults(page)).toEqual([]);

  await page.getByRole('button', { name: 'Name it' }).click();
  await page.getByLabel('Name of the run').fill('Quick cross');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Quick cross' })).toBeVisible();

  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download' }).click();
  await page.getByRole('menuitem', { name: 'Report (HTML)' }).click();
  expect((await saved).suggestedFilename()).toMatch(/\.html$/);

  await page.getByRole('textbox', { name: 'Fast length' }).fill('16');
  const second = await run(page);
  await page.goto(`/lab/compare?id=${first}&id=${second}`);
  await expect(page.getByRole('figure', { name: 'Growth of each run over time' })).toContainText(
    'Quick cross',
  );
  const differences = page.getByRole('region', { name: 'What was different' }).last();
  await expect(differences).toContainText('fast');
  await expect(differences).toContainText('16');

  await page.goto('/lab/runs');
  await page.getByLabel('Search the runs').fill('quick');
  await expect(page.getByRole('table').getByRole('rowheader')).toHaveCount(1);
});

test('a test that cannot be run says why, at its field', async ({ page }) => {
  await openTest(page);
  // In its range, and against the strategy's own condition, which only the server looks at.
  await page.getByRole('textbox', { name: 'Fast length' }).fill('100');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByRole('alert').first()).toBeVisible();
});

test('a sweep is run to its end, and a cell opens its run', async ({ page }) => {
  await page.goto('/lab/sweep?strategy=ema-cross&symbol=BTCUSDT&tf=1h');
  await page.getByLabel('Period').selectOption('90d');
  await page.getByRole('checkbox', { name: 'Fast length' }).check();
  await page.getByLabel('Values of Fast length').fill('5:20:5');
  await page.getByRole('checkbox', { name: 'Slow length' }).check();
  await page.getByLabel('Values of Slow length').fill('25:65:10');
  await page.getByRole('button', { name: 'Run the sweep' }).click();
  await expect(page).toHaveURL(/\/lab\/sweeps\/[^/]+$/);
  await expect(page.getByText('20 of 20 cells')).toBeVisible({ timeout: 60_000 });
  const verdict = page.getByRole('region', { name: 'Verdict' });
  await expect(verdict).toContainText(/Highest of 20 cells.* after \d+ trials/);
  await expect(verdict).toContainText('deflated Sharpe');
  expect(await accessibilityFaults(page)).toEqual([]);
  // A new one begins as it was.
  await page.getByRole('link', { name: 'New sweep like this' }).click();
  await expect(page.getByText('20 cells in all.')).toBeVisible();
  await page.goBack();
  await page.getByRole('button', { name: /^The highest: / }).click();
  await expect(page.getByRole('region', { name: 'Key figures' })).toBeVisible({ timeout: 60_000 });
});

test('a strategy is written, mended, saved and tested', async ({ page, request }) => {
  await request.delete('/api/strategies/ema-cross-copy');
  await page.goto('/lab/new-strategy?copy=ema-cross');
  const editor = page.getByRole('textbox', { name: /The document/ });
  await expect(page.getByText('Nothing is wrong with it.')).toBeVisible();
  await expect(page.getByText(/in the newest/)).toBeVisible();
  await editor.click();
  await page.keyboard.press('Control+End');
  await page.keyboard.insertText('sizings: {percent_of_equity: 50}\n');
  await expect(page.getByRole('list', { name: 'What is wrong' }).or(page.getByRole('alert'))).toContainText(
    'sizings',
  );
  await page.keyboard.press('Control+z');
  await expect(page.getByText('Nothing is wrong with it.')).toBeVisible();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page).toHaveURL(/\/lab\/strategies\/ema-cross-copy$/);
  await page.getByRole('link', { name: 'Test it' }).click();
  await expect(page.getByLabel('Strategy')).toHaveValue('ema-cross-copy');
  await page.getByLabel('Period').selectOption('90d');
  const id = await run(page);
  const answer = await (await request.get(`/api/backtests/${id}`)).json();
  expect(answer).toMatchObject({ strategy: 'ema-cross-copy', version: 1 });
});

test('a strategy is used live, shown on the desk, and stopped', async ({ page, desk }) => {
  await openTest(page);
  await run(page);
  await page.getByRole('button', { name: 'Use this strategy live' }).click();
  await page.getByRole('button', { name: 'Use it live', exact: true }).click();
  await expect(page.getByText(/runs on the desk from the next closed bar/)).toBeVisible();
  const address = page.url();
  await page.goto('/chart/BTCUSDT?tf=1h');
  await desk.hasBars();
  await expect(page.getByTestId('live-strategy').first()).toContainText('ema-cross');
  await page.goto(address);
  await page.getByRole('button', { name: 'Stop it on the desk' }).click();
  await expect(page.getByText('no longer runs on the desk')).toBeVisible();
});
