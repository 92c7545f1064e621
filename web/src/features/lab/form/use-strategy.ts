import { useQuery } from '@tanstack/react-query';
import { checkStrategy } from '@/lib/lab/strategies-client';
import type { StrategyItem } from '@/lib/lab/strategy-schemas';
import type { LabSettings } from './settings';

/** The strategy that the form is about: one of the list, or what the server reads in a text that is not kept. */
export function useStrategyOf(
  { document, strategy }: Pick<LabSettings, 'document' | 'strategy'>,
  strategies: readonly StrategyItem[],
): StrategyItem | undefined {
  const { data } = useQuery({
    queryKey: ['lab', 'document', document],
    queryFn: ({ signal }) => checkStrategy(document ?? '', null, signal),
    enabled: document !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (document === null) return strategies.find((one) => one.name === strategy);
  return data?.strategy ?? undefined;
}
