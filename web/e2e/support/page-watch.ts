import type { Page } from '@playwright/test';

/** What a browser says when its server is away: expected in a test that takes the server away. */
/** … and what it says where a test switches the worker off. */
const NO_SERVER =
  /Service Worker registration blocked|ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|WebSocket connection to|Failed to fetch/;

/** What it says of a page that asks whether it is signed in, and is not; and of a wrong password. */
const REFUSED = /status of 401/;
const ASKS = /\/api\/auth\/(refresh|login)$/;
/** … and of a test that cannot be run, which the form then says at its field. */
const CANNOT_BE_RUN = /status of 422/;
const RUNS = /\/api\/(signals\/backtest|backtests\/sweep)$/;

/**
 * Keeps every console error and warning, uncaught exception, refusal by the content security policy and request to another
 * host.
 */
export class PageWatch {
  readonly complaints: string[] = [];
  readonly foreign: string[] = [];
  private refusals = ASKS;

  constructor(page: Page) {
    page.on('console', (message) => {
      if (!['error', 'warning'].includes(message.type())) return;
      if (REFUSED.test(message.text()) && this.refusals.test(message.location().url)) return;
      if (CANNOT_BE_RUN.test(message.text()) && RUNS.test(message.location().url)) return;
      this.complaints.push(`${message.text()} ${message.location().url}`);
    });
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('request', (request) => {
      const { protocol, hostname } = new URL(request.url());
      if (protocol.startsWith('http') && hostname !== '127.0.0.1') this.foreign.push(request.url());
    });
  }

  /** The test ends a session: its requests are refused until the person is back. */
  expectRefusals(): void {
    this.refusals = /\/(api|health)\//;
  }

  /** Everything but what comes of a server that is away. */
  get faults(): string[] {
    return [...this.foreign, ...this.complaints.filter((text) => !NO_SERVER.test(text))];
  }
}
