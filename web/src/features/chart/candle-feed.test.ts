import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CandleRange } from '@/lib/api/client';
import { ApiProblem } from '@/lib/api/problem';
import type { Backfill, Bar, CandlePage } from '@/lib/api/schemas';
import { instrumentId } from '@/lib/market/instrument';
import type { MarketDataEvent } from '@/lib/socket/messages';
import type { Handlers } from '@/lib/socket/subscriptions';
import { unixMs } from '@/lib/time';
import { CandleFeed, type ChartData, PAGE_BARS, POLL_MS } from './candle-feed';

const MINUTE = 60_000;
const START = 1_767_236_400_000;

function bar(minute: number, close = 1): Bar {
  return { time: unixMs(START + minute * MINUTE), open: 1, high: 2, low: 0.5, close, volume: 1 };
}

/** A server with bars from `first` to `last`, minutes after the start. Each request waits until the test answers it. */
class World {
  first = -5000;
  last = 0;
  missing = new Set<number>();
  /** Closes that are not 1, by minute: a bar that was revised has another one. */
  readonly closes = new Map<number, number>();
  backfill: Backfill['state'] = 'idle';
  data: ChartData | undefined;
  readonly asked: CandleRange[] = [];
  unsubscribed = false;
  private waiting: { resolve: (page: CandlePage) => void; reject: (problem: Error) => void }[] = [];
  private handlers: Handlers<'market_data'> | undefined;
  readonly feed = new CandleFeed({
    instrument: instrumentId({ venue: 'practice', symbol: 'BTCUSDT' }),
    timeframe: '1m',
    fetchPage: (range) => {
      this.asked.push(range);
      return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
    },
    subscribe: (_, handlers) => {
      this.handlers = handlers;
      return () => {
        this.unsubscribed = true;
      };
    },
    read: () => this.data,
    write: (data) => {
      this.data = data;
    },
  });

  get series() {
    if (!this.data) throw new Error('nothing was written');
    return this.data.series;
  }
  get minutes() {
    return this.series.bars.map((one) => (one.time - START) / MINUTE);
  }

  bar(minute: number): Bar {
    return bar(minute, this.closes.get(minute) ?? 1);
  }

  private page(range: CandleRange): CandlePage {
    const minute = (time: number) => (time - START) / MINUTE;
    const to = range.to === undefined ? this.last + 1 : Math.min(this.last + 1, minute(range.to));
    const from = range.from === undefined ? this.first : Math.max(this.first, minute(range.from));
    const all = Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index).filter(
      (one) => !this.missing.has(one),
    );
    const chosen = range.from === undefined ? all.slice(-range.limit) : all.slice(0, range.limit);
    return {
      symbol: 'BTCUSDT',
      venue: 'practice',
      timeframe: '1m',
      source: [],
      candles: chosen.map((one) => this.bar(one)),
      gaps: [],
      gapped: [],
      backfill: { state: this.backfill, oldest: this.first > this.last ? null : bar(this.first).time },
    };
  }

  /** Answers the oldest unanswered request from what the server has now. */
  async answers(): Promise<void> {
    const range = this.asked[this.asked.length - this.waiting.length];
    if (!range) throw new Error('nothing was asked');
    this.waiting.shift()?.resolve(this.page(range));
    await vi.advanceTimersByTimeAsync(0);
  }
  async fails(problem: ApiProblem): Promise<void> {
    this.waiting.shift()?.reject(problem);
    await vi.advanceTimersByTimeAsync(0);
  }
  get unanswered(): number {
    return this.waiting.length;
  }

  snapshot(closed: number | null, resumed = false, forming: number | null = null): void {
    this.handlers?.snapshot(
      {
        symbol: 'BTCUSDT',
        venue: 'practice',
        timeframe: '1m',
        closed: closed === null ? null : this.bar(closed),
        forming: forming === null ? null : bar(forming),
      },
      resumed,
    );
  }
  says(kind: MarketDataEvent['kind'], minute: number, close = 1): void {
    this.handlers?.data({
      kind,
      symbol: 'BTCUSDT',
      venue: 'practice',
      timeframe: '1m',
      candle: bar(minute, close),
    });
  }
  gap(closed: boolean): void {
    this.handlers?.gap?.(closed);
  }
}

let world: World;

beforeEach(() => {
  vi.useFakeTimers();
  world = new World();
});
afterEach(() => {
  world.feed.stop();
  vi.useRealTimers();
});

async function started(): Promise<void> {
  world.feed.start();
  world.snapshot(world.last, false, world.last + 1);
  while (world.unanswered > 0) await world.answers();
}

