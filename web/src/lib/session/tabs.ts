import { z } from 'zod';

/** What one tab tells the others. Never a token. */
const newsSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('signed_out') }),
  z.object({ kind: z.literal('signed_in'), user: z.string() }),
]);
export type News = z.infer<typeof newsSchema>;

/** The other tabs of this browser that show this server. */
export interface Tabs {
  tell(news: News): void;
  /** The returned function ends it. */
  listen(hear: (news: News) => void): () => void;
}

const NAME = 'candlewick.session';

/** Null where the browser has no such channel; each tab then finds out with its next request. */
export function openTabs(): Tabs | null {
  if (typeof BroadcastChannel === 'undefined') return null;
  const channel = new BroadcastChannel(NAME);
  return {
    tell: (news) => channel.postMessage(news),
    listen(hear) {
      const heard = ({ data }: MessageEvent<unknown>) => {
        const news = newsSchema.safeParse(data);
        if (news.success) hear(news.data);
      };
      channel.addEventListener('message', heard);
      return () => channel.removeEventListener('message', heard);
    },
  };
}

/** A tab that holds the lock longer than this is taken for frozen; the server answers two at once all the same. */
const LOCK_WAIT_MS = 5_000;

/** Runs `work` while no other tab runs its own, where the browser can arrange that. */
export async function aloneOfTabs<T>(work: () => Promise<T>): Promise<T> {
  if (typeof navigator === 'undefined' || !navigator.locks) return work();
  let begun = false;
  try {
    return await navigator.locks.request(NAME, { signal: AbortSignal.timeout(LOCK_WAIT_MS) }, () => {
      begun = true;
      return work();
    });
  } catch (error) {
    if (begun) throw error;
    return work();
  }
}
