import { z } from 'zod';
import type { components } from '@/lib/api/schema';
import { timeframeSchema, timeSchema } from '@/lib/api/schemas';

/* What the server says of strategies, checked where it comes in; see lib/api/schemas.ts. */
type Contract = components['schemas'];

const valueSchema = z.union([z.number(), z.boolean(), z.string()]);
/** A value of an input. */
export type InputValue = z.infer<typeof valueSchema>;
/** Values of inputs by name. */
export type InputValues = Readonly<Record<string, InputValue>>;
export const inputValuesSchema = z.record(z.string(), valueSchema);

export const strategyInputSchema = z.object({
  name: z.string(),
  type: z.enum(['int', 'float', 'bool', 'choice', 'source', 'timeframe']),
  title: z.string(),
  default: valueSchema,
  min: z.number().nullable(),
  max: z.number().nullable(),
  step: z.number().nullable(),
  options: z.array(z.string()),
}) satisfies z.ZodType<Contract['StrategyInput'], unknown>;
/** A setting of a strategy, as a form asks for it. */
export type StrategyInput = z.infer<typeof strategyInputSchema>;

export const strategyItemSchema = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  tags: z.array(z.string()),
  timeframe: timeframeSchema,
  inputs: z.array(strategyInputSchema),
  built_in: z.boolean(),
  version: z.number().int().nullable(),
  updated_at: timeSchema.nullable(),
}) satisfies z.ZodType<Contract['StrategyItem'], unknown>;
export type StrategyItem = z.infer<typeof strategyItemSchema>;

export const strategyListSchema = z.object({ strategies: z.array(strategyItemSchema) });

export const strategySchema = strategyItemSchema.extend({
  document: z.string(),
  /** The newest first. */
  versions: z.array(z.object({ version: z.number().int(), created_at: timeSchema.nullable() })),
}) satisfies z.ZodType<Contract['Strategy'], unknown>;
export type Strategy = z.infer<typeof strategySchema>;

export const strategyFaultSchema = z.object({
  code: z.string(),
  /** `long.entry`; empty: the document itself. */
  field: z.string(),
  message: z.string(),
  /** From 1; 0: not known. */
  line: z.number().int(),
  /** From 1, in characters; 0: somewhere in the line. */
  column: z.number().int(),
  length: z.number().int(),
  suggestions: z.array(z.string()),
}) satisfies z.ZodType<Contract['StrategyFault'], unknown>;
export type StrategyFault = z.infer<typeof strategyFaultSchema>;

/** The faults that a refusal carries; none where it carries no such thing. */
export function readFaults(faults: unknown): readonly StrategyFault[] {
  const parsed = z.array(strategyFaultSchema).safeParse(faults);
  return parsed.success ? parsed.data : [];
}

export const tradeSchema = z.object({
  id: z.number().int(),
  /** Empty in a run that was kept before a run had several: it is the run's. */
  symbol: z.string().default(''),
  side: z.enum(['long', 'short']),
  entry_time: timeSchema,
  entry_price: z.number(),
  exit_time: timeSchema,
  exit_price: z.number(),
  quantity: z.number(),
  /** After fees, in the quote currency. */
  pnl: z.number(),
  /** In percent. */
  pnl_pct: z.number(),
  fees: z.number(),
  slippage: z.number(),
  /** The worst and the best price on the way, in percent of the entry's. */
  mae: z.number(),
  mfe: z.number(),
  bars: z.number().int(),
  /** `open`: it has not ended. */
  exit_reason: z.string(),
}) satisfies z.ZodType<Contract['BacktestTrade'], unknown>;
export type Trade = z.infer<typeof tradeSchema>;

export const strategyCheckedSchema = z.object({
  ok: z.boolean(),
  faults: z.array(strategyFaultSchema),
  strategy: strategyItemSchema.nullable(),
  warnings: z.array(z.string()),
  trades: z.array(tradeSchema),
}) satisfies z.ZodType<Contract['StrategyChecked'], unknown>;
export type StrategyChecked = z.infer<typeof strategyCheckedSchema>;
