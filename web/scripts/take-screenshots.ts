// Takes the pictures of the documentation from a running server:
//   node scripts/take-screenshots.ts http://127.0.0.1:8080 ../docs/screenshots
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [address = 'http://127.0.0.1:8080', folder = '../docs/screenshots'] = process.argv.slice(2);
const SIZES = [
  { name: 'live-chart', width: 1440, height: 900, scale: 1 },
  { name: 'phone', width: 390, height: 844, scale: 2 },
] as const;

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_BIN ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
for (const { name, width, height, scale } of SIZES) {
  for (const colorScheme of ['dark', 'light'] as const) {
    const page = await browser.newPage({
      viewport: { width, height },
      deviceScaleFactor: scale,
      colorScheme,
    });
    await page.goto(`${address}/chart/BTCUSDT?tf=15m`);
    await page.locator('#chart[data-bars]:not([data-bars="0"])').waitFor({ timeout: 60_000 });
    // The sparklines and the first live prices.
    await page.waitForTimeout(3000);
    const path = join(folder, `${name}-${colorScheme}.png`);
    await page.screenshot({ path });
    console.log(path);
    await page.close();
  }
}
await browser.close();
