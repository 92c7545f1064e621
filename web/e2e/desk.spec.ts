// The dashboard on the real server with a practice market.
import type { Browser } from '@playwright/test';
import { accessibilityFaults } from './support/accessibility.ts';
import type { CandlewickServer } from './support/candlewick-server.ts';
import { DeskPage } from './support/desk-page.ts';
import { expect, test } from './support/signed-in.ts';

test.describe('the desk', () => {
  test('opens on the first instrument with live prices, and says that the market is a practice one', async ({
    desk,
    page,
  }) => {
    await page.goto('/');
    await expect(page).toHaveURL(/\/chart\/[A-Z0-9]+\?tf=15m$/);
    await expect(desk.instruments).toHaveCount(12);
    await expect(desk.connection).toHaveText('Connected');
    await expect(page.getByTestId('feed')).toContainText('Feed live', { timeout: 30_000 });
    await expect(desk.price).not.toHaveText('–');
    await expect(page.getByRole('main').getByText('Practice market')).toBeVisible();
    await expect(page.getByRole('navigation').getByText('Practice')).toBeVisible();
    await desk.hasBars();
    await expect(page).toHaveTitle(/^[\d.,]+ [A-Z0-9]+ \(practice\) · Candlewick$/);
  });

  test('shows prices that move, in the header, the watch list and the chart', async ({ desk, page }) => {
    await page.goto('/chart/BTCUSDT?tf=1m');
    await desk.hasBars();
    await expect(desk.legend).toContainText('forming');
    const [price, row, legend] = [
      await desk.price.textContent(),
      await desk.instruments.first().textContent(),
      await desk.legend.textContent(),
    ];
    await expect(desk.price).not.toHaveText(price ?? '', { timeout: 30_000 });
    await expect(desk.instruments.first()).not.toHaveText(row ?? '', { timeout: 30_000 });
    await expect(desk.legend).not.toHaveText(legend ?? '', { timeout: 30_000 });
  });

  test('turns the forming bar into a closed one', async ({ desk, page }) => {
    test.setTimeout(120_000);
    await page.goto('/chart/BTCUSDT?tf=1m');
    await desk.hasBars();
    await expect(desk.legend).toContainText('forming');
    const before = await desk.bars();
    await expect.poll(() => desk.bars(), { timeout: 80_000 }).toBeGreaterThan(before);
    expect(await desk.bars()).toBeLessThan(before + 3);
  });

  test('shows the bars that the API has', async ({ desk, page, request }) => {
    await page.goto('/chart/ETHUSDT?tf=1h');
    await desk.hasBars();
    await desk.chart.focus();
    // From the forming bar to the newest closed one.
    await page.keyboard.press('ArrowLeft');
    const shown = await desk.legend.textContent();
    const answer = await request.get('/api/market/candles/ETHUSDT?timeframe=1h&limit=1');
    const [time, open, high, low, close] = (await answer.json()).candles[0];
    const moment = new Date(time).toISOString().slice(0, 16).replace('T', ' ');
    expect(shown).toContain(moment);
    for (const price of [open, high, low, close]) {
      expect(shown?.replaceAll(',', '')).toContain(String(price));
    }
  });

  test('changes the timeframe by click and by key, all thirteen of them', async ({ desk, page }) => {
    await page.goto('/chart/BTCUSDT?tf=15m');
    await desk.hasBars();
    await expect(page.getByRole('radio')).toHaveCount(13);
    await desk.timeframe('1 hour').click();
    await expect(page).toHaveURL(/tf=1h$/);
    await expect(desk.chart).toHaveAccessibleName(/1 hour candles/);
    await desk.hasBars();
    await page.keyboard.press(']');
    await expect(page).toHaveURL(/tf=2h$/);
    await page.keyboard.press('[');
    await page.keyboard.press('[');
    await expect(page).toHaveURL(/tf=30m$/);
    await page.goBack();
    await expect(page).toHaveURL(/tf=1h$/);
    await expect(desk.timeframe('1 hour')).toBeChecked();
  });

  test('loads older bars as one scrolls back', async ({ desk, page }) => {
    await page.goto('/chart/BTCUSDT?tf=15m');
    await desk.hasBars();
    const box = await desk.chart.boundingBox();
    if (!box) throw new Error('the chart has no box');
    const before = await desk.oldest();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await expect(async () => {
      for (let i = 0; i < 10; i++) await page.mouse.wheel(-600, 0);
      expect(await desk.oldest()).toBeLessThan(before);
    }).toPass({ timeout: 40_000 });
    await expect(page.getByRole('button', { name: 'Newest bar' })).toBeVisible();
    await page.getByRole('button', { name: 'Newest bar' }).click();
    await expect(page.getByRole('button', { name: 'Newest bar' })).toBeHidden();
  });

  test('a dragged price axis is let go of by its button', async ({ desk, page }) => {
    await page.goto('/chart/BTCUSDT?tf=15m');
    await desk.hasBars();
    const auto = page.getByRole('button', { name: 'Auto scale' });
    await expect(auto).toHaveAttribute('aria-pressed', 'true');
    const box = await desk.chart.boundingBox();
    if (!box) throw new Error('the chart has no box');
    await page.mouse.move(box.x + box.width - 20, box.y + 150);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width - 20, box.y + 300, { steps: 5 });
    await page.mouse.up();
    await expect(auto).toHaveAttribute('aria-pressed', 'false');
    await auto.click();
    await expect(auto).toHaveAttribute('aria-pressed', 'true');
  });

  test('is the same after a reload', async ({ desk, page }) => {
    await page.goto('/chart/SOLUSDT?tf=4h');
    await desk.hasBars();
    await page.reload();
    await expect(page).toHaveURL(/\/chart\/SOLUSDT\?tf=4h$/);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('SOL/USDT');
    await expect(desk.timeframe('4 hours')).toBeChecked();
    await desk.hasBars();
    // And comes back to it from the bare address.
    await desk.timeframe('1 day').click();
    await page.goto('/');
    await expect(page).toHaveURL(/\/chart\/SOLUSDT\?tf=1d$/);
  });

  test('says so when an address names no known instrument, and offers the nearest', async ({
    desk,
    page,
  }) => {
    await page.goto('/chart/ETHUSD?tf=1h');
    await expect(page.getByText('“ETHUSD” is not known here')).toBeVisible();
    await page.getByRole('button', { name: 'ETHUSDT' }).click();
    await expect(page).toHaveURL(/\/chart\/ETHUSDT\?tf=1h$/);
    await desk.hasBars();
  });

  test('replaces a timeframe that is none in the address', async ({ desk, page }) => {
    await page.goto('/chart/BTCUSDT?tf=7m');
    await expect(page).toHaveURL(/\/chart\/BTCUSDT\?tf=15m$/);
    await desk.hasBars();
  });

  test('shows the state of feed, history and server on demand', async ({ page, desk }) => {
    await page.goto('/chart/BTCUSDT?tf=15m');
    await desk.hasBars();
    await page.getByTestId('feed').click();
    const panel = page.getByRole('dialog', { name: /^Feed live/ });
    await expect(panel).toContainText('This is the practice market');
    await expect(panel).toContainText('Last message');
    await expect(panel.getByRole('heading', { name: 'Server' })).toBeVisible();
    await expect(panel).toContainText('candle store');
    await page.keyboard.press('Escape');
    await expect(panel).toBeHidden();
  });
});

