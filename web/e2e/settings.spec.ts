// A person's settings and watch list, on the real server.
import { expect, test } from './support/signed-in.ts';

test.describe('settings', () => {
  test('change times and numbers everywhere at once, and are kept', async ({ page, desk }) => {
    await page.goto('/chart/BTCUSDT?tf=1h');
    await desk.hasBars();
    await expect(page.getByText('Times in UTC')).toBeVisible();
    const [, utcHour = ''] = /(\d\d):\d\d/.exec((await desk.legend.textContent()) ?? '') ?? [];

    await page.goto('/account');
    const zone = page.getByRole('combobox', { name: 'Time zone' });
    await zone.click();
    await page.keyboard.type('kathmandu');
    await page.getByRole('option', { name: /Asia\/Kathmandu/ }).click();
    await expect(page.getByRole('region', { name: 'Settings' })).toContainText('UTC+5:45');
    await page.getByLabel('Numbers').selectOption('1.234,56');
    await expect(page.getByRole('region', { name: 'Settings' })).toContainText('87.610,05');

    await page.getByRole('link', { name: 'Chart' }).click();
    await page.goto('/chart/BTCUSDT?tf=1h');
    await desk.hasBars();
    await expect(page.getByText('Times in Asia/Kathmandu (UTC+5:45)')).toBeVisible();
    await expect(desk.price).toHaveText(/^\d{1,3}(\.\d{3})*,\d\d$/);
    await expect(desk.instruments.first()).toContainText(/\d,\d\d/);
    await desk.chart.focus();
    await page.keyboard.press('ArrowLeft');
    await expect(desk.legend).toContainText(/ \d\d:45/);
    const [, hour = ''] = /(\d\d):45/.exec((await desk.legend.textContent()) ?? '') ?? [];
    const ahead = (Number(hour) - Number(utcHour) + 24) % 24;
    // One bar back: four hours ahead, or five where a bar has begun meanwhile.
    expect([4, 5]).toContain(ahead);

    await page.reload();
    await desk.hasBars();
    await expect(page.getByText('Times in Asia/Kathmandu (UTC+5:45)')).toBeVisible();
  });

  test('name the instrument that the desk opens with', async ({ page }) => {
    await page.goto('/account');
    const saved = page.waitForResponse(
      (one) => one.url().endsWith('/settings') && one.request().method() === 'PUT',
    );
    await page.getByLabel('The desk opens with').selectOption({ label: 'SOLUSDT' });
    await saved;
    await page.goto('/chart/ETHUSDT?tf=1h');
    await expect(page).toHaveURL(/ETHUSDT/);
    await page.goto('/');
    await expect(page).toHaveURL(/\/chart\/SOLUSDT/);
  });

  test('and the button of the top bar mean one theme', async ({ page, browser, server }) => {
    const root = page.locator('html');
    await page.goto('/account');
    await page.getByLabel('Theme', { exact: true }).selectOption('Dark');
    await expect(root).toHaveAttribute('data-mantine-color-scheme', 'dark');
    await expect(page.getByRole('button', { name: 'Theme: dark. Change it.' })).toBeVisible();
    await page.getByRole('button', { name: 'Theme: dark. Change it.' }).click();
    await page.getByRole('button', { name: 'Theme: as the system. Change it.' }).click();
    await expect(page.getByLabel('Theme', { exact: true })).toHaveValue('light');
    await expect(root).toHaveAttribute('data-mantine-color-scheme', 'light');
    // On another device of a dark system too.
    await expect
      .poll(async () => {
        const other = await browser.newContext({ colorScheme: 'dark', baseURL: server.address });
        await server.signIn(other.request);
        const elsewhere = await other.newPage();
        await elsewhere.goto('/account');
        await elsewhere.getByText('Your account').waitFor();
        await elsewhere.waitForTimeout(300);
        const scheme = await elsewhere.locator('html').getAttribute('data-mantine-color-scheme');
        await other.close();
        return scheme;
      })
      .toBe('light');
  });
});

test('a watch list of one’s own is put together by keyboard, kept, and given up again', async ({
  page,
  desk,
}) => {
  await page.goto('/chart/BTCUSDT?tf=1h');
  await expect(desk.instruments).toHaveCount(12);
  await page.getByRole('button', { name: 'Edit the watch list' }).focus();
  await page.keyboard.press('Enter');
  const mine = page.getByRole('list', { name: 'In the watch list' }).getByRole('listitem');
  await expect(mine).toHaveCount(12);
  await page.getByRole('button', { name: 'Remove BTCUSDT' }).focus();
  for (let i = 0; i < 9; i++) await page.keyboard.press('Enter');
  await expect(mine).toHaveCount(3);
  const first = (await mine.first().textContent())?.split('/')[0] ?? '';
  const down = page.getByRole('button', { name: `Move ${first}USDT down` });
  await down.focus();
  await page.keyboard.press('Enter');
  await expect(down).toBeFocused();
  await expect(mine.nth(1)).toContainText(first);
  await page.getByRole('textbox', { name: 'Search the watch list' }).fill('btc');
  const saved = page.waitForResponse(
    (one) => one.url().endsWith('/watchlist') && (one.request().postData() ?? '').includes('BTCUSDT'),
  );
  await page.getByRole('button', { name: 'Add BTCUSDT' }).click();
  await saved;
  await page.getByRole('button', { name: 'Done with the watch list' }).click();
  await expect(desk.instruments).toHaveCount(4);
  await expect(desk.instruments.nth(3)).toContainText('BTC');
  await page.reload();
  await expect(desk.instruments).toHaveCount(4);
  await expect(desk.instruments.nth(1)).toContainText(first);
  // A search finds the others too.
  await page.getByRole('textbox', { name: 'Search the watch list' }).fill('eth');
  await expect(desk.instruments.first()).toContainText('ETH');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Edit the watch list' }).click();
  await page.getByRole('button', { name: 'Show all again' }).click();
  await page.getByRole('button', { name: 'Done with the watch list' }).click();
  await expect(desk.instruments).toHaveCount(12);
});
