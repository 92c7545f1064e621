import { z } from 'zod';
import type { components } from '@/lib/api/schema';
import { unixMs } from '@/lib/time';
import { TIMEFRAMES } from '@/lib/timeframe';

/*
 * What the server says, checked where it comes in. Each schema is held against the type that is generated from
 * docs/openapi.yaml: a field that is renamed there does not compile here. Unknown fields are dropped, as the contract asks.
 */
type Contract = components['schemas'];

export const timeSchema = z.number().int().nonnegative().transform(unixMs);
export const timeframeSchema = z.enum(TIMEFRAMES);

export const candleSchema = z
  .tuple([timeSchema, z.number(), z.number(), z.number(), z.number(), z.number().nonnegative()])
  .transform(([time, open, high, low, close, volume]) => ({ time, open, high, low, close, volume }));

/** One bar. `time` is its open time; volume is in base units. */
export type Bar = z.infer<typeof candleSchema>;

export const instrumentSchema = z.object({
  symbol: z.string(),
  venue: z.string(),
  base: z.string(),
  quote: z.string(),
  tick_size: z.string(),
  lot_size: z.string(),
  timeframes: z.array(timeframeSchema),
  practice: z.boolean(),
  followed: z.boolean(),
}) satisfies z.ZodType<Contract['Instrument'], unknown>;
export type Instrument = z.infer<typeof instrumentSchema>;

export const symbolListSchema = z.object({ symbols: z.array(instrumentSchema) }) satisfies z.ZodType<
  Contract['SymbolList'],
  unknown
>;

const backfillSchema = z.object({
  state: z.enum(['none', 'idle', 'running', 'done']),
  oldest: timeSchema.nullable(),
}) satisfies z.ZodType<Contract['Backfill'], unknown>;
export type Backfill = z.infer<typeof backfillSchema>;

const sourcePieceSchema = z.object({
  timeframe: timeframeSchema,
  from: timeSchema,
  to: timeSchema,
}) satisfies z.ZodType<Contract['SourcePiece'], unknown>;
export type SourcePiece = z.infer<typeof sourcePieceSchema>;

export const candlePageSchema = z.object({
  symbol: z.string(),
  venue: z.string(),
  timeframe: timeframeSchema,
  source: z.array(sourcePieceSchema),
  candles: z.array(candleSchema),
  gaps: z.array(z.tuple([timeSchema, timeSchema])),
  gapped: z.array(timeSchema),
  backfill: backfillSchema,
}) satisfies z.ZodType<Omit<Contract['CandlePage'], 'candles'>, unknown>;
export type CandlePage = z.infer<typeof candlePageSchema>;

export const tickerSchema = z.object({
  symbol: z.string(),
  venue: z.string(),
  price: z.number().nullable(),
  bid: z.number().nullable(),
  ask: z.number().nullable(),
  change_24h: z.number().nullable(),
  volume_24h: z.number().nullable(),
  time: timeSchema.nullable(),
}) satisfies z.ZodType<Contract['Ticker'], unknown>;
export type Ticker = z.infer<typeof tickerSchema>;

const historyItemSchema = z.object({
  symbol: z.string(),
  venue: z.string(),
  timeframe: timeframeSchema,
  state: z.enum(['queued', 'running', 'done', 'failed']),
  progress: z.number().min(0).max(1),
  oldest: timeSchema.nullable(),
  detail: z.string().nullable(),
}) satisfies z.ZodType<Contract['HistoryItem'], unknown>;
export type HistoryItem = z.infer<typeof historyItemSchema>;

export const marketStatusSchema = z.object({
  market: z.enum(['live', 'practice', 'replay']),
  venue: z.string(),
  server_time: timeSchema,
  feed: z.object({
    state: z.enum(['connecting', 'backfilling', 'live', 'stale', 'down']),
    since: timeSchema,
    detail: z.string(),
    last_message: timeSchema.nullable(),
  }),
  history: z.array(historyItemSchema),
}) satisfies z.ZodType<Contract['MarketStatus'], unknown>;
export type MarketStatus = z.infer<typeof marketStatusSchema>;

export const readySchema = z.object({
  status: z.enum(['pass', 'warn', 'fail']),
  /** What is checked, and how it stands; only administrators and this machine are told. */
  checks: z
    .array(
      z.object({
        name: z.string(),
        status: z.enum(['pass', 'warn', 'fail']),
        detail: z.string(),
        since: timeSchema.optional(),
      }),
    )
    .optional(),
});
export type Ready = z.infer<typeof readySchema>;

export const problemSchema = z.object({
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  code: z.string(),
  field: z.string().optional(),
  request_id: z.string().optional(),
  suggestions: z.array(z.string()).optional(),
  /** Of a `bad_expression`: the place of the fault, in the words of lib/language/types.ts. */
  diagnostic: z.unknown().optional(),
  /** Of a `bad_strategy`: what is wrong with the document, in the words of lib/lab/strategy-schemas.ts. */
  faults: z.unknown().optional(),
});
