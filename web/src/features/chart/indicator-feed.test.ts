import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiProblem } from '@/lib/api/problem';
import type { EvalRange } from '@/lib/language/language-client';
import type { EvalAnswer } from '@/lib/language/types';
import { instrumentId } from '@/lib/market/instrument';
import type { ValuesRequest } from '@/lib/socket/messages';
import type { Handlers } from '@/lib/socket/subscriptions';
import { unixMs } from '@/lib/time';
import { type IndicatorData, IndicatorFeed, OVERDUE_MS } from './indicator-feed';

const MINUTE = 60_000;
const at = (minute: number) => unixMs(minute * MINUTE);

/** A server whose expression is worth the bar's minute, from `first` to `last`. Each request waits until the test answers it. */
class World {
  first = 0;
  last = 20_000;
  /** Added to each value: what a revised bar does. */
  shift = 0;
  data: IndicatorData | undefined;
  readonly asked: EvalRange[] = [];
  subscribed: ValuesRequest | undefined;
  unsubscribed = false;
  private waiting: { resolve: (answer: EvalAnswer) => void; reject: (problem: Error) => void }[] = [];
  private handlers: Handlers<'values'> | undefined;
  readonly feed = new IndicatorFeed({
    instrument: instrumentId({ venue: 'practice', symbol: 'BTCUSDT' }),
    timeframe: '1m',
    text: 'ta.ema(close, 3)',
    inputs: {},
    evaluate: (range) => {
      this.asked.push(range);
      return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
    },
    subscribe: (request, handlers) => {
      this.subscribed = request;
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

  get minutes() {
    return (this.data?.values.times ?? []).map((time) => time / MINUTE);
  }
  get span() {
    return [this.minutes[0], this.minutes.at(-1), this.minutes.length];
  }
  get column() {
    return this.data?.values.columns[0] ?? [];
  }
  get unanswered() {
    return this.waiting.length;
  }

  /** Answers as docs/openapi.yaml says of candles: with `from` the first, without it the newest `limit`; `to` is not in it. */
  async answers(): Promise<void> {
    const range = this.asked[this.asked.length - this.waiting.length];
    if (!range) throw new Error('nothing was asked');
    const to = range.to === undefined ? this.last + 1 : Math.min(this.last + 1, range.to / MINUTE);
    const from = range.from === undefined ? this.first : Math.max(this.first, range.from / MINUTE);
    const all = Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
    const chosen = range.from === undefined ? all.slice(-range.limit) : all.slice(0, range.limit);
    this.waiting.shift()?.resolve({
      symbol: 'BTCUSDT',
      timeframe: '1m',
      times: chosen.map(at),
      plots: [
        {
          title: 'ema',
          type: 'float',
          overlay: true,
          event: false,
          values: chosen.map((one) => one + this.shift),
        },
      ],
    });
    await vi.advanceTimersByTimeAsync(0);
  }
  async fails(problem: ApiProblem): Promise<void> {
    this.waiting.shift()?.reject(problem);
    await vi.advanceTimersByTimeAsync(0);
  }
  bars(oldest: number, newest: number): void {
    this.feed.setBars({ oldest: at(oldest), newest: at(newest), count: newest - oldest + 1 });
  }
  says(minute: number, provisional: boolean, value = minute): void {
    const event = { symbol: 'BTCUSDT', timeframe: '1m' as const, expr: 'ta.ema(close, 3)' };
    this.handlers?.data({ ...event, time: at(minute), provisional, values: [value] });
  }
  opens(resumed: boolean, forming: number | null = null): void {
    const point = forming === null ? null : { time: at(forming), values: [forming] };
    this.handlers?.snapshot({ closed: null, forming: point }, resumed);
  }
  refuses(message: string): void {
    this.handlers?.refused?.('limit_exceeded', message);
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

/** Bars 19001 to 20000 are on the chart, with their values. */
async function started(): Promise<void> {
  world.feed.start();
  world.opens(false);
  world.bars(19_001, 20_000);
  await world.answers();
}

describe('what is on the chart', () => {
  it('is asked for once there are bars, as many as there are', async () => {
    world.feed.start();
    expect(world.data?.phase).toBe('loading');
    expect(world.subscribed?.params).toEqual({
      symbol: 'practice:BTCUSDT',
      timeframe: '1m',
      expr: 'ta.ema(close, 3)',
    });
    expect(world.asked).toEqual([]);
    world.bars(17_001, 20_000);
    expect(world.asked).toMatchObject([{ limit: 3000 }]);
    expect(world.asked[0]).not.toHaveProperty('from');
    await world.answers();
    expect(world.span).toEqual([17_001, 20_000, 3000]);
    expect(world.data?.phase).toBe('ready');
    expect(world.unanswered).toBe(0);
  });

  it('is fetched further back as the candles are, one request at a time', async () => {
    await started();
    world.bars(16_001, 20_000);
    world.bars(13_001, 20_000);
    expect(world.unanswered).toBe(1);
    expect(world.asked.at(-1)).toMatchObject({ to: at(19_001), limit: 3000 });
    await world.answers();
    await world.answers();
    expect(world.span).toEqual([13_001, 20_000, 7000]);
    expect(world.unanswered).toBe(0);
  });

  it('ends where nothing older is stored', async () => {
    world.first = 18_500;
    await started();
    world.bars(18_000, 20_000);
    await world.answers();
    await world.answers();
    expect(world.span).toEqual([18_500, 20_000, 1501]);
    world.bars(17_999, 20_000);
    expect(world.unanswered).toBe(0);
  });

  it('that has no values yet is asked for again later, not at each tick', async () => {
    world.last = -1;
    world.feed.start();
    world.bars(19_001, 20_000);
    await world.answers();
    world.bars(19_001, 20_000);
    expect(world.unanswered).toBe(0);
    world.last = 20_000;
    await vi.advanceTimersByTimeAsync(5000);
    await world.answers();
    expect(world.span).toEqual([19_001, 20_000, 1000]);
  });
});

describe('what comes live', () => {
  it('is shown as provisional, then as closed, and nothing is asked', async () => {
    await started();
    world.says(20_001, true, 5);
    expect(world.data?.values.provisional).toEqual({ time: at(20_001), values: [5] });
    world.says(20_001, false, 6);
    world.bars(19_001, 20_001);
    await vi.advanceTimersByTimeAsync(OVERDUE_MS + 1);
    expect(world.column.at(-1)).toBe(6);
    expect(world.asked).toHaveLength(1);
  });

  it('while a page is on its way is folded into it', async () => {
    world.feed.start();
    world.bars(19_001, 20_000);
    world.says(20_001, false);
    world.says(20_002, true);
    await world.answers();
    expect(world.minutes.at(-1)).toBe(20_001);
    expect(world.data?.values.provisional?.time).toBe(at(20_002));
  });

  it('is given by the snapshot for the forming bar', async () => {
    await started();
    world.opens(true, 20_001);
    expect(world.data?.values.provisional?.values).toEqual([20_001]);
  });

  it('and does not come in time is asked for', async () => {
    await started();
    world.last = 20_001;
    world.bars(19_001, 20_001);
    await vi.advanceTimersByTimeAsync(OVERDUE_MS - 1);
    expect(world.unanswered).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(world.asked.at(-1)).toMatchObject({ from: at(19_701) });
    await world.answers();
    expect(world.span).toEqual([19_001, 20_001, 1001]);
  });

  it('and was missed is fetched again after a loss, but not when nothing was missed', async () => {
    await started();
    world.opens(true);
    world.gap(false);
    expect(world.unanswered).toBe(0);
    world.last = 20_010;
    world.opens(false);
    await world.answers();
    expect(world.span).toEqual([19_001, 20_010, 1010]);
    world.gap(true);
    expect(world.unanswered).toBe(1);
  });

  it('after bars of the past were revised has the new values', async () => {
    await started();
    world.shift = 0.5;
    world.feed.reload();
    await world.answers();
    expect(world.column.slice(-300)).toEqual(Array.from({ length: 300 }, (_, index) => 19_701.5 + index));
  });
});

it('says why its values are not live, until they are', async () => {
  await started();
  world.refuses('64 expressions are watched.');
  expect(world.data).toMatchObject({ phase: 'ready', problem: null, notLive: '64 expressions are watched.' });
  world.feed.reload();
  await world.answers();
  expect(world.data?.notLive).toBe('64 expressions are watched.');
  world.opens(false);
  expect(world.data?.notLive).toBeNull();
});

describe('a failure', () => {
  const broken = new ApiProblem({ code: 'internal', status: 500, detail: 'It broke.' });

  it('that may pass is told and tried again, each time a little later', async () => {
    world.feed.start();
    world.bars(19_001, 20_000);
    await world.fails(broken);
    expect(world.data).toMatchObject({ phase: 'failed', problem: { code: 'internal' } });
    world.bars(19_001, 20_000);
    expect(world.unanswered).toBe(0);
    await vi.advanceTimersByTimeAsync(1000);
    await world.fails(broken);
    await vi.advanceTimersByTimeAsync(1999);
    expect(world.unanswered).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    await world.answers();
    expect(world.data).toMatchObject({ phase: 'ready', problem: null });
  });

  it('waits as long as the server asks', async () => {
    world.feed.start();
    world.bars(19_001, 20_000);
    await world.fails(
      new ApiProblem({ code: 'too_many_requests', status: 429, detail: 'Slow.', retryAfterMs: 9000 }),
    );
    await vi.advanceTimersByTimeAsync(8999);
    expect(world.unanswered).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(world.unanswered).toBe(1);
  });

  it('that a person must mend is not asked again, until the connection is made anew', async () => {
    world.feed.start();
    world.bars(19_001, 20_000);
    world.opens(false);
    await world.fails(new ApiProblem({ code: 'bad_expression', status: 400, detail: 'There is no ta.x.' }));
    world.bars(19_000, 20_000);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(world.asked).toHaveLength(1);
    world.opens(false);
    expect(world.asked).toHaveLength(2);
  });

  it('of a reread keeps what is there', async () => {
    await started();
    world.feed.reload();
    await world.fails(broken);
    expect(world.data).toMatchObject({ phase: 'ready', problem: { code: 'internal' } });
    expect(world.span).toEqual([19_001, 20_000, 1000]);
  });
});

it('writes nothing after it was stopped', async () => {
  world.feed.start();
  world.bars(19_001, 20_000);
  world.feed.stop();
  const before = world.data;
  await world.answers();
  world.says(20_001, false);
  expect(world.data).toBe(before);
  expect(world.unsubscribed).toBe(true);
});
