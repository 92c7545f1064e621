import type { CandleRange } from '@/lib/api/client';
import { type ApiProblem, toProblem } from '@/lib/api/problem';
import type { CandlePage } from '@/lib/api/schemas';
import type { InstrumentId } from '@/lib/market/instrument';
import type { MarketDataEvent, Request } from '@/lib/socket/messages';
import type { Handlers } from '@/lib/socket/subscriptions';
import type { UnixMs } from '@/lib/time';
import type { Timeframe } from '@/lib/timeframe';
import {
  applyEvent,
  applyForming,
  applyPage,
  type CandleSeries,
  emptySeries,
  missingBefore,
  newestBar,
} from './candle-series';

/** Bars asked for at once. */
export const PAGE_BARS = 1000;
/** Of the newest bars so many are asked for again after a loss: what was revised meanwhile comes with them. */
const REREAD_BARS = 300;
/** The most that one request may ask for (docs/openapi.yaml). */
const MOST_BARS = 5000;
/** What a browser tab holds of one series; further back a coarser timeframe serves better. */
export const LOADED_BARS_MAX = 100_000;
/** How often the server is asked whether it has fetched more from the exchange meanwhile. */
export const POLL_MS = 2000;
/** With nothing found and nothing being fetched, so many polls are made before saying so. */
const IDLE_POLLS_MAX = 10;
/** Live messages that are kept while a page is on its way; past it the page is asked for again. */
const KEPT_MAX = 500;

/** How it stands with the bars before the oldest loaded one. */
export type Older =
  | { readonly phase: 'idle' }
  | { readonly phase: 'loading' }
  /** The server is fetching them from the exchange. */
  | { readonly phase: 'fetching' }
  /** There are none: this is the exchange's first bar. */
  | { readonly phase: 'start' }
  /** None are stored, and nobody fetches any. */
  | { readonly phase: 'stored' }
  /** The browser holds as many as it may. */
  | { readonly phase: 'full' }
  | { readonly phase: 'failed'; readonly problem: ApiProblem };

export interface ChartData {
  readonly series: CandleSeries;
  readonly phase: 'loading' | 'ready' | 'failed';
  /** Why the newest bars could not be loaded. With `ready`, what is shown is older than it should be. */
  readonly problem: ApiProblem | null;
  readonly older: Older;
}

/** A series of which nothing is known yet. */
export function loadingData(timeframe: Timeframe): ChartData {
  return { series: emptySeries(timeframe), phase: 'loading', problem: null, older: { phase: 'idle' } };
}

export interface CandleFeedOptions {
  readonly instrument: InstrumentId;
  readonly timeframe: Timeframe;
  readonly fetchPage: (range: CandleRange, signal: AbortSignal) => Promise<CandlePage>;
  readonly subscribe: (request: Request, handlers: Handlers<'market_data'>) => () => void;
  /** Where the data is kept: the query cache. */
  readonly read: () => ChartData | undefined;
  readonly write: (data: ChartData) => void;
}

/**
 * Brings one series of candles to the chart and keeps it true: the newest bars by REST, the forming and closed ones by
 * socket, older ones when asked, what was missed fetched again. The folding itself is in candle-series.ts.
 */
export class CandleFeed {
  private readonly options: CandleFeedOptions;
  private readonly abort = new AbortController();
  private unsubscribe: (() => void) | undefined;
  private timers = new Set<ReturnType<typeof setTimeout>>();
  private newestInFlight = false;
  private newestAgain = false;
  private kept: MarketDataEvent[] = [];
  private served = false;
  /** The newest closed bar that the last snapshot told of. */
  private expected: UnixMs | null = null;
  private failures = 0;
  private wantOlder = false;
  private idlePolls = 0;

  constructor(options: CandleFeedOptions) {
    this.options = options;
  }

  start(): void {
    const known = this.options.read();
    this.options.write({
      series: known?.series ?? emptySeries(this.options.timeframe),
      phase: known && known.series.bars.length > 0 ? 'ready' : 'loading',
      problem: null,
      older: known?.older.phase === 'start' ? known.older : { phase: 'idle' },
    });
    const { instrument, timeframe } = this.options;
    this.unsubscribe = this.options.subscribe(
      { channel: 'market_data', params: { symbol: instrument, timeframe } },
      {
        snapshot: (snapshot, resumed) => {
          this.update((data) => ({ ...data, series: applyForming(data.series, snapshot.forming) }));
          this.expected = snapshot.closed?.time ?? null;
          // At the first snapshot the page on its way may have it all; after a loss it is too old.
          if (this.served ? !resumed : !this.newestInFlight && this.isBehind()) this.loadNewest();
          this.served = true;
        },
        data: (event) => this.receive(event),
        gap: (closed) => {
          if (closed) this.loadNewest();
        },
      },
    );
    this.loadNewest();
  }

  stop(): void {
    this.abort.abort();
    this.unsubscribe?.();
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }

  /** Whether the chart shows the left end of what is loaded. While it does, older bars are fetched. */
  setWantOlder(want: boolean): void {
    this.wantOlder = want;
    if (want && this.data().older.phase === 'idle') void this.loadOlder();
  }

  /** A person pressed 'try again'. */
  retry(): void {
    this.idlePolls = 0;
    const data = this.data();
    if (data.phase === 'failed') this.options.write({ ...data, phase: 'loading', problem: null });
    if (data.older.phase === 'failed' || data.older.phase === 'stored') {
      this.setOlder({ phase: 'idle' });
      this.setWantOlder(this.wantOlder);
    }
    this.loadNewest();
  }

