import { z } from 'zod';
import {
  candleSchema,
  marketStatusSchema,
  tickerSchema,
  timeframeSchema,
  timeSchema,
} from '@/lib/api/schemas';
import type { Timeframe } from '@/lib/timeframe';

/* The messages of docs/asyncapi.yaml. A test feeds every example of that file through these schemas. */

export const marketDataSchema = z.object({
  kind: z.enum(['forming', 'closed', 'revised']),
  symbol: z.string(),
  venue: z.string(),
  timeframe: timeframeSchema,
  candle: candleSchema,
  gapped: z.boolean().optional(),
});
export type MarketDataEvent = z.infer<typeof marketDataSchema>;

export const marketDataSnapshotSchema = z.object({
  symbol: z.string(),
  venue: z.string(),
  timeframe: timeframeSchema,
  closed: candleSchema.nullable(),
  forming: candleSchema.nullable(),
});
export type MarketDataSnapshot = z.infer<typeof marketDataSnapshotSchema>;

export const tickersSnapshotSchema = z.object({ tickers: z.array(tickerSchema) });

/** What each channel carries. */
export const CHANNELS = {
  market_data: { snapshot: marketDataSnapshotSchema, data: marketDataSchema },
  tickers: { snapshot: tickersSnapshotSchema, data: tickerSchema },
  feed_status: { snapshot: marketStatusSchema, data: marketStatusSchema },
} as const;
export type Channel = keyof typeof CHANNELS;
export type SnapshotOf<C extends Channel> = z.output<(typeof CHANNELS)[C]['snapshot']>;
export type DataOf<C extends Channel> = z.output<(typeof CHANNELS)[C]['data']>;

export type Request =
  | {
      readonly channel: 'market_data';
      readonly params: { readonly symbol: string; readonly timeframe: Timeframe };
    }
  | { readonly channel: 'tickers' }
  | { readonly channel: 'feed_status' };

const offset = z.number().int().nonnegative();

export const serverMessageSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('welcome'),
    protocol: z.literal(1),
    server_time: timeSchema,
    version: z.string(),
    market: z.enum(['live', 'practice', 'replay']),
    venue: z.string(),
    heartbeat_ms: z.number().int().min(1000),
  }),
  z.object({
    type: z.literal('subscribed'),
    id: z.number().int(),
    channel: z.string(),
    key: z.string(),
    epoch: z.string(),
    offset,
    snapshot: z.unknown(),
  }),
  z.object({ type: z.literal('unsubscribed'), id: z.number().int(), key: z.string() }),
  z.object({ type: z.literal('data'), channel: z.string(), key: z.string(), offset, data: z.unknown() }),
  z.object({
    type: z.literal('gap'),
    channel: z.string(),
    key: z.string(),
    missed: z.number().int().positive(),
    offset,
    closed: z.boolean(),
  }),
  z.object({ type: z.literal('pong'), id: z.number().int().optional(), server_time: timeSchema }),
  z.object({
    type: z.literal('error'),
    id: z.number().int().optional(),
    code: z.string(),
    message: z.string(),
    retryable: z.boolean(),
  }),
]);
export type ServerMessage = z.infer<typeof serverMessageSchema>;