test.describe('by keyboard alone', () => {
  test('one searches, chooses, reads the chart and finds help', async ({ desk, page }) => {
    await page.goto('/chart/BTCUSDT?tf=1h');
    await desk.hasBars();

    await page.keyboard.press('/');
    await expect(page.getByRole('textbox', { name: 'Search the watch list' })).toBeFocused();
    await page.keyboard.type('eth');
    await expect(desk.instruments.first()).toContainText('ETH');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/ETHUSDT/);
    await page.keyboard.press('Escape');
    await expect(desk.instruments).toHaveCount(12);

    await page.keyboard.press('ArrowDown');
    await expect(desk.instruments.first()).toBeFocused();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect(desk.instruments.nth(2)).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('k');
    await expect(desk.instruments.nth(1)).toHaveAttribute('aria-selected', 'true');
    await desk.hasBars();

    await page.keyboard.press('c');
    await expect(desk.chart).toBeFocused();
    const newest = await desk.legend.textContent();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await expect(desk.legend).not.toContainText((newest ?? '').slice(0, 16));
    await page.keyboard.press('Escape');
    await expect(desk.legend).toContainText('forming');

    // The focus stays in the chart, whatever it shows.
    await page.keyboard.press(']');
    await expect(page).toHaveURL(/tf=2h$/);
    await expect(desk.chart).toBeFocused();
    const logarithmic = page.getByRole('button', { name: 'Logarithmic scale' });
    await page.keyboard.press('l');
    await expect(logarithmic).toHaveAttribute('aria-pressed', 'true');
    await page.reload();
    await expect(logarithmic).toHaveAttribute('aria-pressed', 'true');
    await logarithmic.click();
    await expect(logarithmic).toHaveAttribute('aria-pressed', 'false');

    await page.keyboard.press('?');
    const help = page.getByRole('dialog', { name: 'Keys and signs' });
    await expect(help).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(help).toBeHidden();
  });

  test('every control is reached by Tab, with a visible ring', async ({ desk, page }) => {
    await page.goto('/chart/BTCUSDT?tf=1h');
    await desk.hasBars();
    const reached = new Set<string>();
    for (let i = 0; i < 40; i++) {
      await page.keyboard.press('Tab');
      const focused = await page.evaluate(() => {
        const element = document.activeElement as HTMLElement | null;
        if (!element || element === document.body) return null;
        const style = getComputedStyle(element);
        const wrapped = element.closest('[class*="Input"]');
        return {
          name: element.getAttribute('aria-label') ?? element.textContent ?? '',
          ring: style.outlineStyle !== 'none' || (wrapped !== null && style.borderColor !== ''),
        };
      });
      if (!focused) break;
      expect(focused.ring, focused.name).toBe(true);
      reached.add(focused.name);
    }
    const names = [...reached].join('\n');
    for (const part of ['Feed', 'Theme', 'Keys and signs', 'Search', 'BTC', '1 hour', 'candles']) {
      expect(names).toContain(part);
    }
  });
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('everything fits and the watch list is a drawer', async ({ desk, page }) => {
    await page.goto('/chart/BTCUSDT?tf=1h');
    await desk.hasBars();
    expect(await desk.overflows()).toBe(false);
    await expect(page.getByText('Practice market')).toBeVisible();
    await page.getByRole('button', { name: /^Watch list/ }).tap();
    await expect(desk.instruments).toHaveCount(12);
    await expect(page.getByRole('dialog').getByText('Practice', { exact: true })).toBeVisible();
    await desk.instruments.nth(3).tap();
    await expect(page.getByRole('dialog')).toBeHidden();
    await expect(page).not.toHaveURL(/BTCUSDT/);
    await desk.hasBars();
    await desk.timeframe('1 week').tap();
    await expect(page).toHaveURL(/tf=1w$/);
    expect(await desk.overflows()).toBe(false);
  });
});