  private data(): ChartData {
    return this.options.read() ?? loadingData(this.options.timeframe);
  }

  private update(change: (data: ChartData) => ChartData): void {
    if (!this.abort.signal.aborted) this.options.write(change(this.data()));
  }

  private setOlder(older: Older): void {
    this.update((data) => ({ ...data, older }));
  }

  private later(delayMs: number, action: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      action();
    }, delayMs);
    this.timers.add(timer);
  }

  private receive(event: MarketDataEvent): void {
    const missing = event.kind === 'closed' && missingBefore(this.data().series, event.candle) !== null;
    this.update((data) => ({ ...data, series: applyEvent(data.series, event) }));
    if (event.kind === 'forming') return;
    if (this.newestInFlight) {
      if (this.kept.length < KEPT_MAX) this.kept.push(event);
      else this.newestAgain = true;
    }
    if (missing) this.loadNewest();
  }

  private isBehind(): boolean {
    return this.expected !== null && (newestBar(this.data().series)?.time ?? -1) < this.expected;
  }

  /** Fetches the newest bars: one request at a time, and once more when something happened meanwhile. */
  private loadNewest(): void {
    if (this.abort.signal.aborted) return;
    if (this.newestInFlight) {
      this.newestAgain = true;
      return;
    }
    void this.fetchNewest();
  }

  private newestRange(): CandleRange {
    const { instrument: symbol, timeframe } = this.options;
    const { bars } = this.data().series;
    const from = bars[Math.max(0, bars.length - REREAD_BARS)]?.time;
    return from === undefined
      ? { symbol, timeframe, limit: PAGE_BARS }
      : { symbol, timeframe, from, limit: MOST_BARS };
  }

  private async fetchNewest(): Promise<void> {
    this.newestInFlight = true;
    this.newestAgain = false;
    this.kept = [];
    const range = this.newestRange();
    try {
      const page = await this.options.fetchPage(range, this.abort.signal);
      this.failures = 0;
      this.update((data) => this.withNewest(data, page));
      // The page ended at the limit, not at the newest bar.
      if (page.candles.length >= range.limit && range.from !== undefined) this.newestAgain = true;
      if (page.candles.length === 0) this.pollWhileEmpty(page);
      else if (this.isBehind()) this.newestAgain = true;
      // Asked for once: a bar that does not come then is not there.
      this.expected = null;
    } catch (error) {
      if (this.abort.signal.aborted) return;
      this.newestFailed(toProblem(error));
    } finally {
      this.newestInFlight = false;
    }
    if (this.newestAgain) this.loadNewest();
  }

  private withNewest(data: ChartData, page: CandlePage): ChartData {
    const folded = this.kept.reduce(applyEvent, applyPage(data.series, page));
    return { ...data, series: folded, phase: 'ready', problem: null };
  }

  private pollWhileEmpty(page: CandlePage): void {
    if (this.data().series.bars.length > 0 || page.backfill.state === 'none') return;
    this.later(POLL_MS, () => this.loadNewest());
  }

  private newestFailed(problem: ApiProblem): void {
    this.newestAgain = false;
    this.update((data) => ({
      ...data,
      problem,
      phase: data.series.bars.length > 0 ? 'ready' : 'failed',
    }));
    if (!problem.retryable) return;
    this.later(Math.min(30_000, 1000 * 2 ** this.failures), () => this.loadNewest());
    this.failures = Math.min(this.failures + 1, 10);
  }

  private async loadOlder(): Promise<void> {
    const { series } = this.data();
    const oldest = series.bars[0]?.time;
    if (oldest === undefined || this.abort.signal.aborted) return;
    if (series.bars.length >= LOADED_BARS_MAX) {
      this.setOlder({ phase: 'full' });
      return;
    }
    if (this.data().older.phase === 'idle') this.setOlder({ phase: 'loading' });
    try {
      const { instrument: symbol, timeframe } = this.options;
      const page = await this.options.fetchPage(
        { symbol, timeframe, to: oldest, limit: PAGE_BARS },
        this.abort.signal,
      );
      this.olderArrived(page, oldest);
    } catch (error) {
      if (!this.abort.signal.aborted) this.setOlder({ phase: 'failed', problem: toProblem(error) });
    }
  }

  private olderArrived(page: CandlePage, before: UnixMs): void {
    const { state, oldest } = page.backfill;
    if (page.candles.length > 0) this.idlePolls = 0;
    this.update((data) => ({ ...data, series: applyPage(data.series, page) }));
    const first = page.candles[0]?.time ?? before;
    const moreStored = oldest !== null && oldest < first;
    if (page.candles.length > 0 && (moreStored || state === 'running' || state === 'idle')) {
      // The chart asks again when what came does not reach past its left edge.
      this.setOlder({ phase: 'idle' });
      return;
    }
    if (state === 'done') this.setOlder({ phase: 'start' });
    else if (state === 'none') this.setOlder({ phase: 'stored' });
    else this.pollOlder(state === 'running');
  }

  private pollOlder(running: boolean): void {
    this.idlePolls = running ? 0 : this.idlePolls + 1;
    if (this.idlePolls > IDLE_POLLS_MAX) {
      this.setOlder({ phase: 'stored' });
      return;
    }
    this.setOlder({ phase: 'fetching' });
    this.later(POLL_MS, () => {
      if (this.wantOlder) void this.loadOlder();
      else this.setOlder({ phase: 'idle' });
    });
  }
}
