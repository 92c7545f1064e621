import { z } from 'zod';
import type { components } from '@/lib/api/schema';
import { timeSchema } from '@/lib/api/schemas';
import { DIRECTIONS, HORIZONS, SIGNAL_TIMEFRAMES } from '@/lib/signals/direction';

/* What the server says of signals, checked where it comes in; see lib/api/schemas.ts. */
type Contract = components['schemas'];

const timeframeSchema = z.enum(SIGNAL_TIMEFRAMES);
const horizonSchema = z.enum(HORIZONS);
const directionSchema = z.enum(DIRECTIONS);
const regimeSchema = z.enum(['trend', 'range']);
export type Regime = z.infer<typeof regimeSchema>;
const scoreSchema = z.number().min(0).max(100).nullable();
const shareSchema = z.number().min(0).max(1).nullable();
const ratingSchema = z.number().min(-1).max(1).nullable();

/** What is said of a symbol as a whole, and how old it is. */
const said = {
  symbol: z.string(),
  venue: z.string(),
  practice: z.boolean(),
  /** Of bars under way, where that was asked for. */
  provisional: z.boolean(),
  /** When the newest closed bar closed. */
  as_of: timeSchema.nullable(),
  stale: z.boolean(),
  stale_since: timeSchema.nullable(),
  horizon: horizonSchema,
  /** The one that leads; null where none has a signal. */
  timeframe: timeframeSchema.nullable(),
  price: z.number().nullable(),
  score: scoreSchema,
  direction: directionSchema.nullable(),
  confidence: shareSchema,
  probability: shareSchema,
  regime: regimeSchema.nullable(),
  sentence: z.string(),
};

/** What is said of one timeframe, in the answers and on the board. */
const cell = {
  timeframe: timeframeSchema,
  provisional: z.boolean(),
  /** When the bar opened. */
  bar_time: timeSchema.nullable(),
  score: scoreSchema,
  direction: directionSchema.nullable(),
  confidence: shareSchema,
  probability: shareSchema,
  rating_tradingview: ratingSchema,
};

const cellSchema = z.object(cell);
export type SignalCell = z.infer<typeof cellSchema>;

export const summarySchema = z.object({
  ...said,
  timeframes: z.array(cellSchema),
}) satisfies z.ZodType<Contract['SignalSummary'], unknown>;
export type SignalSummary = z.infer<typeof summarySchema>;

export const boardSchema = z.object({
  horizon: horizonSchema,
  symbols: z.array(summarySchema),
  waiting: z.array(z.object({ symbol: z.string(), venue: z.string(), reason: z.string() })),
  /** Of which an expression has no answer. */
  skipped: z.array(z.object({ symbol: z.string(), venue: z.string(), reason: z.string() })),
}) satisfies z.ZodType<Contract['SignalBoard'], unknown>;
export type SignalBoard = z.infer<typeof boardSchema>;

const componentSchema = z.object({
  name: z.string(),
  family: z.string(),
  value: z.number().nullable(),
  vote: z.number().min(-1).max(1).nullable(),
  weight: z.number(),
  /** Points of the score, before the longer timeframes have had their say. */
  contribution: z.number(),
  reason: z.string(),
});
export type SignalComponent = z.infer<typeof componentSchema>;

const timeframeSignalSchema = z.object({
  ...cell,
  status: z.enum(['ready', 'not_enough_history']),
  bars: z.number().int(),
  bars_needed: z.number().int(),
  /** Bars that open in this span would make a score of those that there are. */
  missing: z.object({ from: timeSchema, to: timeSchema }).nullable(),
  trend: z.enum(['up', 'down', 'sideways']).nullable(),
  regime: regimeSchema.nullable(),
  components: z.array(componentSchema),
  patterns: z.array(z.string()),
}) satisfies z.ZodType<Contract['TimeframeSignal'], unknown>;
export type TimeframeSignal = z.infer<typeof timeframeSignalSchema>;

const reasonSchema = z.object({ text: z.string(), contribution: z.number() });
export type Reason = z.infer<typeof reasonSchema>;

const worthOnceSchema = z.object({ hit_rate: z.number(), mean_return: z.number() });

export const answerSchema = z.object({
  ...said,
  timeframes: z.array(timeframeSignalSchema),
  technical: z.object({ score: scoreSchema }),
  ai: z.object({
    /** Only a `used` forecast is in the score, and has numbers. */
    status: z.enum(['no_model', 'no_forecast', 'stale', 'used']),
    score: scoreSchema,
    probability_up: shareSchema,
    horizon: horizonSchema.nullable(),
    model_id: z.string().nullable(),
    /** Close of the newest bar that the model has seen. */
    as_of: timeSchema.nullable(),
  }),
  confirmation: z.object({
    aligned: z.boolean(),
    /** `agree` is `aligned`; `against`: every longer timeframe that leans at all leans the other way. */
    verdict: z.enum(['agree', 'mixed', 'against', 'none']),
    timeframes: z.array(z.object({ timeframe: timeframeSchema, bar_time: timeSchema, rating: z.number() })),
    effect: z.number(),
  }),
  /** 50 and all contributions, added up in this order, are the score. */
  reasons: z.array(reasonSchema),
  /** What signals of this band, symbol and timeframe were worth; null under 30. */
  track_record: worthOnceSchema
    .extend({
      band: directionSchema.nullable(),
      timeframe: timeframeSchema,
      horizon: horizonSchema,
      n: z.number().int(),
      paid: z.number().int(),
      always_long: worthOnceSchema,
    })
    .nullable(),
  cached: z.boolean(),
  /** When the next bar of a minute will have closed. */
  expires_at: timeSchema,
}) satisfies z.ZodType<Contract['SignalAnswer'], unknown>;
export type SignalAnswer = z.infer<typeof answerSchema>;

