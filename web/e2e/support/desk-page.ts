import { expect, type Locator, type Page } from '@playwright/test';

/** The desk as a person sees it. */
export class DeskPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get chart(): Locator {
    return this.page.getByRole('application', { name: /candles/ });
  }
  get price(): Locator {
    return this.page.getByTestId('last-price');
  }
  get legend(): Locator {
    return this.page.getByTestId('legend');
  }
  get connection(): Locator {
    return this.page.getByTestId('connection');
  }
  get instruments(): Locator {
    return this.page.getByRole('grid', { name: 'Instruments' }).getByRole('row');
  }
  timeframe(name: string): Locator {
    return this.page.getByRole('radio', { name, exact: true });
  }

  /** How many closed bars the chart has. */
  async bars(): Promise<number> {
    return Number(await this.chart.getAttribute('data-bars'));
  }
  /** Open time of the oldest loaded bar, ms. */
  async oldest(): Promise<number> {
    return Number(await this.chart.getAttribute('data-oldest'));
  }

  /** Waits for bars; a fresh server fetches its history first. */
  async hasBars(): Promise<void> {
    await expect.poll(() => this.bars(), { timeout: 60_000 }).toBeGreaterThan(0);
  }

  /** How many pixels of the chart have a colour (`#rrggbb`, as the theme names it). */
  async pixels(variable: string): Promise<number> {
    return this.chart.evaluate((chart, name) => {
      const wanted = getComputedStyle(chart).getPropertyValue(name).trim();
      const rgb = [1, 3, 5].map((start) => Number.parseInt(wanted.slice(start, start + 2), 16));
      let count = 0;
      for (const canvas of chart.querySelectorAll('canvas')) {
        const copy = new OffscreenCanvas(canvas.width || 1, canvas.height || 1);
        const context = copy.getContext('2d', { willReadFrequently: true });
        if (!context || canvas.width === 0 || canvas.height === 0) continue;
        context.drawImage(canvas, 0, 0);
        const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
        for (let i = 0; i < data.length; i += 4) {
          if (data[i] === rgb[0] && data[i + 1] === rgb[1] && data[i + 2] === rgb[2] && data[i + 3] === 255)
            count++;
        }
      }
      return count;
    }, variable);
  }

  /** Whether anything is wider than the window. */
  async overflows(): Promise<boolean> {
    return this.page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  }
}
