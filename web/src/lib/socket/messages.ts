import { z } from 'zod';
import {
  candleSchema,
  marketStatusSchema,
  tickerSchema,
  timeframeSchema,
  timeSchema,
} from '@/lib/api/schemas';
import { jobEventSchema, jobsSnapshotSchema } from '@/lib/lab/run-schemas';
import type { Inputs } from '@/lib/language/language-client';
import { valuesSchema } from '@/lib/language/types';
import type { SignalTimeframe } from '@/lib/signals/direction';
import { signalDataSchema, signalsSnapshotSchema } from '@/lib/signals/schemas';
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

const pointSchema = z.object({ time: timeSchema, values: z.array(z.number().nullable()) });
/** What an expression has at the newest closed bar and at the forming one, where the server says. */
export const valuesSnapshotSchema = z
  .object({ closed: pointSchema.nullish(), forming: pointSchema.nullish() })
  .nullish()
  .transform((snapshot) => ({ closed: snapshot?.closed ?? null, forming: snapshot?.forming ?? null }));

/** What each channel carries. */
export const CHANNELS = {
  market_data: { snapshot: marketDataSnapshotSchema, data: marketDataSchema },
  tickers: { snapshot: tickersSnapshotSchema, data: tickerSchema },
  feed_status: { snapshot: marketStatusSchema, data: marketStatusSchema },
  signals: { snapshot: signalsSnapshotSchema, data: signalDataSchema },
  backtests: { snapshot: jobsSnapshotSchema, data: jobEventSchema },
} as const;
export type Channel = keyof typeof CHANNELS;

/** The same, and what `market_data` carries of an expression. */
export const FEEDS = {
  ...CHANNELS,
  values: { snapshot: valuesSnapshotSchema, data: valuesSchema },
} as const;
export type Feed = keyof typeof FEEDS;
export type SnapshotOf<F extends Feed> = z.output<(typeof FEEDS)[F]['snapshot']>;
export type DataOf<F extends Feed> = z.output<(typeof FEEDS)[F]['data']>;

export interface ValuesRequest {
  readonly channel: 'market_data';
  readonly params: {
    readonly symbol: string;
    readonly timeframe: Timeframe;
    readonly expr: string;
    readonly inputs?: Inputs;
  };
}
export type Request =
  | {
      readonly channel: 'market_data';
      readonly params: { readonly symbol: string; readonly timeframe: Timeframe };
    }
  | ValuesRequest
  | { readonly channel: 'tickers' }
  | { readonly channel: 'feed_status' }
  | { readonly channel: 'backtests' }
  | {
      readonly channel: 'signals';
      /** `*` is every symbol; without a timeframe it is all six. */
      readonly params: { readonly symbol: string; readonly timeframe?: SignalTimeframe };
    }
  | {
      readonly channel: 'signals';
      /** What the strategies do that run on the desk, on a timeframe that may be one without signals. */
      readonly params: { readonly symbol: string; readonly timeframe: Timeframe; readonly strategies: true };
    };

/** What a request is answered with. */
export type FeedOf<R extends Request> = R extends ValuesRequest ? 'values' : R['channel'];

export function feedOf(request: Request): Feed {
  return request.channel === 'market_data' && 'expr' in request.params ? 'values' : request.channel;
}

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
    limits: z.object({ message_bytes: z.number().int().positive() }).optional(),
  }),
  z.object({ type: z.literal('auth_required'), within_ms: z.number().int().positive() }),
  z.object({ type: z.literal('authenticated'), id: z.number().int().optional() }),
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
  // Of an expression; where it has no key it says itself what it belongs to.
  valuesSchema.extend({
    type: z.literal('values'),
    channel: z.literal('market_data'),
    key: z.string().optional(),
    offset: offset.optional(),
  }),
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

const KNOWN_TYPES: ReadonlySet<string> = new Set(
  serverMessageSchema.options.flatMap((option) => [...option.shape.type.values]),
);

/** Whether a message is of a kind that a newer server has: such ones are no fault, and left alone. */
export function isUnknownKind(message: unknown): boolean {
  const type = (message as { readonly type?: unknown } | null)?.type;
  return typeof type === 'string' && !KNOWN_TYPES.has(type);
}
