import { describe, expect, it } from 'vitest';
import type { Instrument } from '@/lib/api/schemas';
import type { Tickers } from '@/lib/market/tickers';
import { orderInstruments } from './order';
import { sparklinePath } from './sparkline';

describe('a sparkline', () => {
  it('runs from left to right, highest at the top, with a pixel of air', () => {
    expect(sparklinePath([1, 3, 2], 10, 12)).toBe('M0.0 11.0L5.0 1.0L10.0 6.0');
  });

  it('draws a flat market flat, in the middle', () => {
    expect(sparklinePath([5, 5], 10, 12)).toBe('M0.0 6.0L10.0 6.0');
    // A change of a hundred-thousandth is no cliff.
    expect(sparklinePath([100_000, 100_001], 10, 12)).toBe('M0.0 6.1L10.0 5.9');
  });

  it('is empty for less than two prices', () => {
    expect(sparklinePath([], 10, 12)).toBe('');
    expect(sparklinePath([1], 10, 12)).toBe('');
  });
});

describe('the order of the watch list', () => {
  const list = ['BTC', 'ETH', 'ADA', 'SOL'].map((base) => ({ symbol: base, base, venue: 'v' }) as Instrument);
  const changes: Record<string, number | null> = { BTC: 0.01, ETH: -0.02, ADA: null, SOL: 0.03 };
  const tickers = Object.fromEntries(
    Object.entries(changes).map(([symbol, change_24h]) => [`v:${symbol}`, { symbol, change_24h }]),
  ) as unknown as Tickers;
  const ordered = (order: Parameters<typeof orderInstruments>[1]) =>
    orderInstruments(list, order, tickers).map((one) => one.symbol);

  it('is that of the desk, of the alphabet or of the change, the unknown last', () => {
    expect(ordered('desk')).toEqual(['BTC', 'ETH', 'ADA', 'SOL']);
    expect(ordered('symbol')).toEqual(['ADA', 'BTC', 'ETH', 'SOL']);
    expect(ordered('gainers')).toEqual(['SOL', 'BTC', 'ETH', 'ADA']);
    expect(ordered('losers')).toEqual(['ETH', 'BTC', 'SOL', 'ADA']);
  });
});
