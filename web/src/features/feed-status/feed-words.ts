import type { Tone } from '@/components/state-dot';
import type { HistoryItem, MarketStatus } from '@/lib/api/schemas';
import type { Connection } from '@/lib/socket/socket-client';

type FeedState = MarketStatus['feed']['state'];

/** `brief` stands in for `short` where the screen is narrow: colour is never the only sign. */
export const FEED_WORDS: Record<
  FeedState,
  { readonly tone: Tone; readonly short: string; readonly brief: string }
> = {
  connecting: { tone: 'busy', short: 'Feed connecting', brief: 'Connecting' },
  backfilling: { tone: 'busy', short: 'Feed catching up', brief: 'Catching up' },
  live: { tone: 'good', short: 'Feed live', brief: 'Live' },
  stale: { tone: 'warn', short: 'Feed silent', brief: 'Silent' },
  down: { tone: 'bad', short: 'Feed down', brief: 'Down' },
};

/** Without a connection nobody knows; the last word is not shown as if it still held. */
export const FEED_UNKNOWN: { readonly tone: Tone; readonly short: string; readonly brief: string } = {
  tone: 'idle',
  short: 'Feed unknown',
  brief: 'Unknown',
};

/** What the server says cannot be read: the page may show what is not so. */
export const FEED_FAULTY: { readonly tone: Tone; readonly short: string; readonly brief: string } = {
  tone: 'bad',
  short: 'Feed faulty',
  brief: 'Faulty',
};

export const CONNECTION_WORDS: Record<
  Connection['phase'],
  { readonly tone: Tone; readonly short: string; readonly brief: string }
> = {
  connecting: { tone: 'busy', short: 'Connecting', brief: '…' },
  open: { tone: 'good', short: 'Connected', brief: 'On' },
  waiting: { tone: 'bad', short: 'Not connected', brief: 'Off' },
};

export interface HistorySummary {
  /** Mean share over all series; 1 when there is nothing to fetch. */
  readonly progress: number;
  readonly running: number;
  readonly queued: number;
  readonly failed: number;
  readonly done: number;
}

export function summarizeHistory(history: readonly HistoryItem[]): HistorySummary {
  const count = (state: HistoryItem['state']) => history.filter((item) => item.state === state).length;
  const total = history.reduce((sum, item) => sum + (item.state === 'done' ? 1 : item.progress), 0);
  return {
    progress: history.length === 0 ? 1 : total / history.length,
    running: count('running'),
    queued: count('queued'),
    failed: count('failed'),
    done: count('done'),
  };
}
