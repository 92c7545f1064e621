import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { deleteLayout, fetchLayouts, type SavedLayout, saveLayout } from '@/lib/layouts/layouts-client';

const KEY = ['layouts'];
const NONE: readonly SavedLayout[] = [];

/** The person's saved layouts, by name. `settled`: the server has told, or cannot. */
export function useLayouts() {
  const query = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => fetchLayouts(signal),
    staleTime: 60_000,
  });
  return {
    layouts: query.data ?? NONE,
    told: query.data !== undefined,
    settled: query.data !== undefined || query.failureCount > 0,
    problem: query.data ? null : query.failureReason,
  };
}

/** What can be done to them. Each rejects where the server refuses, and the list is then asked for anew. */
export function useLayoutChanges() {
  const cache = useQueryClient();
  const change = useMutation({
    mutationFn: (work: () => Promise<unknown>) => work(),
    networkMode: 'always',
    // One after the other: of two that change the same the later one stays.
    scope: { id: 'layouts' },
    onSettled: () => cache.invalidateQueries({ queryKey: KEY }),
  });
  const list = () => cache.getQueryData<readonly SavedLayout[]>(KEY) ?? NONE;
  const keep = (next: readonly SavedLayout[]) => cache.setQueryData<readonly SavedLayout[]>(KEY, next);
  const put = async (saved: SavedLayout) => {
    await saveLayout(saved);
    keep(
      [...list().filter((one) => one.name !== saved.name), saved].sort((a, b) =>
        a.name.localeCompare(b.name),
      ),
    );
  };
  const remove = async (name: string) => {
    await deleteLayout(name);
    keep(list().filter((one) => one.name !== name));
  };
  return {
    busy: change.isPending,
    save: (saved: SavedLayout) => change.mutateAsync(() => put(saved)),
    remove: (name: string) => change.mutateAsync(() => remove(name)),
    /** Under the new name first: nothing is lost where the second step fails. */
    rename: (saved: SavedLayout, name: string) =>
      change.mutateAsync(async () => {
        await put({ ...saved, name });
        await remove(saved.name);
      }),
    /** From now on the chart opens with this one; null: with none. */
    open: (name: string | null) =>
      change.mutateAsync(async () => {
        for (const one of list()) {
          if (one.opens !== (one.name === name)) await put({ ...one, opens: one.name === name });
        }
      }),
  };
}
