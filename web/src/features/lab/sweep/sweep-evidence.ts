import { z } from 'zod';
import { timeSchema } from '@/lib/api/schemas';
import { inputValuesSchema } from '@/lib/lab/strategy-schemas';

/* What a sweep found out besides its cells. The contract leaves these parts open: what is not understood is as if it was absent. */

const number = z.number().nullish().catch(null);

const overfittingSchema = z.object({
  probability: number,
  chance_of_loss: number,
  slope: number,
  variants: number,
  splits: number,
});
export type Overfitting = z.infer<typeof overfittingSchema>;

/** Null: it could not be told. */
export function readOverfitting(part: unknown): Overfitting | null {
  const parsed = overfittingSchema.safeParse(part);
  return parsed.success && parsed.data.probability != null ? parsed.data : null;
}

const stabilitySchema = z.object({
  neighbours: number,
  best: number,
  mean: number,
  worst: number,
  kept: number,
});
export type Stability = z.infer<typeof stabilitySchema>;

export function readStability(part: unknown): Stability | null {
  const parsed = stabilitySchema.safeParse(part);
  return parsed.success && parsed.data.mean != null ? parsed.data : null;
}

const stretchSchema = z.object({ from: timeSchema, to: timeSchema });
const figuresSchema = z.object({ total_return: number, trades: number }).nullish().catch(null);
const foldSchema = z.object({
  inputs: inputValuesSchema.nullish().catch(null),
  train: stretchSchema,
  test: stretchSchema,
  in_sample: number,
  out_of_sample: number,
  in_sample_figures: figuresSchema,
  out_of_sample_figures: figuresSchema,
});
export type Fold = z.infer<typeof foldSchema>;

const walkForwardSchema = z.object({
  kind: z.string().catch(''),
  folds: z.array(foldSchema).min(1),
  efficiency: number,
  initial_capital: number,
  final_equity: number,
  figures: z.object({ objective: number, total_return: number, trades: number }).nullish().catch(null),
  equity: z.array(z.object({ time: timeSchema, equity: z.number() })).catch([]),
});
export type WalkForward = z.infer<typeof walkForwardSchema>;

/** Null: there is none, or not yet. */
export function readWalkForward(part: unknown): WalkForward | null {
  const parsed = walkForwardSchema.safeParse(part);
  return parsed.success ? parsed.data : null;
}
