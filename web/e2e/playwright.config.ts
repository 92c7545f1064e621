import { defineConfig } from '@playwright/test';

/** Against Debian's Chromium; nothing is downloaded. */
export default defineConfig({
  testDir: '.',
  outputDir: 'results/artifacts',
  // One browser and one server at a time: the machine may have two cores.
  workers: 1,
  fullyParallel: false,
  retries: 0,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  forbidOnly: process.env.CI !== undefined,
  reporter: [['list'], ['json', { outputFile: 'results/results.json' }]],
  use: {
    screenshot: 'only-on-failure',
    // What a person's settings mean by “as this device”.
    timezoneId: 'UTC',
    locale: 'en-US',
    viewport: { width: 1440, height: 900 },
    launchOptions: {
      executablePath: process.env.CHROMIUM_BIN ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
