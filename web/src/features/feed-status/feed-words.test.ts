import { expect, it } from 'vitest';
import type { HistoryItem } from '@/lib/api/schemas';
import { summarizeHistory } from './feed-words';

function item(state: HistoryItem['state'], progress: number): HistoryItem {
  return {
    symbol: 'BTCUSDT',
    venue: 'binance',
    timeframe: '1m',
    state,
    progress,
    oldest: null,
    detail: null,
  };
}

it('the history is done when all of it is, and counts what stopped', () => {
  expect(summarizeHistory([])).toMatchObject({ progress: 1, running: 0, queued: 0 });
  expect(
    summarizeHistory([item('done', 1), item('running', 0.5), item('queued', 0), item('failed', 0.5)]),
  ).toEqual({
    progress: 0.5,
    running: 1,
    queued: 1,
    failed: 1,
    done: 1,
  });
});
