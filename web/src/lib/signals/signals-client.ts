import { requestJson } from '@/lib/api/request';
import { evaluationTurns } from '@/lib/language/language-client';
import type { Horizon, SignalTimeframe } from '@/lib/signals/direction';
import {
  answerSchema,
  boardSchema,
  historySchema,
  recordSchema,
  type SignalAnswer,
  type SignalBoard,
  type SignalHistory,
  type SignalRecord,
} from '@/lib/signals/schemas';
import type { UnixMs } from '@/lib/time';

export async function fetchSignalBoard(horizon: Horizon, signal?: AbortSignal): Promise<SignalBoard> {
  return requestJson(`/api/signals?horizon=${horizon}`, boardSchema, { signal });
}

export async function fetchSignals(
  symbol: string,
  horizon: Horizon,
  signal?: AbortSignal,
): Promise<SignalAnswer> {
  const path = `/api/signals/${encodeURIComponent(symbol)}?horizon=${horizon}`;
  return requestJson(path, answerSchema, { signal });
}

/** The newest signals that were kept, or those of bars that open in `between`: `to` is not in it. */
export async function fetchSignalHistory(
  symbol: string,
  timeframe: SignalTimeframe,
  limit: number,
  signal?: AbortSignal,
  between?: { readonly from: UnixMs; readonly to: UnixMs },
): Promise<SignalHistory> {
  const range = between && { from: String(between.from), to: String(between.to) };
  const query = new URLSearchParams({ timeframe, limit: String(limit), ...range });
  const path = `/api/signals/history/${encodeURIComponent(symbol)}?${query}`;
  return requestJson(path, historySchema, { signal });
}

/** What signals of a timeframe were worth over a horizon. It counts as an evaluation, so it waits its turn. */
export async function fetchSignalRecord(
  symbol: string,
  timeframe: SignalTimeframe,
  horizon: Horizon,
  signal?: AbortSignal,
): Promise<SignalRecord> {
  const query = new URLSearchParams({ timeframe, horizon });
  const path = `/api/signals/record/${encodeURIComponent(symbol)}?${query}`;
  return evaluationTurns.run(() => requestJson(path, recordSchema), signal);
}
