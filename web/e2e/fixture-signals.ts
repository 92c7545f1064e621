// What the fixture server says of signals: one mood a symbol, and what comes of it (src/lib/testing-signals.ts).
import type { components } from '../src/lib/api/schema.ts';
import {
  type Mood,
  newestClosed,
  SCORED,
  type SignalMessage,
  signalAnswer,
  signalBoard,
  signalEvent,
  signalHistory,
  signalRecord,
  signalSummary,
} from '../src/lib/testing-signals.ts';
import { LISTED, type Listed, priceAt } from './fixture-market.ts';
import { ok, problem, type Reply } from './fixture-replies.ts';

type Horizon = components['schemas']['HorizonName'];
type Timeframe = components['schemas']['SignalTimeframe'];

const HORIZONS: readonly Horizon[] = ['1h', '4h', '1d'];
/** From the most bullish to the most bearish, so that a board shows every band. */
const MOODS = [0.92, 0.55, 0.3, 0.08, -0.12, -0.35, -0.6, -0.95, 0.75, 0.42, -0.5, 0.2];
/** It is listed, and has no signals yet. */
export const WAITING = 'SHIBUSDT';

/** What the fixture may be told to say. */
export interface SignalMoods {
  /** Instead of the symbol's own mood. */
  readonly moods: Map<string, number>;
  /** Since when no bar of a symbol has come. */
  readonly stale: Map<string, number>;
}

function moodOf(listed: Listed, now: number, told: SignalMoods): Mood {
  const own = MOODS[LISTED.indexOf(listed)] ?? 0;
  const price = priceAt(listed, newestClosed(now, '1m') + 60_000);
  return { symbol: listed.symbol, mood: told.moods.get(listed.symbol) ?? own, price };
}

function aged<T extends { symbol: string }>(said: T, told: SignalMoods): T {
  const since = told.stale.get(said.symbol);
  return since === undefined ? said : { ...said, stale: true, stale_since: since, as_of: since };
}

const told = (query: URLSearchParams) =>
  HORIZONS.find((one) => one === (query.get('horizon') ?? '4h')) ?? null;

function boardReply(horizon: Horizon, now: number, said: SignalMoods): Reply {
  const ready = LISTED.filter((one) => one.symbol !== WAITING).map((one) => moodOf(one, now, said));
  const waiting = [{ symbol: WAITING, venue: 'practice', reason: 'its history is being loaded' }];
  const board = signalBoard(ready, horizon, now, waiting);
  return ok({ ...board, symbols: board.symbols.map((one) => aged(one, said)) });
}

function recordReply(symbol: string, query: URLSearchParams, horizon: Horizon, now: number): Reply {
  const timeframe = SCORED.find((one) => one === (query.get('timeframe') ?? '1h'));
  if (!timeframe) return problem(400, 'unknown_timeframe', 'There is no such scored timeframe.');
  // Days are few: of them no probability has been told yet.
  return ok(signalRecord(symbol, timeframe, horizon, newestClosed(now, timeframe), timeframe !== '1d'));
}

/** So many signals of each timeframe were kept. */
const KEPT = 120;

function historyOf(symbol: string, query: URLSearchParams, now: number) {
  const timeframe = SCORED.find((one) => one === (query.get('timeframe') ?? '1h')) ?? '1h';
  const bound = (name: string, other: number) => Number(query.get(name) ?? other);
  const [from, to, limit] = [bound('from', 0), bound('to', now), bound('limit', 200)];
  const history = signalHistory(symbol, timeframe, newestClosed(now, timeframe), KEPT);
  const within = history.signals.filter(({ bar_time }) => bar_time >= from && bar_time < to);
  const signals = query.has('from') ? within.slice(0, limit) : within.slice(-limit);
  return { ...history, signals };
}

/** The paths of signals; null where a request is for none of them. */
export function signalsReply({ pathname, searchParams }: URL, now: number, said: SignalMoods): Reply | null {
  const match = /^\/api\/signals(?:\/(summary|record|history))?(?:\/([^/]+))?$/.exec(pathname);
  if (!match) return null;
  const horizon = told(searchParams);
  if (!horizon) return problem(400, 'bad_parameter', 'A horizon is 1h, 4h or 1d.');
  if (match[2] === undefined) return boardReply(horizon, now, said);
  const symbol = decodeURIComponent(match[2]).split(':').at(-1)?.toUpperCase();
  const listed = LISTED.find((one) => one.symbol === symbol);
  if (!listed) {
    return problem(404, 'unknown_symbol', `'${symbol}' is not known.`, {
      suggestions: ['BTCUSDT', 'ETHUSDT'],
    });
  }
  if (listed.symbol === WAITING) {
    return problem(503, 'not_ready', 'Its history is being loaded; there are no signals of it yet.');
  }
  if (match[1] === 'history') {
    return ok(historyOf(listed.symbol, searchParams, now));
  }
  if (match[1] === 'record') return recordReply(listed.symbol, searchParams, horizon, now);
  const of = moodOf(listed, now, said);
  return ok(aged(match[1] ? signalSummary(of, horizon, now) : signalAnswer(of, horizon, now), said));
}

/** What the channel opens with, for one symbol or, without it, all. */
export function signalsSnapshot(listed: Listed | undefined, now: number, said: SignalMoods) {
  const wanted = listed ? [listed] : LISTED;
  const signals = wanted
    .filter((one) => one.symbol !== WAITING)
    .flatMap((one) =>
      SCORED.map((timeframe) => signalEvent(moodOf(one, now, said), timeframe, newestClosed(now, timeframe))),
    );
  return { signals, states: [] };
}

/** What is sent as a bar closes. */
export function closedSignal(
  listed: Listed,
  timeframe: Timeframe,
  bar: number,
  said: SignalMoods,
): SignalMessage {
  return signalEvent(moodOf(listed, bar, said), timeframe, bar);
}
