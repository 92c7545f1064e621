import { describe, expect, it } from 'vitest';
import { tradeSchema } from '@/lib/lab/strategy-schemas';
import { madeCandles, madeRun } from '@/lib/testing-runs';
import { runSchema } from './run-schemas';
import { splitSymbols, symbolId, symbolOfTrade, symbolsOf, symbolsTitle, symbolsWords } from './symbols';

describe('symbols in one text', () => {
  it('are each read once, in order', () => {
    expect(splitSymbols(' ETHUSDT,BTCUSDT , ETHUSDT,')).toEqual(['ETHUSDT', 'BTCUSDT']);
    expect(splitSymbols('')).toEqual([]);
  });

  it('are told by name where they are few', () => {
    expect(symbolsWords('BTCUSDT')).toBe('BTCUSDT');
    expect(symbolsWords('BTCUSDT,ETHUSDT,SOLUSDT')).toBe('BTCUSDT, ETHUSDT, SOLUSDT');
    expect(symbolsTitle('BTCUSDT,ETHUSDT,SOLUSDT')).toBeUndefined();
    expect(symbolsWords('A,B,C,D,E,F,G,H,I')).toBe('A, B and 7 more');
    expect(symbolsTitle('A,B,C,D')).toBe('A, B, C, D');
  });
});

describe('the symbols of a run', () => {
  const candles = madeCandles(400);

  it('are those that it tells', () => {
    const run = runSchema.parse(madeRun({ candles, request: { symbol: 'BTCUSDT,ETHUSDT' } }));
    expect(run.symbols?.map(symbolId)).toEqual(['practice:BTCUSDT', 'practice:ETHUSDT']);
    expect(symbolsOf(run)).toEqual(run.symbols);
  });

  it('are read of its name where it was kept before they were told', () => {
    const { symbols: _, limits: __, trades, ...old } = madeRun({ candles });
    const bare = { ...old, trades: trades?.map(({ symbol: ___, ...trade }) => trade) };
    const run = runSchema.parse(bare);
    expect(symbolsOf(run)).toEqual([{ symbol: 'BTCUSDT', venue: 'practice' }]);
    const [trade] = run.trades ?? [];
    expect(trade && symbolOfTrade(trade, symbolsOf(run))?.symbol).toBe('BTCUSDT');
  });

  it('each have their own venue', () => {
    const of = { symbol: 'BTCUSDT,ETHUSDT', symbols: undefined };
    expect(symbolsOf({ ...of, venue: 'binance,kraken' }).map(symbolId)).toEqual([
      'binance:BTCUSDT',
      'kraken:ETHUSDT',
    ]);
    expect(symbolsOf({ ...of, venue: 'binance' }).map(symbolId)).toEqual([
      'binance:BTCUSDT',
      'binance:ETHUSDT',
    ]);
  });

  it('are told apart by a trade, whether it names the venue or not', () => {
    const both = [
      { symbol: 'BTCUSDT', venue: 'binance' },
      { symbol: 'BTCUSDT', venue: 'kraken' },
    ];
    const run = madeRun({ candles });
    const trade = tradeSchema.parse(run.trades?.[0]);
    expect(symbolOfTrade({ ...trade, symbol: 'kraken:BTCUSDT' }, both)).toBe(both[1]);
    expect(symbolOfTrade({ ...trade, symbol: 'BTCUSDT' }, both)).toBe(both[0]);
  });
});
