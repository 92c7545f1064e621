import { problemSchema } from '@/lib/api/schemas';

/**
 * A request that failed, in words a person can act on.
 *
 * `code` is the server's (`unknown_symbol`), or one of ours: `unreachable` (no answer at all), `bad_answer` (the
 * answer is not what the contract says), `signed_out` (the request was given up because its session is over).
 */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly code: string;
  readonly status: number;
  readonly suggestions: readonly string[];
  readonly requestId: string | undefined;
  /** The part of the request that is at fault, as the API names it. */
  readonly field: string | undefined;
  /** How long the server asks to wait; null where it does not say. */
  readonly retryAfterMs: number | null;
  /** Where an expression is at fault, as the server says it. */
  readonly diagnostic: unknown;
  /** What is wrong with a strategy's document, as the server says it. */
  readonly faults: unknown;

  constructor(problem: {
    code: string;
    status: number;
    detail: string;
    suggestions?: readonly string[] | undefined;
    requestId?: string | undefined;
    field?: string | undefined;
    retryAfterMs?: number | null;
    diagnostic?: unknown;
    faults?: unknown;
  }) {
    super(problem.detail);
    this.code = problem.code;
    this.status = problem.status;
    this.suggestions = problem.suggestions ?? [];
    this.requestId = problem.requestId;
    this.field = problem.field;
    this.retryAfterMs = problem.retryAfterMs ?? null;
    this.diagnostic = problem.diagnostic;
    this.faults = problem.faults;
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

export function unreachable(): ApiProblem {
  return new ApiProblem({
    code: 'unreachable',
    status: 0,
    detail: 'The server does not answer. Check that it runs; the page tries again by itself.',
  });
}

/** The seconds of a `Retry-After` in milliseconds; null where there are none. */
function retryAfterMs(response: Response): number | null {
  const seconds = Number(response.headers.get('Retry-After') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : null;
}

/** What a refusal says. The response's body is used up. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const wait = retryAfterMs(response);
  const parsed = problemSchema.safeParse(await response.json().catch(() => null));
  if (parsed.success) {
    return new ApiProblem({ ...parsed.data, requestId: parsed.data.request_id, retryAfterMs: wait });
  }
  return new ApiProblem({
    code: 'bad_answer',
    status: response.status,
    detail: `The server answered ${response.status} without saying why. Its log has the reason.`,
    retryAfterMs: wait,
  });
}
