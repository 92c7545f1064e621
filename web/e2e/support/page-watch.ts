import type { Page } from '@playwright/test';

/** What a browser says when its server is away: expected in a test that takes the server away. */
const NO_SERVER =
  /ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|WebSocket connection to|Failed to fetch/;

/**
 * Keeps every console error and warning, uncaught exception, refusal by the content security policy and request to another
 * host.
 */
export class PageWatch {
  readonly complaints: string[] = [];
  readonly foreign: string[] = [];

  constructor(page: Page) {
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('request', (request) => {
      const { protocol, hostname } = new URL(request.url());
      if (protocol.startsWith('http') && hostname !== '127.0.0.1') this.foreign.push(request.url());
    });
  }

  /** Everything but what comes of a server that is away. */
  get faults(): string[] {
    return [...this.foreign, ...this.complaints.filter((text) => !NO_SERVER.test(text))];
  }
}
