import { z } from 'zod';
import type { components } from '@/lib/api/schema';
import { timeframeSchema, timeSchema } from '@/lib/api/schemas';

/* What the server says of the expression language, checked where it comes in; see lib/api/schemas.ts. */
type Contract = components['schemas'];

export const VALUE_TYPES = ['float', 'int', 'bool', 'string'] as const;
const valueTypeSchema = z.enum(VALUE_TYPES);
export type ValueType = z.infer<typeof valueTypeSchema>;

const qualifierSchema = z.enum(['series', 'simple', 'const']);
const settingSchema = z.union([z.number(), z.boolean(), z.string()]).nullable();
/** A value of a setting or of an input; null: it must be given. */
export type Setting = z.infer<typeof settingSchema>;

/** Null: there is no bound. */
const boundSchema = z.number().nullable();
/** A name where an empty one means that there is none. */
const nameSchema = z.string().transform((name) => name || null);

const parameterSchema = z.object({
  name: z.string(),
  title: z.string(),
  type: valueTypeSchema,
  qualifier: qualifierSchema,
  default: settingSchema,
  /** The series that stands for one that is left out. */
  default_series: nameSchema,
  min: boundSchema,
  max: boundSchema,
  options: z.array(z.string()),
}) satisfies z.ZodType<Omit<Contract['LanguageParameter'], 'default_series'>, unknown>;
export type Parameter = z.infer<typeof parameterSchema>;

const functionSchema = z.object({
  name: z.string(),
  group: z.string(),
  title: z.string(),
  overload: z.number().int(),
  summary: z.string(),
  units: z.string(),
  lookback: z.string(),
  nan_rule: z.string(),
  example: z.string(),
  talib: nameSchema,
  pine: nameSchema,
  /** In units of price: drawn over the candles. */
  overlay: z.boolean(),
  /** No value means 'none', as of a pattern that is not there. */
  event: z.boolean(),
  seeded: z.boolean(),
  /** Written without parentheses. */
  variable: z.boolean(),
  signature: z.string(),
  parameters: z.array(parameterSchema),
  outputs: z.array(z.object({ name: z.string(), type: valueTypeSchema })),
}) satisfies z.ZodType<
  Omit<Contract['LanguageFunction'], 'talib' | 'pine' | 'source' | 'parameters'>,
  unknown
>;
/** One row of the language's table of functions; overloads are rows of one name. */
export type LanguageFunction = z.infer<typeof functionSchema>;

export const languageTableSchema = z.object({
  functions: z.array(functionSchema),
  keywords: z.array(z.string()),
  variables: z.array(z.object({ name: z.string(), type: valueTypeSchema, summary: z.string() })),
  timeframes: z.array(timeframeSchema),
}) satisfies z.ZodType<Omit<Contract['LanguageTable'], 'functions'>, unknown>;
export type LanguageTable = z.infer<typeof languageTableSchema>;

const plotSchema = z.object({
  title: z.string(),
  type: valueTypeSchema,
  overlay: z.boolean(),
  event: z.boolean(),
}) satisfies z.ZodType<Contract['Plot'], unknown>;
/** One column that an expression gives. */
export type Plot = z.infer<typeof plotSchema>;

const inputSchema = z.object({
  name: z.string(),
  title: z.string(),
  type: valueTypeSchema,
  value: settingSchema,
  default: settingSchema,
  min: boundSchema,
  max: boundSchema,
  step: boundSchema,
  options: z.array(z.string()),
}) satisfies z.ZodType<Contract['LanguageInput'], unknown>;
/** One `input.*` of a text: what a form asks for. */
export type Input = z.infer<typeof inputSchema>;

export const languageErrorSchema = z.object({
  code: z.string(),
  message: z.string(),
  /** From 1, in characters. */
  line: z.number().int().min(1),
  column: z.number().int().min(1),
  length: z.number().int().min(1),
  line_text: z.string(),
  suggestions: z.array(z.string()),
  signature: z.string(),
}) satisfies z.ZodType<Contract['Diagnostic'], unknown>;
/** What is wrong with a text, and where. */
export type LanguageError = z.infer<typeof languageErrorSchema>;

export const checkAnswerSchema = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    canonical: z.string(),
    lookback: z.number().int().nonnegative(),
    plots: z.array(
      plotSchema.extend({ qualifier: qualifierSchema, lookback: z.number().int().nonnegative() }),
    ),
    inputs: z.array(inputSchema),
    /** What the text says and what is not done, such as a drawing. */
    notes: z.array(z.object({ message: z.string(), line: z.number().int(), column: z.number().int() })),
  }),
  z.object({ ok: z.literal(false), errors: z.array(languageErrorSchema).min(1) }),
]) satisfies z.ZodType<Contract['LanguageChecked'], unknown>;
export type CheckAnswer = z.infer<typeof checkAnswerSchema>;
export type GoodCheck = Extract<CheckAnswer, { ok: true }>;

/** NaN travels as null. */
const valueSchema = z.number().nullable();

export const evalAnswerSchema = z.object({
  symbol: z.string(),
  timeframe: timeframeSchema,
  plots: z.array(plotSchema.extend({ values: z.array(valueSchema) })),
  times: z.array(timeSchema),
}) satisfies z.ZodType<Omit<Contract['Evaluation'], 'venue' | 'first_bar'>, unknown>;
export type EvalAnswer = z.infer<typeof evalAnswerSchema>;

export const screenAnswerSchema = z.object({
  timeframe: timeframeSchema,
  /** The latest of the newest closed bars of all that were looked at. */
  newest_bar: timeSchema.nullable(),
  /** How many were found; `rows` has not more of them than were asked for. */
  matched: z.number().int().nonnegative(),
  /** Those of numbers; a condition has none. */
  columns: z.array(plotSchema.extend({ expr: z.string() })),
  rows: z.array(
    z.object({
      symbol: z.string(),
      venue: z.string(),
      time: timeSchema,
      price: z.number(),
      values: z.array(valueSchema),
    }),
  ),
  skipped: z.array(z.object({ symbol: z.string(), venue: z.string(), reason: z.string() })),
}) satisfies z.ZodType<Omit<Contract['Screen'], 'filters' | 'screened' | 'as_of'>, unknown>;
export type ScreenAnswer = z.infer<typeof screenAnswerSchema>;
export type ScreenRow = ScreenAnswer['rows'][number];

/** What an expression has at one bar, as it comes live. */
export const valuesSchema = z.object({
  symbol: z.string(),
  timeframe: timeframeSchema,
  /** Not said with the data of a key, which is that of one text. */
  expr: z.string().default(''),
  time: timeSchema,
  /** The bar is still being made. */
  provisional: z.boolean(),
  values: z.array(valueSchema),
});
export type ValuesEvent = z.infer<typeof valuesSchema>;
