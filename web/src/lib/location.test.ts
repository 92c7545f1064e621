import { describe, expect, it } from 'vitest';
import { formatPlace, parsePlace } from './location';

describe('the address bar', () => {
  it('names symbol and timeframe', () => {
    expect(parsePlace('/chart/BTCUSDT', '?tf=1h')).toEqual({ symbol: 'BTCUSDT', timeframe: '1h' });
    expect(formatPlace('BTCUSDT', '1h')).toBe('/chart/BTCUSDT?tf=1h');
  });

  it('keeps the colon of a full name readable, and reads it back', () => {
    const address = formatPlace('binance:BTCUSDT', '4h');
    expect(address).toBe('/chart/binance:BTCUSDT?tf=4h');
    const [path, search] = address.split('?');
    expect(parsePlace(path ?? '', `?${search}`).symbol).toBe('binance:BTCUSDT');
  });

  it('has no timeframe when it is not one, and no symbol elsewhere', () => {
    expect(parsePlace('/chart/BTCUSDT', '?tf=7m')).toEqual({ symbol: 'BTCUSDT', timeframe: null });
    expect(parsePlace('/', '')).toEqual({ symbol: null, timeframe: null });
    expect(parsePlace('/chart/%E0%A4%A', '')).toEqual({ symbol: null, timeframe: null });
  });
});
