import { z } from 'zod';
import type { components } from '@/lib/api/schema';
import { timeSchema } from '@/lib/api/schemas';
import { jobShape, runRequestSchema } from '@/lib/lab/run-schemas';
import { inputValuesSchema } from '@/lib/lab/strategy-schemas';

/* What the server says of sweeps, checked where it comes in; see lib/api/schemas.ts. */
type Contract = components['schemas'];

const number = z.number().nullable();

const bestSchema = z.object({
  index: z.number().int(),
  inputs: inputValuesSchema,
  objective: number,
  deflated_sharpe: number,
  trials: z.number().int(),
  verdict: z.string(),
  /** The verdict in a sentence. */
  text: z.string().nullish(),
});
/** The highest cell, with what is left of it after so many trials. */
export type SweepBest = z.infer<typeof bestSchema>;

const axisSchema = z.object({
  name: z.string(),
  values: z.array(z.union([z.number(), z.boolean(), z.string()])),
});
export type SweepAxis = z.infer<typeof axisSchema>;

export const sweepItemSchema = z.object({
  ...jobShape,
  done: z.number().int(),
  total: z.number().int(),
  eta_ms: number,
  objective: z.string(),
  search: z.string(),
  axes: z.array(axisSchema),
  best: bestSchema.nullable(),
}) satisfies z.ZodType<Omit<Contract['SweepItem'], 'best'>, unknown>;
export type SweepItem = z.infer<typeof sweepItemSchema>;

export const sweepListSchema = z.object({ items: z.array(sweepItemSchema) });

export const sweepCellSchema = z.object({
  index: z.number().int(),
  inputs: inputValuesSchema,
  objective: number,
  sharpe: number.optional(),
  total_return: number.optional(),
  max_drawdown: number.optional(),
  trades: number.optional(),
  why: z.string().nullish(),
});
export type SweepCell = z.infer<typeof sweepCellSchema>;

/** A part whose members are read where it is shown. */
const loose = z.looseObject({}).nullable();

export const sweepSchema = sweepItemSchema.extend({
  request: runRequestSchema.extend({
    axes: z.record(z.string(), z.string()),
    search: z.enum(['grid', 'random', 'tpe']).optional(),
    trials: z.number().int().optional(),
    seed: z.number().int().optional(),
    objective: z.string().optional(),
    folds: z.number().int().optional(),
    walk_forward: z.enum(['rolling', 'anchored']).optional(),
    purge: z.number().int().optional(),
    embargo: z.number().int().optional(),
  }),
  /** What it is of; null until its first cells are kept. */
  from: timeSchema.nullish(),
  to: timeSchema.nullish(),
  bars: z.number().int().nullish(),
  warm_up_bars: z.number().int().nullish(),
  initial_capital: z.number().nullish(),
  limits: z
    .object({
      max_positions: z.number().int(),
      exposure_percent: z.number(),
      symbol_exposure_percent: z.number(),
    })
    .nullish(),
  folds: z
    .object({
      count: z.number().int(),
      kind: z.enum(['rolling', 'anchored']),
      purge: z.number().int(),
      embargo: z.number().int(),
    })
    .nullish(),
  costs: z
    .object({ commission: z.string(), slippage_model: z.string(), funding_model: z.string().optional() })
    .nullish(),
  cells: z.array(sweepCellSchema),
  skipped: z.number().int(),
  pbo: loose,
  stability: loose,
  walk_forward: loose,
  warnings: z.array(z.string()),
});
export type Sweep = z.infer<typeof sweepSchema>;
export type SweepRequest = Sweep['request'];
