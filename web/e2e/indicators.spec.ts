// Indicators, the expression editor and layouts on the real server with a practice market.
import { accessibilityFaults } from './support/accessibility.ts';
import { DeskPage } from './support/desk-page.ts';
import { IndicatorsPage } from './support/indicators-page.ts';
import { device, somebody } from './support/people.ts';
import { test as base, expect } from './support/signed-in.ts';

const test = base.extend<{ indicators: IndicatorsPage }>({
  indicators: async ({ page, request, desk }, use) => {
    const { layouts } = await (await request.get('/api/me/layouts')).json();
    for (const { name } of layouts as { name: string }[]) {
      await request.delete(`/api/me/layouts/${encodeURIComponent(name)}`);
    }
    await page.goto('/chart/BTCUSDT?tf=1m');
    await desk.hasBars();
    await use(new IndicatorsPage(page));
  },
});

test('one adds an indicator from the list, types an expression with an error, sees the place, mends it and saves the layout', async ({
  indicators,
  page,
  desk,
}) => {
  // From the list, with a setting of one's own.
  await indicators.open();
  await page.getByRole('combobox', { name: 'Search indicators' }).fill('relative strength');
  await page.keyboard.press('Enter');
  await page.getByLabel('Length').fill('9');
  await page.getByRole('button', { name: 'Add to chart' }).click();
  await expect(indicators.row('ta.rsi(close, 9)')).toContainText(/\d/);

  // An expression with an error: its place, in words and under the text.
  await indicators.write('ta.emaa(close, 20)');
  const fault = indicators.dialog.getByRole('alert');
  await expect(fault).toContainText('Line 1, column 1');
  await expect(indicators.dialog.locator('.cm-lintRange-error')).toHaveText('ta.emaa');
  await expect(page.getByRole('button', { name: 'Add to chart' })).toBeDisabled();

  // Mended by a press on the suggestion.
  await fault.getByRole('button', { name: 'ta.ema', exact: true }).click();
  await expect(indicators.dialog.getByRole('status')).toContainText('look-back 19 bars');
  await page.getByRole('button', { name: 'Add to chart' }).click();
  await expect(indicators.row('ta.ema(close, 20)')).toContainText(/\d/);

  // Saved; and there again after the page was opened anew.
  await expect(indicators.layout).toHaveAccessibleName(/not saved$/);
  await indicators.saveLayoutAs('Scalping');
  await indicators.chooseLayout('Open the chart with it');
  await page.evaluate(() => sessionStorage.clear());
  await page.goto('/chart/ETHUSDT?tf=15m');
  await desk.hasBars();
  await expect(indicators.layout).toHaveAccessibleName('Layout: Scalping, as saved');
  await expect(indicators.rows).toHaveCount(2);
  await expect(indicators.row('ta.rsi(close, 9)')).toContainText(/\d/);
});

test('the values are those of the API, and those of the forming bar move', async ({
  indicators,
  page,
  desk,
  request,
}) => {
  await indicators.addFromList('rsi');
  const row = indicators.row('ta.rsi(close, 14)');
  await expect(row).toContainText(/\d/);
  await desk.chart.focus();
  await page.keyboard.press('ArrowLeft');
  const answer = await request.get('/api/market/eval/BTCUSDT?timeframe=1m&expr=ta.rsi(close,14)&limit=1');
  const [plot] = (await answer.json()).plots;
  await expect(row).toContainText(Number(plot.values.at(-1)).toFixed(2));
  await page.keyboard.press('Escape');
  await indicators.leaveChart();
  const now = await row.textContent();
  await expect(row).not.toHaveText(now ?? '', { timeout: 30_000 });
});

test('several outputs, a condition and an event are drawn, and each can be hidden, changed and removed', async ({
  indicators,
  page,
  desk,
}) => {
  await indicators.addFromList('macd');
  await indicators.addFromList('bollinger');
  await indicators.addExpression('close > ta.sma(close, 20)');
  await expect(indicators.rows).toHaveCount(3);
  await expect.poll(() => desk.pixels('--cw-line-1')).toBeGreaterThan(50);
  await expect(indicators.row('close >')).toContainText(/yes|no/);

  const bands = indicators.row('ta.bb');
  await bands.hover();
  await bands.getByRole('button', { name: /^Hide/ }).click();
  await bands.hover();
  await bands.getByRole('button', { name: /^Show/ }).click();
  await bands.hover();
  await bands.getByRole('button', { name: /^Settings/ }).click();
  await page.getByLabel('Length').fill('50');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(indicators.row('ta.bb(close, 50')).toContainText(/\d/);
  await indicators.row('ta.macd').hover();
  await page.getByRole('button', { name: /^Remove ta.macd/ }).click();
  await expect(indicators.rows).toHaveCount(2);
});

test('the editor completes and shows the parameters', async ({ indicators, page }) => {
  await indicators.write('');
  await page.keyboard.type('ta.em');
  await expect(indicators.dialog.locator('.cm-tooltip-autocomplete')).toContainText('ta.ema');
  await indicators.takeSuggestion('ta.ema()');
  await expect(indicators.dialog.locator('.cw-signature')).toContainText('ta.ema(source, length');
  await page.keyboard.type('close, ');
  await expect(indicators.dialog.locator('.cw-signature strong')).toContainText('length');
  await page.keyboard.type('9');
  await expect(indicators.dialog.locator('.cm-tooltip-autocomplete')).toBeHidden();
  // Escape closes the parameters first, then the dialog.
  await page.keyboard.press('Escape');
  await expect(indicators.dialog.locator('.cw-signature')).toBeHidden();
  await expect(indicators.dialog).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(indicators.dialog).toBeHidden();
  // What was begun is there again.
  await indicators.open();
  await expect(indicators.editor).toHaveText('ta.ema(close, 9)');
});

