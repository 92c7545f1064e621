import { z } from 'zod';
import type { components } from '@/lib/api/schema';
import { timeframeSchema, timeSchema } from '@/lib/api/schemas';
import { inputValuesSchema, tradeSchema } from '@/lib/lab/strategy-schemas';

/* What the server says of runs, checked where it comes in; see lib/api/schemas.ts. */
type Contract = components['schemas'];

export const RUN_STATES = ['queued', 'running', 'done', 'failed', 'stopped'] as const;
export const runStatusSchema = z.enum(RUN_STATES);
export type RunStatus = z.infer<typeof runStatusSchema>;

/** Whether it goes on by itself. */
export function isUnderWay(status: RunStatus): boolean {
  return status === 'queued' || status === 'running';
}

export const runProblemSchema = z.object({
  code: z.string(),
  message: z.string(),
  field: z.string(),
}) satisfies z.ZodType<Contract['RunProblem'], unknown>;
export type RunProblem = z.infer<typeof runProblemSchema>;

const number = z.number().nullable();

const summarySchema = z.object({
  final_equity: z.number(),
  total_return: number,
  buy_and_hold_return: number,
  sharpe: number,
  max_drawdown: number,
  trades: number,
  win_rate: number,
  profit_factor: number,
});
export type RunSummary = z.infer<typeof summarySchema>;

/** What names a run or a sweep, and how it stands. */
export const jobShape = {
  id: z.string(),
  name: z.string(),
  status: runStatusSchema,
  progress: z.number(),
  strategy: z.string(),
  /** Of an own strategy; null of a document that is not kept. */
  version: z.number().int().nullable(),
  /** Of several symbols: all, with commas between them; so the venue, unless they share one. */
  symbol: z.string(),
  venue: z.string(),
  practice: z.boolean(),
  timeframe: timeframeSchema,
  created_at: timeSchema,
  finished_at: timeSchema.nullable(),
  error: runProblemSchema.nullable(),
};

export const runItemSchema = z.object({
  ...jobShape,
  from: timeSchema.nullable(),
  to: timeSchema.nullable(),
  bars: z.number().int(),
  live: z.boolean(),
  summary: summarySchema.nullable(),
}) satisfies z.ZodType<Contract['BacktestItem'], unknown>;
export type RunItem = z.infer<typeof runItemSchema>;

export const runListSchema = z.object({ items: z.array(runItemSchema), next: z.string().nullable() });
export type RunList = z.infer<typeof runListSchema>;

export const figureSchema = z.object({
  value: number,
  n: z.number(),
  of: z.string(),
  unit: z.string(),
  formula: z.string(),
  year_days: z.number().optional(),
  why: z.string().optional(),
}) satisfies z.ZodType<Omit<Contract['BacktestFigure'], 'year_days' | 'why'>, unknown>;
/** One number of a report: its value, or why there is none, and what it rests on. */
export type Figure = z.infer<typeof figureSchema>;
export const figuresSchema = z.record(z.string(), figureSchema);
export type Figures = z.infer<typeof figuresSchema>;

export const calendarRowSchema = z.object({
  year: z.number().int(),
  month: z.number().int().nullable(),
  days: z.number().int(),
  /** A fraction. */
  change: number,
}) satisfies z.ZodType<Contract['CalendarRow'], unknown>;
export type CalendarRow = z.infer<typeof calendarRowSchema>;

export const equityPointSchema = z.object({
  time: timeSchema,
  equity: z.number(),
  drawdown: z.number(),
}) satisfies z.ZodType<Contract['EquityPoint'], unknown>;
export type EquityPoint = z.infer<typeof equityPointSchema>;

export const symbolPartSchema = z.object({
  symbol: z.string(),
  venue: z.string(),
  /** Closed ones. */
  trades: z.number().int(),
  won: z.number().int(),
  net_profit: z.number(),
  fees: z.number(),
  slippage: z.number(),
}) satisfies z.ZodType<Contract['BacktestSymbol'], unknown>;
/** What one symbol of a run added. */
export type SymbolPart = z.infer<typeof symbolPartSchema>;

export const limitsSchema = z.object({
  /** 0: as many as there are symbols. */
  max_positions: z.number().int(),
  exposure_percent: z.number(),
  symbol_exposure_percent: z.number(),
}) satisfies z.ZodType<Contract['AccountLimits'], unknown>;
/** What an account may have open at once. */
export type AccountLimits = z.infer<typeof limitsSchema>;

