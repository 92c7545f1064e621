// The made-up, repeatable market of the fixture server.
export const TIMEFRAMES = ['1m', '3m', '5m', '15m', '30m', '1h', '2h', '4h', '6h', '8h', '12h', '1d', '1w'];
const UNIT_MS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

export type Candle = [number, number, number, number, number, number];

export interface Listed {
  readonly symbol: string;
  readonly base: string;
  readonly price: number;
  readonly tick: string;
}

export const LISTED: readonly Listed[] = [
  { symbol: 'BTCUSDT', base: 'BTC', price: 87_600, tick: '0.01' },
  { symbol: 'ETHUSDT', base: 'ETH', price: 2_970, tick: '0.01' },
  { symbol: 'SOLUSDT', base: 'SOL', price: 124, tick: '0.01' },
  { symbol: 'BNBUSDT', base: 'BNB', price: 850, tick: '0.01' },
  { symbol: 'XRPUSDT', base: 'XRP', price: 2.04, tick: '0.0001' },
  { symbol: 'ADAUSDT', base: 'ADA', price: 0.42, tick: '0.0001' },
  { symbol: 'DOGEUSDT', base: 'DOGE', price: 0.1243, tick: '0.00001' },
  { symbol: 'AVAXUSDT', base: 'AVAX', price: 13.2, tick: '0.01' },
  { symbol: 'LINKUSDT', base: 'LINK', price: 12.6, tick: '0.01' },
  { symbol: 'DOTUSDT', base: 'DOT', price: 2.1, tick: '0.001' },
  { symbol: 'LTCUSDT', base: 'LTC', price: 82, tick: '0.01' },
  { symbol: 'SHIBUSDT', base: 'SHIB', price: 0.0000082, tick: '0.00000001' },
];

export function widthOf(timeframe: string): number {
  return Number(timeframe.slice(0, -1)) * (UNIT_MS[timeframe.slice(-1)] ?? 0);
}

export function openOf(time: number, timeframe: string): number {
  const origin = timeframe === '1w' ? 345_600_000 : 0;
  const width = widthOf(timeframe);
  return Math.floor((time - origin) / width) * width + origin;
}

/** A smooth, repeatable price at any time: a few waves of unlike lengths. */
export function priceAt(listed: Listed, time: number): number {
  const minutes = time / 60_000;
  const seed = listed.symbol.length * 1.7 + listed.base.charCodeAt(0);
  const wave =
    0.06 * Math.sin(minutes / 9_700 + seed) +
    0.022 * Math.sin(minutes / 1_130 + seed * 2) +
    0.008 * Math.sin(minutes / 173 + seed * 3) +
    0.0025 * Math.sin(minutes / 17.3 + seed * 5) +
    0.0011 * Math.sin(minutes * 1.9 + seed * 7);
  return Number((listed.price * (1 + wave)).toFixed(listed.tick.length - 2));
}

export function candleAt(listed: Listed, open: number, timeframe: string, until: number): Candle {
  const width = Math.min(widthOf(timeframe), Math.max(1, until - open));
  const prices = Array.from({ length: 9 }, (_, index) => priceAt(listed, open + (width * index) / 8));
  const volume = 20 + 16 * Math.sin(open / 3_600_000 + listed.price) + 8 * Math.sin(open / 97_000);
  return [
    open,
    prices[0] ?? 0,
    Math.max(...prices),
    Math.min(...prices),
    prices.at(-1) ?? 0,
    Number((Math.abs(volume) * (width / 60_000)).toFixed(5)),
  ];
}
