import { type ApiProblem, toProblem } from '@/lib/api/problem';
import type { EvalRange, Inputs } from '@/lib/language/language-client';
import type { EvalAnswer, ValuesEvent } from '@/lib/language/types';
import type { InstrumentId } from '@/lib/market/instrument';
import type { ValuesRequest } from '@/lib/socket/messages';
import type { Handlers } from '@/lib/socket/subscriptions';
import type { UnixMs } from '@/lib/time';
import { durationMs, type Timeframe } from '@/lib/timeframe';
import { applyAnswer, applyValues, type IndicatorValues, NO_VALUES } from './indicator-values';

/** The most bars that one request may ask for, as of candles. */
export const EVAL_BARS_MAX = 5000;
/** The fewest that are asked for at first. */
const EVAL_BARS_FIRST = 1000;
/** So many of the newest bars are asked for again after a loss. */
const REREAD_BARS = 300;
/** A closed bar whose values have not come by then is asked for. */
export const OVERDUE_MS = 3000;
/** Where there are candles and no values yet, so long is waited. */
const EMPTY_RETRY_MS = 5000;
/** Live messages that are kept while the newest values are on their way. */
const KEPT_MAX = 500;

type LiveValues = Pick<ValuesEvent, 'time' | 'provisional' | 'values'>;

export interface IndicatorData {
  readonly values: IndicatorValues;
  readonly phase: 'loading' | 'ready' | 'failed';
  /** Why the values, or the newest of them, could not be had. */
  readonly problem: ApiProblem | null;
  /** Why no values come while a bar forms; those of closed bars are asked for then. */
  readonly notLive: string | null;
}

export const LOADING: IndicatorData = { values: NO_VALUES, phase: 'loading', problem: null, notLive: null };

export interface IndicatorFeedOptions {
  readonly instrument: InstrumentId;
  readonly timeframe: Timeframe;
  readonly text: string;
  readonly inputs: Inputs;
  readonly evaluate: (range: EvalRange, signal: AbortSignal) => Promise<EvalAnswer>;
  readonly subscribe: (request: ValuesRequest, handlers: Handlers<'values'>) => () => void;
  /** Where the data is kept: the query cache. */
  readonly read: () => IndicatorData | undefined;
  readonly write: (data: IndicatorData) => void;
}

/** What of the chart's candles there is to be values for. */
export interface LoadedBars {
  readonly oldest: UnixMs;
  /** The newest closed bar. */
  readonly newest: UnixMs;
  readonly count: number;
}

/**
 * Brings the values of one expression to the chart and keeps them true: what is on the chart by REST, what closes and what is
 * forming by socket. One request at a time. The folding itself is in indicator-values.ts.
 */
export class IndicatorFeed {
  private readonly options: IndicatorFeedOptions;
  private readonly abort = new AbortController();
  private unsubscribe: (() => void) | undefined;
  private bars: LoadedBars | null = null;
  private inFlight = false;
  private newestWanted = false;
  private served = false;
  /** The server will not have it; a connection made anew asks again. */
  private refused = false;
  private kept: LiveValues[] = [];
  /** Nothing older is stored than this. */
  private floor: UnixMs | null = null;
  private failures = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private overdue: ReturnType<typeof setTimeout> | undefined;

  constructor(options: IndicatorFeedOptions) {
    this.options = options;
  }

  start(): void {
    const known = this.options.read();
    // Known from before: the newest of it may be old.
    this.newestWanted = true;
    this.write(known?.phase === 'ready' ? { ...known, problem: null, notLive: null } : LOADING);
    const { instrument: symbol, timeframe, text: expr, inputs } = this.options;
    const given = Object.keys(inputs).length > 0 ? { inputs } : {};
    this.unsubscribe = this.options.subscribe(
      { channel: 'market_data', params: { symbol, timeframe, expr, ...given } },
      {
        snapshot: ({ forming }, resumed) => {
          this.setNotLive(null);
          if (forming) this.receive({ ...forming, provisional: true });
          if (this.served && !resumed) this.wantNewest();
          this.served = true;
        },
        data: (event) => this.receive(event),
        gap: (closed) => {
          if (closed) this.wantNewest();
        },
        // Then the newest are asked for as their bars close (`setBars`).
        refused: (_, message) => this.setNotLive(message),
      },
    );
  }