describe('the newest bars', () => {
  it('are loaded and then kept up by the live messages', async () => {
    world.feed.start();
    expect(world.data?.phase).toBe('loading');
    await world.answers();
    world.snapshot(0, false, 1);
    world.says('closed', 1);
    expect(world.data?.phase).toBe('ready');
    expect(world.minutes.slice(-2)).toEqual([0, 1]);
    expect(world.minutes).toHaveLength(PAGE_BARS + 1);
    expect(world.asked).toHaveLength(1);
  });

  it('lose nothing that closed while the page was on its way', async () => {
    world.feed.start();
    world.snapshot(0);
    world.says('closed', 1, 7);
    world.says('revised', -3, 9);
    await world.answers();
    const closes = new Map(world.series.bars.map((one) => [(one.time - START) / MINUTE, one.close]));
    expect([closes.get(1), closes.get(-3), closes.get(0)]).toEqual([7, 9, 1]);
  });

  it('are asked for again when the snapshot has a bar that the page has not', async () => {
    world.feed.start();
    await world.answers();
    world.last = 2;
    world.snapshot(2);
    expect(world.asked).toHaveLength(2);
    await world.answers();
    expect(world.minutes.slice(-3)).toEqual([0, 1, 2]);
  });

  it('are asked for once when the snapshot comes first and the page has its bar', async () => {
    world.feed.start();
    world.snapshot(0);
    await world.answers();
    expect(world.asked).toHaveLength(1);
  });

  it('are asked for once more when the snapshot comes first and the page lacks its bar', async () => {
    world.feed.start();
    world.snapshot(1);
    await world.answers();
    expect(world.asked).toHaveLength(2);
    await world.answers();
    expect(world.asked).toHaveLength(2);
  });

  it('are asked for again after a reconnect that missed something, with some older ones that may be revised', async () => {
    await started();
    const before = world.asked.length;
    world.snapshot(0, true);
    expect(world.asked).toHaveLength(before);
    world.last = 40;
    world.snapshot(40, false);
    expect(world.asked.at(-1)?.from).toBe(bar(-299).time);
    await world.answers();
    expect(world.minutes.at(-1)).toBe(40);
  });

  it('are asked for again when a closed bar does not follow on the last one', async () => {
    await started();
    const before = world.asked.length;
    world.last = 5;
    world.says('closed', 5);
    expect(world.asked).toHaveLength(before + 1);
    await world.answers();
    expect(world.minutes.slice(-6)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('are asked for again after a gap with closed bars in it, and only then', async () => {
    await started();
    const before = world.asked.length;
    world.gap(false);
    expect(world.asked).toHaveLength(before);
    world.gap(true);
    world.gap(true);
    world.gap(true);
    expect(world.asked).toHaveLength(before + 1);
    await world.answers();
    expect(world.asked).toHaveLength(before + 2);
  });

  it('are asked for page after page when many were missed', async () => {
    await started();
    world.last = 12_000;
    world.snapshot(12_000, false);
    while (world.unanswered > 0) await world.answers();
    expect(world.minutes.at(-1)).toBe(12_000);
    expect(world.minutes).toHaveLength(PAGE_BARS + 12_000);
  });

  it('are looked for again while the server is still fetching its first', async () => {
    world.first = 10;
    world.last = -10;
    world.backfill = 'running';
    world.feed.start();
    await world.answers();
    expect(world.data?.phase).toBe('ready');
    expect(world.unanswered).toBe(0);
    world.first = -50;
    world.last = 0;
    await vi.advanceTimersByTimeAsync(POLL_MS);
    await world.answers();
    expect(world.minutes).toHaveLength(51);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(world.unanswered).toBe(0);
  });

  it('that cannot be loaded say why, and are tried again later each time', async () => {
    world.feed.start();
    const away = new ApiProblem({ code: 'unreachable', status: 0, detail: 'The server does not answer.' });
    await world.fails(away);
    expect(world.data).toMatchObject({ phase: 'failed', problem: away });
    await vi.advanceTimersByTimeAsync(1000);
    await world.fails(away);
    await vi.advanceTimersByTimeAsync(1999);
    expect(world.unanswered).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    await world.answers();
    expect(world.data).toMatchObject({ phase: 'ready', problem: null });
  });

  it('are not tried again when the server says that it makes no sense', async () => {
    world.feed.start();
    await world.fails(new ApiProblem({ code: 'unknown_symbol', status: 404, detail: 'No such symbol.' }));
    await vi.advanceTimersByTimeAsync(120_000);
    expect(world.unanswered).toBe(0);
  });
});

describe('older bars', () => {
  it('are fetched page by page while the chart shows the left end', async () => {
    await started();
    world.feed.setWantOlder(true);
    expect(world.data?.older.phase).toBe('loading');
    world.feed.setWantOlder(true);
    expect(world.unanswered).toBe(1);
    await world.answers();
    expect(world.data?.older.phase).toBe('idle');
    expect(world.minutes[0]).toBe(-2 * PAGE_BARS + 1);
    expect(world.minutes).toHaveLength(2 * PAGE_BARS);
  });

  it('end at the exchange’s first bar', async () => {
    world.first = -1200;
    world.backfill = 'done';
    await started();
    world.feed.setWantOlder(true);
    await world.answers();
    expect(world.data?.older.phase).toBe('start');
    expect(world.minutes[0]).toBe(-1200);
    world.feed.setWantOlder(true);
    expect(world.unanswered).toBe(0);
  });

  it('are waited for while the server fetches them from the exchange', async () => {
    world.first = -999;
    world.backfill = 'running';
    await started();
    world.feed.setWantOlder(true);
    await world.answers();
    expect(world.data?.older.phase).toBe('fetching');
    world.first = -1500;
    await vi.advanceTimersByTimeAsync(POLL_MS);
    await world.answers();
    expect(world.minutes[0]).toBe(-1500);
  });

  it('are not waited for any more when the chart has moved away', async () => {
    world.first = -999;
    world.backfill = 'running';
    await started();
    world.feed.setWantOlder(true);
    await world.answers();
    world.feed.setWantOlder(false);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(world.unanswered).toBe(0);
    expect(world.data?.older.phase).toBe('idle');
  });

  it('that nobody fetches are said to be not stored, and can be asked for again', async () => {
    world.first = -999;
    world.backfill = 'none';
    await started();
    world.feed.setWantOlder(true);
    await world.answers();
    expect(world.data?.older.phase).toBe('stored');
    world.first = -1100;
    world.feed.retry();
    while (world.unanswered > 0) await world.answers();
    expect(world.minutes[0]).toBe(-1100);
  });

  it('that do not come for long are said to be not stored', async () => {
    world.first = -999;
    await started();
    world.feed.setWantOlder(true);
    let polls = 0;
    while (world.unanswered > 0) {
      await world.answers();
      await vi.advanceTimersByTimeAsync(POLL_MS);
      polls += 1;
    }
    expect(polls).toBe(11);
    expect(world.data?.older.phase).toBe('stored');
  });

  it('that cannot be loaded say why and wait for a person', async () => {
    await started();
    world.feed.setWantOlder(true);
    await world.fails(new ApiProblem({ code: 'internal', status: 500, detail: 'It broke.' }));
    expect(world.data?.older).toMatchObject({ phase: 'failed' });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(world.unanswered).toBe(0);
    world.feed.retry();
    while (world.unanswered > 0) await world.answers();
    expect(world.minutes).toHaveLength(2 * PAGE_BARS);
  });
});

it('a stopped feed writes nothing more and has left its channel', async () => {
  await started();
  world.feed.setWantOlder(true);
  const last = world.data;
  world.feed.stop();
  await world.answers();
  expect(world.data).toBe(last);
  expect(world.unsubscribed).toBe(true);
});

it('a series seen before is shown at once and brought up to date', async () => {
  await started();
  world.feed.stop();
  const again = new World();
  again.data = world.data;
  again.last = 3;
  again.feed.start();
  expect(again.data?.phase).toBe('ready');
  again.snapshot(3);
  while (again.unanswered > 0) await again.answers();
  expect(again.minutes.slice(-4)).toEqual([0, 1, 2, 3]);
  again.feed.stop();
});

describe('whatever goes wrong', () => {
  // Closed bars, holes that are filled later, revisions, lost messages and cut connections in any order, with answers that
  // come late. In the end the chart holds exactly the server's bars.
  it.each(Array.from({ length: 60 }, (_, index) => index + 1))(
    'seed %d: the chart ends with the server’s own bars',
    async (seed) => {
      let state = seed;
      const random = (below: number) => {
        state = (state * 48_271) % 2_147_483_647;
        return state % below;
      };
      world.backfill = 'running';
      world.feed.start();
      world.snapshot(world.last);
      await world.answers();
      let connected = true;
      let lost = false;
      for (let step = 0; step < 150; step++) {
        const dice = random(12);
        if (dice < 5) {
          // A minute passes; now and then its bar does not come in time.
          world.last += 1;
          if (random(10) === 0) world.missing.add(world.last);
          else if (connected && random(8) > 0) {
            if (lost) world.gap(true);
            lost = false;
            world.says('closed', world.last);
          } else lost = true;
        } else if (dice < 7) {
          // A bar is revised, or a hole is filled.
          const minute = world.last - random(100);
          world.missing.delete(minute);
          world.closes.set(minute, 2 + step);
          if (connected && !lost) world.says('revised', minute, 2 + step);
          else lost = true;
        } else if (dice === 7) {
          connected = false;
        } else if (dice === 8 && !connected) {
          connected = true;
          const newest = Array.from({ length: 50 }, (_, back) => world.last - back).find(
            (one) => !world.missing.has(one),
          );
          world.snapshot(newest ?? null, !lost);
          lost = false;
        } else if (world.unanswered > 0) {
          await world.answers();
        }
      }
      world.snapshot(null, false);
      while (world.unanswered > 0) await world.answers();
      const expected = Array.from({ length: world.last + 1000 }, (_, index) => index - 999)
        .filter((minute) => !world.missing.has(minute))
        .map((minute) => world.bar(minute));
      expect(world.series.bars).toEqual(expected);
    },
  );
});