test.describe('dark and light', () => {
  for (const scheme of ['dark', 'light'] as const) {
    test.describe(`on a ${scheme} system`, () => {
      test.use({ colorScheme: scheme });

      test('the desk is so too, the chart is drawn in both colours, and nothing is hard to read', async ({
        desk,
        page,
      }) => {
        await page.goto('/chart/BTCUSDT?tf=15m');
        await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', scheme);
        await desk.hasBars();
        await expect.poll(() => desk.pixels('--cw-up')).toBeGreaterThan(300);
        await expect.poll(() => desk.pixels('--cw-down')).toBeGreaterThan(300);
        expect(await accessibilityFaults(page)).toEqual([]);
      });
    });
  }

  test('the choice of a person comes before the system’s and is kept', async ({ page }) => {
    await page.goto('/chart/BTCUSDT?tf=15m');
    const root = page.locator('html');
    await page.getByRole('button', { name: 'Theme: as the system. Change it.' }).click();
    await page.getByRole('button', { name: 'Theme: light. Change it.' }).click();
    await expect(root).toHaveAttribute('data-mantine-color-scheme', 'dark');
    await page.emulateMedia({ colorScheme: 'light' });
    await page.reload();
    await expect(root).toHaveAttribute('data-mantine-color-scheme', 'dark');
    await page.getByRole('button', { name: 'Theme: dark. Change it.' }).click();
    await expect(root).toHaveAttribute('data-mantine-color-scheme', 'light');
  });
});

