import type { z } from 'zod';
import {
  type CandlePage,
  candlePageSchema,
  type Instrument,
  type MarketStatus,
  marketStatusSchema,
  problemSchema,
  type Ready,
  readySchema,
  symbolListSchema,
  type Ticker,
  tickerSchema,
} from '@/lib/api/schemas';
import type { UnixMs } from '@/lib/time';
import type { Timeframe } from '@/lib/timeframe';

/**
 * A request that failed, in words a person can act on.
 *
 * `code` is the server's (`unknown_symbol`), or one of ours: `unreachable` (no answer at all), `bad_answer` (the
 * answer is not what the contract says).
 */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly code: string;
  readonly status: number;
  readonly suggestions: readonly string[];
  readonly requestId: string | undefined;

  constructor(problem: {
    code: string;
    status: number;
    detail: string;
    suggestions?: readonly string[] | undefined;
    requestId?: string | undefined;
  }) {
    super(problem.detail);
    this.code = problem.code;
    this.status = problem.status;
    this.suggestions = problem.suggestions ?? [];
    this.requestId = problem.requestId;
  }

  /** Whether the same request may succeed later without anybody changing it. */
  get retryable(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

export function toProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new ApiProblem({ code: 'bad_answer', status: 0, detail });
}

async function problemOf(response: Response): Promise<ApiProblem> {
  const parsed = problemSchema.safeParse(await response.json().catch(() => null));
  if (parsed.success) return new ApiProblem({ ...parsed.data, requestId: parsed.data.request_id });
  return new ApiProblem({
    code: 'bad_answer',
    status: response.status,
    detail: `The server answered ${response.status} without saying why. Its log has the reason.`,
  });
}

async function getJson<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  options: { signal?: AbortSignal | undefined; accept?: readonly number[] } = {},
): Promise<z.output<Schema>> {
  let response: Response;
  try {
    response = await fetch(path, {
      headers: { Accept: 'application/json' },
      ...(options.signal ? { signal: options.signal } : {}),
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new ApiProblem({
      code: 'unreachable',
      status: 0,
      detail: 'The server does not answer. Check that it runs; the page tries again by itself.',
    });
  }
  if (!response.ok && !options.accept?.includes(response.status)) throw await problemOf(response);
  const parsed = schema.safeParse(await response.json().catch(() => null));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const place = issue && issue.path.length > 0 ? ` at '${issue.path.join('.')}'` : '';
  throw new ApiProblem({
    code: 'bad_answer',
    status: response.status,
    detail: `The answer of ${path.split('?')[0]} is not understood${place}. Reload the page: it may be older than the server.`,
  });
}

export async function fetchSymbols(signal?: AbortSignal): Promise<readonly Instrument[]> {
  return (await getJson('/api/market/symbols', symbolListSchema, { signal })).symbols;
}

export interface CandleRange {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly from?: UnixMs;
  readonly to?: UnixMs;
  readonly limit: number;
}

export async function fetchCandles(range: CandleRange, signal?: AbortSignal): Promise<CandlePage> {
  const query = new URLSearchParams({ timeframe: range.timeframe, limit: String(range.limit) });
  if (range.from !== undefined) query.set('from', String(range.from));
  if (range.to !== undefined) query.set('to', String(range.to));
  return getJson(`/api/market/candles/${encodeURIComponent(range.symbol)}?${query}`, candlePageSchema, {
    signal,
  });
}

export async function fetchTicker(symbol: string, signal?: AbortSignal): Promise<Ticker> {
  return getJson(`/api/market/ticker/${encodeURIComponent(symbol)}`, tickerSchema, { signal });
}

export async function fetchStatus(signal?: AbortSignal): Promise<MarketStatus> {
  return getJson('/api/market/status', marketStatusSchema, { signal });
}

/** Also when the server is not ready: the body then says what is wrong. */
export async function fetchReady(signal?: AbortSignal): Promise<Ready> {
  return getJson('/health/ready', readySchema, { signal, accept: [503] });
}
