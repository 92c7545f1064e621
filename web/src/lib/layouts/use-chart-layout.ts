import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect } from 'react';
import {
  type ChartLayout,
  EMPTY_LAYOUT,
  readDocument,
  sameLayout,
  writeDocument,
} from '@/lib/layouts/chart-layout';
import type { SavedLayout } from '@/lib/layouts/layouts-client';
import { useLayouts } from '@/lib/layouts/use-layouts';
import { useUser } from '@/lib/session/session-context';
import { forget, recall, remember } from '@/lib/storage';

/** The layout that is on the chart, and the saved one that it began as; null: it was never saved. */
interface Working {
  readonly name: string | null;
  readonly layout: ChartLayout;
}

const KEY = ['chart-layout'];
const NEW: Working = { name: null, layout: EMPTY_LAYOUT };
const KEPT = 'chart-layout';

function readKept(text: string | null, user: string): Working | null {
  try {
    const value = JSON.parse(text ?? 'null');
    if (value?.user !== user) return null;
    return { name: typeof value.name === 'string' ? value.name : null, ...readDocument(value.document) };
  } catch {
    return null;
  }
}

/** The next person of this browser starts with their own. */
export function forgetChartLayout(): void {
  forget(KEPT);
  forget(KEPT, 'tab');
}

function isChanged({ name, layout }: Working, layouts: readonly SavedLayout[]): boolean {
  const saved = layouts.find((one) => one.name === name);
  return !sameLayout(layout, saved?.layout ?? EMPTY_LAYOUT);
}

/** What a tab begins with: unsaved work of this browser; else the layout that the chart opens with; else what was last. */
function beginning(last: Working | null, layouts: readonly SavedLayout[]): Working {
  const opening = layouts.find((one) => one.opens);
  if (last && (isChanged(last, layouts) || !opening)) return last;
  return opening ? { name: opening.name, layout: opening.layout } : NEW;
}

export interface ChartLayoutState {
  readonly layout: ChartLayout;
  readonly name: string | null;
  /** Whether it differs from what is saved under its name. */
  readonly changed: boolean;
  readonly change: (next: (layout: ChartLayout) => ChartLayout) => void;
  /** Puts a saved layout on the chart, or an empty one. */
  readonly load: (saved: SavedLayout | null) => void;
  /** What is on the chart is saved under this name now. */
  readonly named: (name: string) => void;
}

/**
 * The layout on the chart, the same for every instrument and timeframe. A reloaded tab has the one that it had; nothing that is
 * not saved yet is lost by closing it.
 */
export function useChartLayout(): ChartLayoutState {
  const cache = useQueryClient();
  const { id: user } = useUser();
  const { layouts, settled } = useLayouts();
  const query = useQuery<Working | null>({
    queryKey: KEY,
    queryFn: () => null,
    initialData: () => readKept(recall(KEPT, 'tab'), user),
    enabled: false,
    gcTime: Number.POSITIVE_INFINITY,
  });
  const working = query.data ?? null;

  useEffect(() => {
    if (working !== null || !settled) return;
    cache.setQueryData<Working | null>(KEY, beginning(readKept(recall(KEPT), user), layouts));
  }, [cache, working, settled, user, layouts]);

  const write = useCallback(
    (next: Working) => {
      cache.setQueryData<Working | null>(KEY, next);
      const kept = JSON.stringify({ user, name: next.name, document: writeDocument(next.layout, false) });
      remember(KEPT, kept, 'tab');
      remember(KEPT, kept);
    },
    [cache, user],
  );
  const now = useCallback(() => cache.getQueryData<Working | null>(KEY) ?? NEW, [cache]);
  const change = useCallback(
    (next: (layout: ChartLayout) => ChartLayout) => {
      const layout = next(now().layout);
      if (layout !== now().layout) write({ ...now(), layout });
    },
    [now, write],
  );
  const load = useCallback(
    (saved: SavedLayout | null) => write(saved ? { name: saved.name, layout: saved.layout } : NEW),
    [write],
  );
  const named = useCallback((name: string) => write({ ...now(), name }), [now, write]);

  const { name, layout } = working ?? NEW;
  return {
    layout,
    name: layouts.some((one) => one.name === name) ? name : null,
    changed: working !== null && isChanged(working, layouts),
    change,
    load,
    named,
  };
}
