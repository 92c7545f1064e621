import { requestJson } from '@/lib/api/request';
import { TurnQueue } from '@/lib/language/turn-queue';
import {
  type CheckAnswer,
  checkAnswerSchema,
  type EvalAnswer,
  evalAnswerSchema,
  type LanguageTable,
  languageTableSchema,
  type ScreenAnswer,
  type Setting,
  screenAnswerSchema,
} from '@/lib/language/types';
import type { UnixMs } from '@/lib/time';
import type { Timeframe } from '@/lib/timeframe';

/** Values for the `input.*` of a text, by their names. */
export type Inputs = Readonly<Record<string, Setting>>;

/** The server works at two evaluations and screens of one account at a time. */
export const evaluationTurns = new TurnQueue(2);

export async function fetchLanguage(signal?: AbortSignal): Promise<LanguageTable> {
  return requestJson('/api/language/functions', languageTableSchema, { signal });
}

/** Where an expression is meant to run; what it may say depends on it. */
export interface CheckContext {
  readonly timeframe?: Timeframe | undefined;
  readonly symbol?: string | undefined;
  readonly inputs?: Inputs | undefined;
}

export async function checkExpression(
  text: string,
  { timeframe, symbol, inputs }: CheckContext,
  signal?: AbortSignal,
): Promise<CheckAnswer> {
  const body = {
    text,
    ...(timeframe ? { timeframe } : {}),
    ...(symbol ? { symbol } : {}),
    ...(inputs && Object.keys(inputs).length > 0 ? { inputs } : {}),
  };
  return requestJson('/api/language/check', checkAnswerSchema, { method: 'POST', body, signal });
}

export interface EvalRange {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly expr: string;
  readonly inputs: Inputs;
  readonly from?: UnixMs;
  readonly to?: UnixMs;
  readonly limit: number;
}

/** What an address takes everywhere on its way; a longer text goes in the body. */
const addressMost = 2000;

/** The values of an expression, of the same bars that `fetchCandles` gives for the range. */
export async function evaluate(range: EvalRange, signal?: AbortSignal): Promise<EvalAnswer> {
  const { symbol, timeframe, expr, inputs, from, to, limit } = range;
  const hasInputs = Object.keys(inputs).length > 0;
  const path = `/api/market/eval/${encodeURIComponent(symbol)}`;
  const query = new URLSearchParams({ timeframe, expr, limit: String(limit) });
  if (from !== undefined) query.set('from', String(from));
  if (to !== undefined) query.set('to', String(to));
  if (hasInputs) query.set('inputs', JSON.stringify(inputs));
  const address = `${path}?${query}`;
  if (address.length <= addressMost) {
    return evaluationTurns.run(() => requestJson(address, evalAnswerSchema), signal);
  }
  const body = {
    timeframe,
    expr: [expr],
    limit,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(hasInputs ? { inputs } : {}),
  };
  return evaluationTurns.run(() => requestJson(path, evalAnswerSchema, { method: 'POST', body }), signal);
}

export interface Screen {
  readonly expressions: readonly string[];
  readonly timeframe: Timeframe;
  /** `2 desc`: by the second column of numbers, highest first; null: as the server likes. */
  readonly sort: string | null;
  readonly limit: number;
}

export async function screen(
  { expressions, timeframe, sort, limit }: Screen,
  signal?: AbortSignal,
): Promise<ScreenAnswer> {
  const query = new URLSearchParams(expressions.map((text) => ['expr', text]));
  query.set('timeframe', timeframe);
  query.set('limit', String(limit));
  if (sort !== null) query.set('sort', sort);
  return evaluationTurns.run(() => requestJson(`/api/market/screen?${query}`, screenAnswerSchema), signal);
}
