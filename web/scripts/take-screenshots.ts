// Takes the pictures of the documentation from a server of its own, on the practice market:
//   node scripts/take-screenshots.ts ../docs/screenshots
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page, request } from 'playwright-core';
import { ADMIN, CandlewickServer } from '../e2e/support/candlewick-server.ts';

const [folder = '../docs/screenshots'] = process.argv.slice(2);
const WIDE = { width: 1440, height: 900, scale: 1 };
const PHONE = { width: 390, height: 844, scale: 2 };

interface Picture {
  readonly name: string;
  readonly path: string;
  readonly size: typeof WIDE;
  readonly schemes: readonly ('dark' | 'light')[];
  /** Waits until there is something to see. */
  readonly ready: (page: Page) => Promise<void>;
}

async function hasChart(page: Page): Promise<void> {
  await page.locator('#chart[data-bars]:not([data-bars="0"])').waitFor({ timeout: 60_000 });
  // The sparklines and the first live prices.
  await page.waitForTimeout(3000);
}

/** The history of every symbol was run, so that each has its scores. */
async function hasSignals(page: Page): Promise<void> {
  await page.getByRole('heading').first().waitFor();
  await page.waitForTimeout(8000);
}

/** The signals have turned a few times since the server began, on the finest timeframe. */
async function hasMarks(page: Page): Promise<void> {
  await hasSignals(page);
  await page.getByRole('region', { name: 'Chart' }).getByRole('button', { name: '1m' }).click();
  const marked = () =>
    Number(document.querySelector<HTMLElement>('[data-testid="signals-layer"]')?.dataset.marks) >= 4;
  await page.waitForFunction(marked, undefined, { timeout: 40 * 60_000 });
}

const PICTURES: readonly Picture[] = [
  {
    name: 'live-chart',
    path: '/chart/BTCUSDT?tf=15m',
    size: WIDE,
    schemes: ['dark', 'light'],
    ready: hasChart,
  },
  { name: 'phone', path: '/chart/BTCUSDT?tf=15m', size: PHONE, schemes: ['dark', 'light'], ready: hasChart },
  { name: 'signals-board', path: '/signals', size: WIDE, schemes: ['dark'], ready: hasSignals },
  {
    name: 'security',
    path: '/account/security',
    size: WIDE,
    schemes: ['dark'],
    ready: async (page) => {
      await page.getByRole('button', { name: 'Turn on…' }).click();
      await page.getByLabel('Your password').fill(ADMIN.password);
      await page.keyboard.press('Enter');
      await page.getByRole('img', { name: /QR code/ }).scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'audit-log',
    path: '/admin/audit',
    size: WIDE,
    schemes: ['light'],
    ready: (page) => page.getByRole('table').waitFor(),
  },
  // The last one: signals are kept while the server runs, and the marks are their changes.
  {
    name: 'signals-symbol',
    path: '/signals/BTCUSDT',
    size: { ...WIDE, height: 1480 },
    schemes: ['light'],
    ready: hasMarks,
  },
];

async function take(browser: Browser, server: CandlewickServer, picture: Picture): Promise<void> {
  for (const colorScheme of picture.schemes) {
    const { width, height, scale } = picture.size;
    const context = await browser.newContext({
      viewport: { width, height },
      deviceScaleFactor: scale,
      colorScheme,
      baseURL: server.address,
    });
    await server.signIn(context.request);
    const page = await context.newPage();
    await page.goto(picture.path);
    await picture.ready(page);
    const path = join(folder, `${picture.name}-${colorScheme}.png`);
    await page.screenshot({ path });
    console.log(path);
    await context.close();
  }
}

/** A few things that an audit log would tell of. */
async function live(server: CandlewickServer): Promise<void> {
  await server.addUser(ADMIN, 'admin');
  await server.addUser({ email: 'bob@example.org', password: 'sentences are easy to keep' }, 'user');
  await server.command('user', 'set-role', '--email', 'bob@example.org', '--role', 'admin');
  await fetch(`${server.address}/api/auth/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email: ADMIN.email, password: 'not this one' }),
  });
}

/** Waits until all of the practice market's history is there. */
async function complete(server: CandlewickServer): Promise<void> {
  const context = await request.newContext();
  const headers = { Authorization: `Bearer ${await server.signIn(context)}` };
  for (;;) {
    const status = await (await context.get(`${server.address}/api/market/status`, { headers })).json();
    if (status.history.every((one: { state: string }) => one.state === 'done')) break;
    await new Promise((resolve) => setTimeout(resolve, 5000));
  }
  await context.dispose();
}

mkdirSync(folder, { recursive: true });
const server = new CandlewickServer();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_BIN ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  await server.start();
  await live(server);
  const needsHistory = (one: Picture) => [hasChart, hasSignals, hasMarks].includes(one.ready);
  const [pages, charts] = [
    PICTURES.filter((one) => !needsHistory(one)),
    PICTURES.filter((one) => needsHistory(one)),
  ];
  for (const picture of pages) await take(browser, server, picture);
  await complete(server);
  for (const picture of charts) await take(browser, server, picture);
} finally {
  await browser.close();
  await server.remove();
}
