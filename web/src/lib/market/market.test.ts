import { describe, expect, it } from 'vitest';
import type { Instrument, Ticker } from '@/lib/api/schemas';
import { unixMs } from '@/lib/time';
import { findInstrument, instrumentId, nearestSymbols, searchInstruments, shortName } from './instrument';
import { applyTickers } from './tickers';

function listed(venue: string, base: string, followed = true, quote = 'USDT'): Instrument {
  return {
    symbol: base + quote,
    venue,
    base,
    quote,
    tick_size: '0.01',
    lot_size: '0.01',
    timeframes: ['1m'],
    practice: false,
    followed,
  };
}

const ALL = [
  listed('binance', 'BTC'),
  listed('binance', 'ETH'),
  listed('kraken', 'BTC', false),
  listed('binance', 'WBTC'),
];
const ids = (list: readonly Instrument[]) => list.map(instrumentId);

describe('instruments', () => {
  it('are found by bare and by full name, in any case; of namesakes the followed one', () => {
    expect(findInstrument('btcusdt', ALL)).toBe(ALL[0]);
    expect(findInstrument('Kraken:BTCUSDT', ALL)).toBe(ALL[2]);
    expect(findInstrument('kraken:ETHUSDT', ALL)).toBeUndefined();
  });

  it('are written so that they are found again', () => {
    for (const one of ALL) expect(findInstrument(shortName(one, ALL), ALL)).toBe(one);
    expect(ALL.map((one) => shortName(one, ALL))).toEqual([
      'BTCUSDT',
      'ETHUSDT',
      'kraken:BTCUSDT',
      'WBTCUSDT',
    ]);
  });

  it('are searched by every word, those that start with the first one first', () => {
    expect(ids(searchInstruments('btc', ALL))).toEqual([
      'binance:BTCUSDT',
      'kraken:BTCUSDT',
      'binance:WBTCUSDT',
    ]);
    expect(ids(searchInstruments('kraken btc', ALL))).toEqual(['kraken:BTCUSDT']);
    expect(ids(searchInstruments('btc/usdt', ALL))).toHaveLength(3);
    expect(searchInstruments('  ', ALL)).toBe(ALL);
    expect(searchInstruments('doge', ALL)).toEqual([]);
  });

  it('nearest to a mistyped name come first', () => {
    expect(nearestSymbols('ETHUSD', ALL, 1)[0]?.symbol).toBe('ETHUSDT');
    expect(nearestSymbols('binance:WBTCUSD', ALL, 1)[0]?.symbol).toBe('WBTCUSDT');
  });
});

describe('tickers', () => {
  const ticker = (price: number, time: number | null): Ticker => ({
    symbol: 'BTCUSDT',
    venue: 'binance',
    price,
    bid: null,
    ask: null,
    change_24h: null,
    volume_24h: null,
    time: time === null ? null : unixMs(time),
  });

  it('are replaced by newer ones only', () => {
    const first = applyTickers({}, [ticker(1, 10)]);
    expect(applyTickers(first, [ticker(2, 9)])['binance:BTCUSDT']?.price).toBe(1);
    expect(applyTickers(first, [ticker(2, 10), ticker(3, 11)])['binance:BTCUSDT']?.price).toBe(3);
    expect(applyTickers(first, [ticker(4, null)])['binance:BTCUSDT']?.price).toBe(4);
    expect(first['binance:BTCUSDT']?.price).toBe(1);
  });
});
