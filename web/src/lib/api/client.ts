import { requestJson } from '@/lib/api/request';
import {
  type CandlePage,
  candlePageSchema,
  type Instrument,
  type MarketStatus,
  marketStatusSchema,
  type Ready,
  readySchema,
  symbolListSchema,
  type Ticker,
  tickerSchema,
} from '@/lib/api/schemas';
import type { UnixMs } from '@/lib/time';
import type { Timeframe } from '@/lib/timeframe';

export async function fetchSymbols(signal?: AbortSignal): Promise<readonly Instrument[]> {
  return (await requestJson('/api/market/symbols', symbolListSchema, { signal })).symbols;
}

export interface CandleRange {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly from?: UnixMs;
  readonly to?: UnixMs;
  readonly limit: number;
}

export async function fetchCandles(range: CandleRange, signal?: AbortSignal): Promise<CandlePage> {
  const query = new URLSearchParams({ timeframe: range.timeframe, limit: String(range.limit) });
  if (range.from !== undefined) query.set('from', String(range.from));
  if (range.to !== undefined) query.set('to', String(range.to));
  return requestJson(`/api/market/candles/${encodeURIComponent(range.symbol)}?${query}`, candlePageSchema, {
    signal,
  });
}

export async function fetchTicker(symbol: string, signal?: AbortSignal): Promise<Ticker> {
  return requestJson(`/api/market/ticker/${encodeURIComponent(symbol)}`, tickerSchema, { signal });
}

export async function fetchStatus(signal?: AbortSignal): Promise<MarketStatus> {
  return requestJson('/api/market/status', marketStatusSchema, { signal });
}

/** Also when the server is not ready: the body then says what is wrong. */
export async function fetchReady(signal?: AbortSignal): Promise<Ready> {
  return requestJson('/health/ready', readySchema, { signal, accept: [503] });
}
