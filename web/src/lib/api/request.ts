import type { z } from 'zod';
import { ApiProblem, problemOf, unreachable } from '@/lib/api/problem';

/** How a request reaches the server. */
export type Send = (path: string, init: RequestInit) => Promise<Response>;

const plainly: Send = (path, init) => fetch(path, init);
let signed: Send = plainly;

/** From now on requests go through `send`, which signs them. Called once, where the page is put together. */
export function signRequestsWith(send: Send): void {
  signed = send;
}

export interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Sent as JSON. */
  readonly body?: object;
  readonly signal?: AbortSignal | undefined;
  /** Statuses that are an answer too, though they are none of 2xx. */
  readonly accept?: readonly number[];
  /** For what strangers may ask: signing in, setting up. Sent without a token. */
  readonly stranger?: boolean;
}

/** Asks the server; whatever is no good answer is thrown as an `ApiProblem`. */
export async function sendRequest(path: string, options: RequestOptions = {}): Promise<Response> {
  const { method = 'GET', body, signal, accept, stranger } = options;
  const init: RequestInit = {
    method,
    headers: { Accept: 'application/json', ...(body ? { 'Content-Type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
    ...(signal ? { signal } : {}),
  };
  let response: Response;
  try {
    response = await (stranger ? plainly : signed)(path, init);
  } catch (error) {
    if (signal?.aborted || error instanceof ApiProblem) throw error;
    throw unreachable();
  }
  if (!response.ok && !accept?.includes(response.status)) throw await problemOf(response);
  return response;
}

/** Reads an answer by its schema. */
export async function readAnswer<Schema extends z.ZodType>(
  path: string,
  response: Response,
  schema: Schema,
): Promise<z.output<Schema>> {
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

export async function requestJson<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  options: RequestOptions = {},
): Promise<z.output<Schema>> {
  return readAnswer(path, await sendRequest(path, options), schema);
}
