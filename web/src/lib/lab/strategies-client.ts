import { requestJson, sendRequest } from '@/lib/api/request';
import {
  type Strategy,
  type StrategyChecked,
  type StrategyItem,
  strategyCheckedSchema,
  strategyListSchema,
  strategySchema,
} from '@/lib/lab/strategy-schemas';
import { evaluationTurns } from '@/lib/language/language-client';
import type { Timeframe } from '@/lib/timeframe';

export async function fetchStrategies(signal?: AbortSignal): Promise<readonly StrategyItem[]> {
  return (await requestJson('/api/strategies', strategyListSchema, { signal })).strategies;
}

/** One of its versions; null: the newest. */
export async function fetchStrategy(
  name: string,
  version: number | null,
  signal?: AbortSignal,
): Promise<Strategy> {
  const query = version === null ? '' : `?version=${version}`;
  return requestJson(`/api/strategies/${encodeURIComponent(name)}${query}`, strategySchema, { signal });
}

export async function createStrategy(document: string): Promise<Strategy> {
  return requestJson('/api/strategies', strategySchema, { method: 'POST', body: { document } });
}

/** `edited` is the version that the document was made of; a newer one meanwhile is a `conflict`. */
export async function saveStrategy(name: string, document: string, edited: number): Promise<Strategy> {
  const body = { document, version: edited };
  return requestJson(`/api/strategies/${encodeURIComponent(name)}`, strategySchema, { method: 'PUT', body });
}

export async function deleteStrategy(name: string): Promise<void> {
  await sendRequest(`/api/strategies/${encodeURIComponent(name)}`, { method: 'DELETE' });
}

/** On which candles a document is tried while it is written. */
export interface TryOn {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly bars: number;
}

/** What is wrong with a document; over candles also where it would have traded. It counts as an evaluation. */
export async function checkStrategy(
  document: string,
  on: TryOn | null,
  signal?: AbortSignal,
): Promise<StrategyChecked> {
  const body = { document, ...on };
  return evaluationTurns.run(
    () => requestJson('/api/strategies/check', strategyCheckedSchema, { method: 'POST', body }),
    signal,
  );
}