test.describe('as an app', () => {
  test('it has a manifest with icons of the sizes it names', async ({ page, request }) => {
    await page.goto('/');
    const href = await page.locator('link[rel="manifest"]').getAttribute('href');
    const manifest = await (await request.get(href ?? '')).json();
    expect(manifest).toMatchObject({ display: 'standalone', start_url: '/', scope: '/' });
    for (const icon of manifest.icons as { src: string; sizes: string; type: string }[]) {
      const answer = await request.get(icon.src);
      expect(answer.headers()['content-type'], icon.src).toContain(icon.type);
      if (icon.sizes === 'any') continue;
      const size = await page.evaluate(async (src) => {
        const image = new Image();
        image.src = src;
        await image.decode();
        return `${image.naturalWidth}x${image.naturalHeight}`;
      }, icon.src);
      expect(size).toBe(icon.sizes);
    }
  });

  test('its worker keeps the page and never market data', async ({ desk, page }) => {
    await page.goto('/chart/BTCUSDT?tf=15m');
    await desk.hasBars();
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await page.reload();
    await desk.hasBars();
    const kept = await page.evaluate(async () => {
      const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
      const requests = (await Promise.all(caches_.map((cache) => cache.keys()))).flat();
      return requests.map((one) => new URL(one.url).pathname);
    });
    expect(kept).toContain('/');
    expect(kept.filter((path) => path.startsWith('/assets/')).length).toBeGreaterThan(1);
    expect(kept.filter((path) => /^\/(api|health|metrics)/.test(path))).toEqual([]);
  });

  test('pages come with the content security policy of the contract', async ({ request }) => {
    const policy = (await request.get('/')).headers()['content-security-policy'] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain('unsafe-eval');
    expect(policy).not.toMatch(/script-src[^;]*unsafe-inline/);
  });

  test('the files come compressed, and those with a hash are kept for good', async ({ page, request }) => {
    await page.goto('/');
    const script = await page.locator('script[type="module"]').getAttribute('src');
    for (const encoding of ['br', 'gzip']) {
      const answer = await request.get(script ?? '', { headers: { 'Accept-Encoding': encoding } });
      expect(answer.headers()['content-encoding']).toBe(encoding);
      expect(answer.headers()['cache-control']).toContain('immutable');
    }
    expect((await request.get('/')).headers()['cache-control']).toContain('no-cache');
  });
});

test.describe('when the server goes away', () => {
  test('the desk says so, opens all the same, and goes on by itself', async ({ desk, page, server }) => {
    test.setTimeout(150_000);
    await page.goto('/chart/BTCUSDT?tf=1m');
    await desk.hasBars();
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    expect(await server.stop()).toBe(0);
    await expect(page.getByRole('alert')).toContainText('No connection to the server');
    await expect(desk.connection).toHaveText(/Not connected|Connecting/);
    await expect(page.getByRole('main')).toContainText('not live');

    await page.reload();
    await expect(page.getByText('The server does not answer')).toBeVisible({ timeout: 30_000 });

    await server.start();
    await expect(desk.connection).toHaveText('Connected', { timeout: 45_000 });
    await desk.hasBars();
    const price = await desk.price.textContent();
    await expect(desk.price).not.toHaveText(price ?? '', { timeout: 30_000 });
    await expect(page.getByRole('alert')).toBeHidden();
  });

  test('an open desk comes back without losing a bar', async ({ desk, page, server, request }) => {
    test.setTimeout(150_000);
    await page.goto('/chart/ETHUSDT?tf=1m');
    await desk.hasBars();
    const before = await desk.bars();
    await server.stop();
    await expect(page.getByRole('alert')).toContainText('No connection to the server');
    await server.start();
    await expect(desk.connection).toHaveText('Connected', { timeout: 45_000 });
    await expect
      .poll(
        async () => {
          const answer = await request.get(
            `/api/market/candles/ETHUSDT?timeframe=1m&from=${await desk.oldest()}&limit=5000`,
          );
          return (await answer.json()).candles.length - (await desk.bars());
        },
        { timeout: 60_000 },
      )
      .toBe(0);
    expect(await desk.bars()).toBeGreaterThanOrEqual(before);
  });
});

/** Two desks at once see the same closed bars. */
test('two windows agree', async ({ browser, server }: { browser: Browser; server: CandlewickServer }) => {
  const pages = await Promise.all([0, 1].map(() => browser.newPage()));
  for (const page of pages) await server.signIn(page.context().request);
  const desks = pages.map((page) => new DeskPage(page));
  // Once more where a bar closed between the two presses.
  await expect(async () => {
    await Promise.all(pages.map((page) => page.goto(`${server.address}/chart/BTCUSDT?tf=5m`)));
    for (const desk of desks) {
      await desk.hasBars();
      await desk.chart.focus();
      await desk.page.keyboard.press('ArrowLeft');
    }
    const [first, second] = await Promise.all(desks.map((desk) => desk.legend.textContent()));
    expect(first).toBe(second);
  }).toPass({ timeout: 60_000 });
  await Promise.all(pages.map((page) => page.close()));
});
