import { z } from 'zod';

/*
 * What stands beside a run's result and may not be there: other policies, other costs, what chance would have shown, leaks.
 * The contract leaves these parts open, so each member is read for itself, and what is not understood is as if it was absent.
 */

const number = z.number().nullish().catch(null);
const text = z.string().catch('');
const grade = z.enum(['good', 'doubtful', 'bad', 'unknown']).catch('unknown');
/** How a run stands in one regard. */
export type Grade = z.infer<typeof grade>;

/** Those items of a list that are understood. */
function readList<Schema extends z.ZodType>(list: unknown, schema: Schema): z.output<Schema>[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((item) => {
    const parsed = schema.safeParse(item);
    return parsed.success ? [parsed.data] : [];
  });
}

const outcome = {
  net_profit: number,
  total_return: number,
  sharpe: number,
  max_drawdown: number,
  trades: number,
};

const policySchema = z.object({
  time: z.string(),
  intrabar: z.string(),
  /** The one of the run itself. */
  asked: z.boolean().catch(false),
  /** False: it could not be made. */
  run: z.boolean().catch(true),
  ambiguous_bars: number,
  ...outcome,
});
export type PolicyOutcome = z.infer<typeof policySchema>;

export function readPolicies(list: unknown): readonly PolicyOutcome[] {
  return readList(list, policySchema);
}

const costSchema = z.object({ bps: z.number(), ...outcome });
export type CostOutcome = z.infer<typeof costSchema>;

/** By rising cost. */
export function readCostCurve(list: unknown): readonly CostOutcome[] {
  return readList(list, costSchema).sort((a, b) => a.bps - b.bps);
}

const leakSchema = z.object({ kind: text, line: number, rule: text, text });
const leaksSchema = z.object({
  passed: z.boolean().nullish().catch(null),
  text,
  bars: number,
  cuts: number,
  found: z
    .unknown()
    .optional()
    .transform((found) => readList(found, leakSchema)),
});
export type Leaks = z.infer<typeof leaksSchema>;

/** Null: nobody has looked. */
export function readLeaks(part: unknown): Leaks | null {
  const parsed = leaksSchema.safeParse(part);
  return parsed.success && typeof parsed.data.passed === 'boolean' ? parsed.data : null;
}

const spreadSchema = z
  .object({ mean: number, q05: number, q25: number, q50: number, q75: number, q95: number })
  .nullish()
  .catch(null);
export type Spread = NonNullable<z.infer<typeof spreadSchema>>;

/** Growth of the capital after so many returns: the quantiles 5, 25, 50, 75 and 95 %. */
export interface Fan {
  readonly after: readonly number[];
  readonly bands: readonly (readonly number[])[];
}

const monteCarloSchema = z
  .object({
    n: number,
    chance_of_loss: number,
    total_return: spreadSchema,
    max_drawdown: spreadSchema,
    sharpe: spreadSchema,
    after: z.array(z.number()).catch([]),
    growth: z.array(z.array(z.number())).catch([]),
  })
  .nullish()
  .catch(null);
export type MonteCarlo = NonNullable<z.infer<typeof monteCarloSchema>>;

/** Null where the bands are not told. */
export function fanOf({ after, growth }: MonteCarlo): Fan | null {
  const whole =
    growth.length === after.length && growth.length > 1 && growth.every((one) => one.length === 5);
  return whole ? { after, bands: growth } : null;
}

const stretchSchema = z.object({
  from: z.number(),
  to: z.number(),
  trades: number,
  total_return: number,
  sharpe: number,
  max_drawdown: number,
});
export type Stretch = z.infer<typeof stretchSchema>;

/** One check against chance. */
export interface Check {
  readonly key: string;
  readonly name: string;
  readonly grade: Grade;
  readonly verdict: string;
}

const CHECKS: readonly (readonly [key: string, name: string])[] = [
  ['psr', 'More than luck'],
  ['dsr', 'After all that was tried'],
  ['monte_carlo', 'Its stretches in another order'],
  ['shuffle', 'Its trades in another order'],
  ['random_entries', 'Against random entries'],
  ['stretches', 'Over time'],
];

export interface Robustness {
  readonly grade: Grade;
  readonly verdict: string;
  /** Variants of the strategy that were looked at so far. */
  readonly trials: number | null;
  readonly checks: readonly Check[];
  readonly monteCarlo: MonteCarlo | null;
  readonly stretches: readonly Stretch[];
}

const partSchema = z.object({ grade, verdict: text });

/** Null: it was not looked at. */
export function readRobustness(part: unknown): Robustness | null {
  if (typeof part !== 'object' || part === null) return null;
  const members = part as Readonly<Record<string, unknown>>;
  const checks = CHECKS.flatMap(([key, name]) => {
    const parsed = partSchema.safeParse(members[key]);
    return parsed.success && parsed.data.verdict !== '' ? [{ key, name, ...parsed.data }] : [];
  });
  const whole = partSchema.parse({ grade: members.grade, verdict: members.verdict });
  const folds = members.stretches as { readonly folds?: unknown } | null | undefined;
  const monteCarlo = monteCarloSchema.parse(members.monte_carlo) ?? null;
  if (checks.length === 0 && whole.verdict === '') return null;
  return {
    ...whole,
    trials: typeof members.trials === 'number' ? members.trials : null,
    checks,
    monteCarlo,
    stretches: readList(folds?.folds, stretchSchema),
  };
}
