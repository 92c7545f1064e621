import { z } from 'zod';
import { requestJson } from '@/lib/api/request';
import { timeSchema } from '@/lib/api/schemas';

const positionSchema = z.object({
  name: z.string(),
  position: z.enum(['long', 'short', 'flat']),
  since: timeSchema.nullish(),
  entry_price: z.number().nullish(),
  stop: z.number().nullish(),
  target: z.number().nullish(),
});
/** What a strategy would hold after the last closed bar. */
export type StrategyPosition = z.infer<typeof positionSchema>;

const answerSchema = z.object({ strategy: positionSchema.nullish().catch(null) });

/** Null: the server does not say. */
export async function fetchPosition(
  symbol: string,
  strategy: string,
  signal?: AbortSignal,
): Promise<StrategyPosition | null> {
  const path = `/api/signals/${encodeURIComponent(symbol)}?strategy=${encodeURIComponent(strategy)}`;
  return (await requestJson(path, answerSchema, { signal })).strategy ?? null;
}