  stop(): void {
    this.abort.abort();
    this.unsubscribe?.();
    clearTimeout(this.retry);
    clearTimeout(this.overdue);
  }

  /** The chart has these bars now. */
  setBars(bars: LoadedBars): void {
    this.bars = bars;
    this.next();
    this.watchNewest();
  }

  /** Bars have been changed in the past: what was computed from them is not right any more. */
  reload(): void {
    this.wantNewest();
  }

  private data(): IndicatorData {
    return this.options.read() ?? LOADING;
  }

  private write(data: IndicatorData): void {
    if (!this.abort.signal.aborted) this.options.write(data);
  }

  private setNotLive(notLive: string | null): void {
    const data = this.data();
    if (data.notLive !== notLive) this.write({ ...data, notLive });
  }

  private receive(event: LiveValues): void {
    const data = this.data();
    if (this.inFlight && this.kept.length < KEPT_MAX) this.kept.push(event);
    const values = applyValues(data.values, event);
    if (values !== data.values) this.write({ ...data, values });
    this.watchNewest();
  }

  private watchNewest(): void {
    clearTimeout(this.overdue);
    const last = this.data().values.times.at(-1);
    if (!this.bars || last === undefined || last >= this.bars.newest) return;
    this.overdue = setTimeout(() => this.wantNewest(), OVERDUE_MS);
  }

  private wantNewest(): void {
    this.newestWanted = true;
    this.refused = false;
    this.next();
  }

  /** Sends the next request that is to be sent, if none is on its way. */
  private next(): void {
    if (this.inFlight || this.refused || this.retry !== undefined || this.abort.signal.aborted) return;
    const range = this.nextRange();
    if (range) void this.fetch(range);
  }

  private nextRange(): Range | null {
    const { bars } = this;
    if (!bars) return null;
    const { times } = this.data().values;
    const oldest = times[0];
    if (oldest === undefined) return { limit: atMost(bars.count) };
    if (this.newestWanted) {
      const from = times[Math.max(0, times.length - REREAD_BARS)] ?? oldest;
      return { from, limit: EVAL_BARS_MAX };
    }
    if (bars.oldest >= oldest || this.floor === oldest) return null;
    const missing = Math.ceil((oldest - bars.oldest) / durationMs(this.options.timeframe));
    return { to: oldest, limit: atMost(missing) };
  }

  private async fetch(range: Range): Promise<void> {
    this.inFlight = true;
    this.kept = [];
    if (range.to === undefined) this.newestWanted = false;
    const { instrument: symbol, timeframe, text: expr, inputs } = this.options;
    try {
      const asked = { symbol, timeframe, expr, inputs, ...range };
      const answer = await this.options.evaluate(asked, this.abort.signal);
      this.failures = 0;
      this.arrived(answer, range);
    } catch (error) {
      if (this.abort.signal.aborted) return;
      this.failed(toProblem(error));
    } finally {
      this.inFlight = false;
    }
    this.next();
    this.watchNewest();
  }

  private arrived(answer: EvalAnswer, range: Range): void {
    const data = this.data();
    if (answer.times.length === 0) {
      if (range.to === undefined) this.later(EMPTY_RETRY_MS);
      else this.floor = range.to;
    }
    // It ended at the limit, not at the newest bar.
    if (range.from !== undefined && answer.times.length >= range.limit) this.newestWanted = true;
    const folded = this.kept.reduce(applyValues, applyAnswer(data.values, answer));
    this.write({ ...data, values: folded, phase: 'ready', problem: null });
  }

  private failed(problem: ApiProblem): void {
    const data = this.data();
    this.write({ ...data, problem, phase: data.values.times.length > 0 ? 'ready' : 'failed' });
    this.newestWanted = true;
    // What must be changed by a person is not asked again: a changed text is another feed.
    this.refused = !problem.retryable;
    if (!this.refused)
      this.later(Math.max(problem.retryAfterMs ?? 0, Math.min(30_000, 1000 * 2 ** this.failures)));
    this.failures = Math.min(this.failures + 1, 10);
  }

  private later(delayMs: number): void {
    this.retry = setTimeout(() => {
      this.retry = undefined;
      this.next();
    }, delayMs);
  }
}

type Range = Pick<EvalRange, 'from' | 'to' | 'limit'>;

function atMost(bars: number): number {
  return Math.min(EVAL_BARS_MAX, Math.max(EVAL_BARS_FIRST, bars));
}