/** What a run was asked for. */
export const runRequestSchema = z.object({
  strategy: z.string().optional(),
  version: z.number().int().optional(),
  document: z.string().optional(),
  /** Several with commas between them. */
  symbol: z.string(),
  timeframe: timeframeSchema.optional(),
  from: timeSchema.nullish(),
  to: timeSchema.nullish(),
  inputs: inputValuesSchema.optional(),
  capital: z.number().optional(),
  commission: z.string().optional(),
  slippage: z.string().optional(),
  funding: z.string().optional(),
  fill: z.enum(['next_open', 'close']).optional(),
  intrabar: z.enum(['pessimistic', 'adaptive', 'magnifier']).optional(),
  protections: z.enum(['default', 'none']).optional(),
  close_at_end: z.boolean().optional(),
  max_positions: z.number().int().optional(),
  exposure_percent: z.number().optional(),
  symbol_exposure_percent: z.number().optional(),
  name: z.string().optional(),
});
export type RunRequest = z.infer<typeof runRequestSchema>;

/** A part whose members are read where it is shown, as lib/lab/evidence.ts does. */
const loose = z.looseObject({}).nullish();
const looseList = z.array(z.looseObject({})).nullish();

export const runSchema = runItemSchema.extend({
  request: runRequestSchema,
  document: z.string().optional(),
  /** Every input with its value in effect. */
  inputs: z.record(z.string(), z.string()).optional(),
  initial_capital: z.number().optional(),
  final_equity: z.number().optional(),
  warm_up_bars: z.number().optional(),
  /** In the order asked for; a run that was kept before there could be several has none. */
  symbols: z.array(symbolPartSchema).optional(),
  limits: limitsSchema.optional(),
  metrics: figuresSchema.optional(),
  long: figuresSchema.optional(),
  short: figuresSchema.optional(),
  months: z.array(calendarRowSchema).optional(),
  years: z.array(calendarRowSchema).optional(),
  fills_policy: z.object({ time: z.string(), intrabar: z.string(), ambiguous_bars: z.number() }).optional(),
  costs: z
    .object({
      commission: z.string(),
      slippage_model: z.string(),
      fees: z.number(),
      slippage: z.number(),
      funding_model: z.string().optional(),
      funding: z.number(),
    })
    .optional(),
  warnings: z.array(z.string()).optional(),
  equity: z.array(equityPointSchema).optional(),
  equity_points: z.number().optional(),
  trades: z.array(tradeSchema).optional(),
  trade_count: z.number().optional(),
  leaks: loose,
  policies: looseList,
  cost_curve: looseList,
  break_even_bps: z.number().nullish(),
  /** Why it breaks even nowhere. */
  break_even_why: z.string().nullish(),
  robustness: loose,
});
/** A run; what belongs to its result is there once it is done. */
export type Run = z.infer<typeof runSchema>;

export const tradePageSchema = z.object({ trades: z.array(tradeSchema), total: z.number().int() });
export type TradePage = z.infer<typeof tradePageSchema>;

export const comparisonSchema = z.object({
  runs: z.array(
    runItemSchema.extend({
      metrics: figuresSchema,
      growth: z.array(z.object({ time: timeSchema, growth: z.number() })),
    }),
  ),
  differences: z.array(z.object({ field: z.string(), values: z.array(z.string()) })),
}) satisfies z.ZodType<{ differences: Contract['BacktestComparison']['differences'] }, unknown>;
export type Comparison = z.infer<typeof comparisonSchema>;

/** How a run or a sweep goes on, as the channel `backtests` tells. */
export const jobEventSchema = z.object({
  kind: z.enum(['backtest', 'sweep']),
  id: z.string(),
  status: z.union([runStatusSchema, z.literal('deleted')]),
  progress: z.number().default(0),
  done: z.number().nullish(),
  total: z.number().nullish(),
  eta_ms: z.number().nullish(),
  error: z
    .union([runProblemSchema, z.string().transform((message) => ({ code: '', message, field: '' }))])
    .nullish(),
});
export type JobEvent = z.infer<typeof jobEventSchema>;

export const jobsSnapshotSchema = z
  .object({ runs: z.array(jobEventSchema).optional() })
  .nullish()
  .transform((snapshot) => snapshot?.runs ?? []);