test('a parenthesis that is typed by habit after a completion is not written twice', async ({
  indicators,
  page,
}) => {
  await indicators.write('');
  await page.keyboard.type('ta.em');
  await expect(indicators.dialog.locator('.cm-tooltip-autocomplete')).toContainText('ta.ema');
  await indicators.takeSuggestion('ta.ema()');
  await page.keyboard.type('(close, 9)');
  await expect(indicators.editor).toHaveText('ta.ema(close, 9)');
});

for (const width of [1440, 390]) {
  test(`what is said of a completion is inside the dialog and beside the list, ${width} wide`, async ({
    indicators,
    page,
  }) => {
    await page.setViewportSize({ width, height: 900 });
    await indicators.write('');
    await page.keyboard.type('ta.s');
    const list = indicators.dialog.locator('.cm-tooltip-autocomplete > ul');
    await expect(list).toBeVisible();
    const info = indicators.dialog.locator('.cm-completionInfo');
    await page.keyboard.press('ArrowDown');
    if (width === 390) {
      await expect(info).toBeHidden();
      return;
    }
    await expect(info).toBeVisible();
    const [box, around, options] = await Promise.all([
      info.boundingBox(),
      indicators.dialog.boundingBox(),
      list.boundingBox(),
    ]);
    if (!box || !around || !options) throw new Error('something is not shown');
    expect(box.x).toBeGreaterThanOrEqual(around.x);
    expect(box.x + box.width).toBeLessThanOrEqual(around.x + around.width);
    const beside = box.x >= options.x + options.width - 1 || box.x + box.width <= options.x + 1;
    const apart = box.y >= options.y + options.height - 1 || box.y + box.height <= options.y + 1;
    expect(beside || apart).toBe(true);
  });
}

test('a chart of many indicators changes its symbol without a refusal', async ({
  indicators,
  page,
  desk,
}) => {
  for (let length = 5; length < 14; length++) await indicators.addExpression(`ta.sma(close, ${length})`);
  await expect(indicators.rows).toHaveCount(9);
  const refused: string[] = [];
  page.on('response', (response) => {
    if (response.status() === 429) refused.push(response.url());
  });
  for (const symbol of ['ETHUSDT', 'SOLUSDT', 'BTCUSDT']) {
    await desk.instruments
      .filter({ hasText: symbol.slice(0, 3) })
      .first()
      .click();
    await expect(page).toHaveURL(new RegExp(symbol));
  }
  for (const row of await indicators.rows.all()) await expect(row).toContainText(/\)\s*[\d,]+\.\d/);
  expect(refused).toEqual([]);
  await expect(indicators.rows.getByRole('alert')).toHaveCount(0);
});

test('every function of the table can be put on the chart with its defaults', async ({ request }) => {
  test.setTimeout(180_000);
  const { functions } = await (await request.get('/api/language/functions')).json();
  const shown = functions.filter((one: { name: string }) => one.name.startsWith('ta.'));
  expect(shown.length).toBeGreaterThan(60);
  for (const { example } of shown as { example: string }[]) {
    const check = () => request.post('/api/language/check', { data: { text: example, timeframe: '1h' } });
    let answer = await check();
    // One visitor asks for a hundred at once here, which is the allowance.
    while (answer.status() === 429) {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      answer = await check();
    }
    expect(await answer.json(), example).toMatchObject({ ok: true });
  }
});

test('layouts belong to a person', async ({ browser, server, indicators }) => {
  await indicators.addFromList('ema');
  await indicators.saveLayoutAs('Mine');
  const other = await device(browser, server, await somebody(server));
  await other.goto('/chart/BTCUSDT?tf=1m');
  await new DeskPage(other).hasBars();
  const theirs = new IndicatorsPage(other);
  await expect(theirs.layout).toHaveAccessibleName('Layout: none is saved');
  await expect(theirs.rows).toHaveCount(0);
  await other.context().close();
});

for (const colorScheme of ['dark', 'light'] as const) {
  for (const viewport of [
    { width: 1440, height: 900 },
    { width: 390, height: 844 },
  ]) {
    test.describe(`${colorScheme}, ${viewport.width} wide`, () => {
      test.use({ colorScheme, viewport, contextOptions: { reducedMotion: 'reduce' } });

      test('nothing is hard to read or too wide', async ({ indicators, page, desk }) => {
        await indicators.addFromList('rsi');
        await indicators.addFromList('ema');
        expect(await accessibilityFaults(page)).toEqual([]);
        expect(await desk.overflows()).toBe(false);
        await indicators.open();
        expect(await accessibilityFaults(page), 'the list').toEqual([]);
        await page.keyboard.press('Enter');
        await expect(page.getByRole('button', { name: 'Add to chart' })).toBeVisible();
        expect(await accessibilityFaults(page), 'a form').toEqual([]);
        await page.keyboard.press('Escape');
        await indicators.write('ta.emaa(close, 20)');
        await expect(indicators.dialog.getByRole('alert')).toBeVisible();
        expect(await accessibilityFaults(page), 'the editor').toEqual([]);
      });
    });
  }
}
