import { test as base } from '@playwright/test';
import { ADMIN, CandlewickServer } from './candlewick-server.ts';
import { DeskPage } from './desk-page.ts';
import { PageWatch } from './page-watch.ts';

export const { expect } = base;

/** What a new account has. */
const FRESH_SETTINGS = { time_zone: 'auto', number_format: 'auto', theme: 'auto', default_symbol: null };

/** A real server with an administrator who is signed in, both the page and `request`; settings and watch list are fresh. */
export const test = base.extend<{ desk: DeskPage; watch: PageWatch }, { server: CandlewickServer }>({
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: the runner reads the wanted fixtures from the pattern
    async ({}, use) => {
      const server = new CandlewickServer();
      await server.start();
      await server.addUser(ADMIN, 'admin');
      await use(server);
      await server.remove();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  baseURL: async ({ server }, use) => use(server.address),
  request: async ({ server, playwright, baseURL }, use) => {
    const asking = await playwright.request.newContext();
    const token = await server.signIn(asking);
    const request = await playwright.request.newContext({
      ...(baseURL ? { baseURL } : {}),
      extraHTTPHeaders: { Authorization: `Bearer ${token}` },
    });
    await request.put('/api/me/settings', { data: FRESH_SETTINGS });
    await request.put('/api/me/watchlist', { data: { symbols: [] } });
    await use(request);
    await request.dispose();
    await asking.dispose();
  },
  // Asks for `request`, so that the settings are fresh before the page opens.
  page: async ({ page, server, request: _fresh }, use) => {
    await server.signIn(page.context().request);
    await use(page);
  },
  watch: [
    async ({ page }, use) => {
      const watch = new PageWatch(page);
      await use(watch);
      base.expect(watch.faults, 'the console, the policy and other hosts').toEqual([]);
    },
    { auto: true },
  ],
  desk: async ({ page }, use) => use(new DeskPage(page)),
});
