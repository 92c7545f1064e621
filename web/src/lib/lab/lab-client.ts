import { requestJson, sendRequest } from '@/lib/api/request';
import {
  type Comparison,
  comparisonSchema,
  type Run,
  type RunList,
  type RunRequest,
  runListSchema,
  runSchema,
  type TradePage,
  tradePageSchema,
} from '@/lib/lab/run-schemas';
import {
  type Sweep,
  type SweepItem,
  type SweepRequest,
  sweepListSchema,
  sweepSchema,
} from '@/lib/lab/sweep-schemas';

/** So long a run is waited for before it is followed instead. */
const WAIT_MS = 2000;

/** Begins a run; a short one comes back done. */
export async function startRun(request: RunRequest): Promise<Run> {
  const body = { ...request, wait_ms: WAIT_MS };
  return requestJson('/api/signals/backtest', runSchema, { method: 'POST', body });
}

export async function fetchRun(id: string, signal?: AbortSignal): Promise<Run> {
  return requestJson(`/api/backtests/${encodeURIComponent(id)}`, runSchema, { signal });
}

export interface RunsWanted {
  readonly search?: string;
  readonly limit?: number;
  /** `next` of the page before. */
  readonly after?: string | null;
}

export async function fetchRuns(
  { search, limit, after }: RunsWanted,
  signal?: AbortSignal,
): Promise<RunList> {
  const query = new URLSearchParams();
  if (search) query.set('search', search);
  if (limit !== undefined) query.set('limit', String(limit));
  if (after) query.set('after', after);
  return requestJson(`/api/backtests?${query}`, runListSchema, { signal });
}

export async function changeRun(
  id: string,
  change: { readonly name?: string; readonly live?: boolean },
): Promise<Run> {
  return requestJson(`/api/backtests/${encodeURIComponent(id)}`, runSchema, { method: 'PUT', body: change });
}

/** Stops it where it is under way, and forgets it. */
export async function deleteRun(id: string): Promise<void> {
  await sendRequest(`/api/backtests/${encodeURIComponent(id)}`, { method: 'DELETE' });
}

export async function fetchTrades(
  id: string,
  from: number,
  limit: number,
  signal?: AbortSignal,
): Promise<TradePage> {
  const path = `/api/backtests/${encodeURIComponent(id)}/trades?from=${from}&limit=${limit}`;
  return requestJson(path, tradePageSchema, { signal });
}

/** What may be kept as a file. */
export type Download = 'trades' | 'equity' | 'report';

/** The file's bytes, fetched with the session's token: a plain link would go without. */
export async function fetchDownload(id: string, what: Download): Promise<Blob> {
  const path = what === 'report' ? 'report.html' : `${what}?format=csv`;
  return (await sendRequest(`/api/backtests/${encodeURIComponent(id)}/${path}`)).blob();
}

export async function compareRuns(ids: readonly string[], signal?: AbortSignal): Promise<Comparison> {
  const query = new URLSearchParams(ids.map((id) => ['id', id]));
  return requestJson(`/api/backtests/compare?${query}`, comparisonSchema, { signal });
}

export async function startSweep(request: SweepRequest): Promise<Sweep> {
  return requestJson('/api/backtests/sweep', sweepSchema, { method: 'POST', body: request });
}

export async function fetchSweeps(signal?: AbortSignal): Promise<readonly SweepItem[]> {
  return (await requestJson('/api/backtests/sweeps', sweepListSchema, { signal })).items;
}

export async function fetchSweep(id: string, signal?: AbortSignal): Promise<Sweep> {
  return requestJson(`/api/backtests/sweeps/${encodeURIComponent(id)}`, sweepSchema, { signal });
}

export async function changeSweep(id: string, status: 'running' | 'stopped'): Promise<Sweep> {
  const body = { status };
  return requestJson(`/api/backtests/sweeps/${encodeURIComponent(id)}`, sweepSchema, { method: 'PUT', body });
}

export async function deleteSweep(id: string): Promise<void> {
  await sendRequest(`/api/backtests/sweeps/${encodeURIComponent(id)}`, { method: 'DELETE' });
}
