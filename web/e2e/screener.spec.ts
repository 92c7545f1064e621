// The screener on the real server with a practice market of twelve instruments.
import { accessibilityFaults } from './support/accessibility.ts';
import { expect, test } from './support/signed-in.ts';

const screenOf = (...expressions: string[]) =>
  `/screener?${new URLSearchParams([...expressions.map((text) => ['e', text]), ['tf', '1h']])}`;

test('all symbols are screened, sorted, and each leads to its chart', async ({ page, desk, request }) => {
  await page.goto('/chart/BTCUSDT?tf=1h');
  await desk.hasBars();
  await page.getByRole('link', { name: 'Screener' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Screener' })).toBeVisible();
  await page.goto(screenOf('close > 0', 'ta.rsi(close, 14)'));
  const rows = page.getByRole('table').getByRole('rowheader');
  await expect(rows).toHaveCount(12);
  await expect(page.getByRole('columnheader')).toHaveCount(3);

  const cells = page.getByRole('row').locator('td:last-child');
  const values = async () => (await cells.allTextContents()).map(Number).filter(Number.isFinite);
  await page.getByRole('button', { name: 'ta.rsi(close, 14)' }).click();
  await expect(page).toHaveURL(/sort=1\+desc/);
  await expect
    .poll(async () => (await values()).join())
    .toBe([...(await values())].sort((a, b) => b - a).join());

  const [first] = /^[A-Z0-9]+USDT/.exec((await rows.first().textContent()) ?? '') ?? [''];
  const answer = await request.get(`/api/market/eval/${first}?timeframe=1h&expr=ta.rsi(close,14)&limit=1`);
  expect(answer.ok()).toBe(true);
  await rows.first().getByRole('link').click();
  await expect(page).toHaveURL(/\/chart\/[A-Z0-9]+\?tf=1h$/);
  await desk.hasBars();
  await page.goBack();
  await expect(rows).toHaveCount(12);
});

test('an expression with an error says where, and is mended', async ({ page }) => {
  await page.goto('/screener');
  const editor = page.getByRole('textbox', { name: 'Expression 1' });
  await editor.click();
  await page.keyboard.press('Control+a');
  // Typed over nothing: what replaces coloured text gets a style of the browser's own, which the policy refuses.
  await page.keyboard.press('Delete');
  await page.keyboard.insertText('close > ta.smaa(close, 20)');
  const fault = page.getByRole('alert');
  await expect(fault).toContainText('Line 1, column 9');
  await fault.getByRole('button', { name: 'ta.sma', exact: true }).click();
  await expect(fault).toBeHidden();
  await page.getByRole('button', { name: 'Run' }).click();
  await expect(page.getByText(/\d+ found/)).toBeVisible();
});

test('a pasted script keeps its lines, and Enter runs it', async ({ page }) => {
  await page.goto('/screener');
  const editor = page.getByRole('textbox', { name: 'Expression 1' });
  await editor.click();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Delete');
  await page.keyboard.insertText('mean = ta.sma(close, 20) // why\nclose > mean or close <= mean');
  await expect(editor.locator('.cm-line')).toHaveCount(2);
  await page.keyboard.press('Enter');
  await expect(page.getByText(/\d+ found/)).toBeVisible();
  expect(new URL(page.url()).searchParams.get('e')).toContain('\n');
});

test('everything that is ready-made runs', async ({ page, request }) => {
  await page.goto('/screener');
  await page.getByRole('button', { name: 'Ready-made' }).click();
  const names = await page.getByRole('menuitem').allTextContents();
  await page.keyboard.press('Escape');
  for (const name of names) {
    await page.getByRole('button', { name: 'Ready-made' }).click();
    await page.getByRole('menuitem', { name, exact: true }).click();
    await expect(page.getByText(/\d+ found/), name).toBeVisible();
    await expect(page.getByRole('alert'), name).toHaveCount(0);
    for (const text of new URL(page.url()).searchParams.getAll('e')) {
      const answer = await request.post('/api/language/check', { data: { text, timeframe: '1h' } });
      expect(await answer.json(), text).toMatchObject({ ok: true });
    }
  }
});

test('looks again by itself when a bar has closed', async ({ page }) => {
  test.setTimeout(120_000);
  await page.goto(screenOf('close').replace('tf=1h', 'tf=1m'));
  const state = page.getByRole('status').filter({ hasText: /bars of/ });
  await expect(state).toBeVisible();
  const before = await state.textContent();
  await expect(state).not.toHaveText(before ?? '', { timeout: 80_000 });
});

for (const colorScheme of ['dark', 'light'] as const) {
  for (const viewport of [
    { width: 1440, height: 900 },
    { width: 390, height: 844 },
  ]) {
    test.describe(`${colorScheme}, ${viewport.width} wide`, () => {
      test.use({ colorScheme, viewport, contextOptions: { reducedMotion: 'reduce' } });

      test('nothing is hard to read or too wide', async ({ page, desk }) => {
        await page.goto(screenOf('close > 0', 'ta.rsi(close, 14)', 'volume / ta.sma(volume, 20)'));
        await expect(page.getByRole('table')).toBeVisible();
        expect(await accessibilityFaults(page)).toEqual([]);
        expect(await desk.overflows()).toBe(false);
      });
    });
  }
}
