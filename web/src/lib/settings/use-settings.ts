import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type Settings, settingsSchema } from '@/lib/api/account-schemas';
import { fetchSettings, saveSettings } from '@/lib/api/accounts';
import { forget, recall, remember } from '@/lib/storage';

const KEY = ['settings'];
/** What the last visit knew, so that times do not change their zone a moment after the page has opened. */
const KEPT = 'settings';

const UNTOLD: Settings = { time_zone: 'auto', number_format: 'auto', theme: 'auto', default_symbol: null };

function kept(): Settings | undefined {
  try {
    return settingsSchema.safeParse(JSON.parse(recall(KEPT) ?? 'null')).data;
  } catch {
    return undefined;
  }
}

/**
 * How this person wants things shown. `told` is false until the server has said; `settled` is true from then on, and also where it
 * cannot say.
 */
export function useSettings(): {
  readonly settings: Settings;
  readonly told: boolean;
  readonly settled: boolean;
} {
  const query = useQuery<Settings>({
    queryKey: KEY,
    queryFn: async ({ signal }) => {
      const settings = await fetchSettings(signal);
      remember(KEPT, JSON.stringify(settings));
      return settings;
    },
    staleTime: 60_000,
    placeholderData: () => kept(),
  });
  const told = query.data !== undefined && !query.isPlaceholderData;
  return { settings: query.data ?? UNTOLD, told, settled: told || query.failureCount > 0 };
}

/** Changes some settings; they hold at once, and again as the server has them where it refuses. */
export function useSaveSettings() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: saveSettings,
    networkMode: 'always',
    // One after the other: the last one chosen is the one that stays.
    scope: { id: 'settings' },
    onMutate: async (change: Partial<Settings>) => {
      const show = () =>
        cache.setQueryData<Settings>(KEY, (known) => ({ ...(known ?? kept() ?? UNTOLD), ...change }));
      // At once; and again, because what was being asked is put back.
      show();
      await cache.cancelQueries({ queryKey: KEY });
      show();
    },
    onSuccess: (settings) => {
      cache.setQueryData<Settings>(KEY, settings);
      remember(KEPT, JSON.stringify(settings));
    },
    onError: () => cache.invalidateQueries({ queryKey: KEY }),
  });
}

/** The next person of this browser starts with their own. */
export function forgetSettings(): void {
  forget(KEPT);
}