const worthSchema = z.object({
  n: z.number().int(),
  hit_rate: shareSchema,
  mean_return: z.number().nullable(),
}) satisfies z.ZodType<Contract['SignalWorth'], unknown>;
export type SignalWorth = z.infer<typeof worthSchema>;

const bandSchema = z.object({
  n: z.number().int(),
  independent: z.number(),
  hit_rate: shareSchema,
  interval: z.tuple([z.number(), z.number()]).nullable(),
  mean_return: z.number().nullable(),
  median_return: z.number().nullable(),
  brier: z.number().nullable(),
  brier_base: z.number().nullable(),
  ece: z.number().nullable(),
  told: z.number().int(),
  baselines: z.object({ always_long: worthSchema, tradingview: worthSchema, coin: worthSchema }),
  verdict: z.string(),
}) satisfies z.ZodType<Contract['SignalBand'], unknown>;
export type SignalBand = z.infer<typeof bandSchema>;

const binSchema = z.object({
  from: z.number(),
  to: z.number(),
  n: z.number().int(),
  /** The mean probability that was told, and the share that paid. */
  told: z.number(),
  paid: z.number(),
});
export type ReliabilityBin = z.infer<typeof binSchema>;

export const recordSchema = z.object({
  symbol: z.string(),
  venue: z.string(),
  timeframe: timeframeSchema,
  horizon: horizonSchema,
  round_trip_cost: z.number(),
  components: z.string(),
  signals: z.number().int(),
  first: timeSchema.nullable(),
  last: timeSchema.nullable(),
  bands: z.object({
    strong_sell: bandSchema,
    sell: bandSchema,
    neutral: bandSchema,
    buy: bandSchema,
    strong_buy: bandSchema,
  }),
  all: bandSchema,
  reliability: z.array(binSchema),
}) satisfies z.ZodType<Contract['SignalRecord'], unknown>;
export type SignalRecord = z.infer<typeof recordSchema>;

const keptSignalSchema = z.object({
  bar_time: timeSchema,
  emitted_at: timeSchema,
  direction: directionSchema.nullable(),
  regime: regimeSchema,
  score: scoreSchema,
  confidence: z.number().min(0).max(1),
  price: z.number(),
  rating_tradingview: ratingSchema,
  /** What the model said that is in the score; null where none is. */
  probability_up: shareSchema,
  model_id: z.string().nullable(),
  outcomes: z.array(
    z.object({
      horizon: horizonSchema,
      probability: shareSchema,
      /** Of the price over the horizon; null while it is open, and where it cannot be judged. */
      change: z.number().nullable(),
    }),
  ),
});
export type KeptSignal = z.infer<typeof keptSignalSchema>;

/** The signals of a timeframe as they were emitted, the oldest first. */
export const historySchema = z.object({
  symbol: z.string(),
  venue: z.string(),
  timeframe: timeframeSchema,
  /** Signals of bars that opened earlier were pruned; null: none was. */
  kept_from: timeSchema.nullable(),
  signals: z.array(keptSignalSchema),
}) satisfies z.ZodType<Contract['SignalHistory'], unknown>;
export type SignalHistory = z.infer<typeof historySchema>;

/** What a timeframe says at a closed bar, as it comes live; at the bar under way only where a subscription asks for it. */
export const signalEventSchema = z.object({
  kind: z.literal('signal'),
  symbol: z.string(),
  venue: z.string(),
  timeframe: timeframeSchema,
  bar_time: timeSchema,
  provisional: z.boolean(),
  score: z.number().min(0).max(100),
  direction: directionSchema,
  confidence: z.number().min(0).max(1),
  probability: shareSchema,
  regime: regimeSchema,
  price: z.number(),
  rating_tradingview: ratingSchema,
});
export type SignalEvent = z.infer<typeof signalEventSchema>;

/** Whether a symbol's signals are old: told once when they become so, and once when they no longer are. */
export const signalStateSchema = z.object({
  kind: z.literal('state'),
  symbol: z.string(),
  venue: z.string(),
  as_of: timeSchema.nullable(),
  stale: z.boolean(),
  stale_since: timeSchema.nullable(),
});

/** What a strategy that runs on the desk did at a closed bar. */
export const strategyEventSchema = z.object({
  kind: z.literal('strategy'),
  /** The run that it comes from. */
  run: z.string(),
  strategy: z.string(),
  symbol: z.string(),
  venue: z.string(),
  timeframe: timeframeSchema,
  bar_time: timeSchema,
  event: z.enum(['entry', 'exit']),
  side: z.enum(['long', 'short']),
  price: z.number(),
  reason: z.string().nullish(),
});
export type StrategyEvent = z.infer<typeof strategyEventSchema>;

/** What the channel carries; of strategies only where a subscription asks for it. */
export const signalDataSchema = z.discriminatedUnion('kind', [
  signalEventSchema,
  signalStateSchema,
  strategyEventSchema,
]);

export const signalsSnapshotSchema = z.object({
  signals: z.array(signalEventSchema),
  states: z.array(signalStateSchema),
  /** What the strategies on the desk did last, where that is told. */
  strategies: z.array(strategyEventSchema).optional(),
});
