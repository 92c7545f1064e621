// Made-up, repeatable signals in the form of docs/openapi.yaml and docs/asyncapi.yaml: for tests, and for the fixture server.
import type { components } from './api/schema.ts';

type Contract = components['schemas'];
type Timeframe = Contract['SignalTimeframe'];
type Horizon = Contract['HorizonName'];
type Direction = NonNullable<Contract['Direction']>;

const WIDTH_MS: Record<Timeframe, number> = {
  '1m': 60_000,
  '5m': 300_000,
  '15m': 900_000,
  '1h': 3_600_000,
  '4h': 14_400_000,
  '1d': 86_400_000,
};
export const SCORED = Object.keys(WIDTH_MS) as Timeframe[];
const LEADS: Record<Horizon, Timeframe> = { '1h': '15m', '4h': '1h', '1d': '4h' };

/** One symbol, its mood (from -1, all sell, to 1) and its price. */
export interface Mood {
  readonly symbol: string;
  readonly mood: number;
  readonly price: number;
}

/** Name, family, weight, and how far it follows the mood. */
const PARTS: readonly (readonly [name: string, family: string, weight: number, follows: number])[] = [
  ['Price against its 200-bar average', 'trend', 0.14, 1],
  ['EMA 20 against EMA 50', 'trend', 0.12, 0.9],
  ['Supertrend 10, 3', 'trend', 0.1, 1],
  ['ADX and the direction lines', 'trend', 0.08, 0.7],
  ['MACD against its signal', 'momentum', 0.1, 0.6],
  ['RSI 14', 'momentum', 0.08, -0.5],
  ['Stochastic 14, 3', 'momentum', 0.06, -0.4],
  ['Rate of change 10', 'momentum', 0.06, 0.8],
  ['Bollinger position', 'volatility', 0.07, -0.3],
  ['Money flow 14', 'volume', 0.07, 0.6],
  ['On-balance volume', 'volume', 0.06, 0.5],
  ['Candle patterns', 'pattern', 0.06, 0.3],
];

const round = (value: number, digits = 4) => Number(value.toFixed(digits));

export function directionOf(score: number): Direction {
  if (score < 20) return 'strong_sell';
  if (score < 40) return 'sell';
  if (score <= 60) return 'neutral';
  return score <= 80 ? 'buy' : 'strong_buy';
}

/** Open time of the newest bar that is closed. */
export function newestClosed(now: number, timeframe: Timeframe): number {
  const width = WIDTH_MS[timeframe];
  return Math.floor(now / width) * width - width;
}

/** How a timeframe is disposed at a bar: the symbol's mood, and a wave of its own. */
function leaning({ mood, symbol }: Mood, timeframe: Timeframe, bar: number): number {
  const own = Math.sin(bar / WIDTH_MS[timeframe] / 7 + symbol.charCodeAt(0) + SCORED.indexOf(timeframe));
  return Math.max(-0.95, Math.min(0.95, 0.75 * mood + 0.25 * own));
}

function componentsOf(lean: number): Contract['TimeframeSignal']['components'] {
  return PARTS.map(([name, family, weight, follows], index) => {
    const vote = round(Math.max(-1, Math.min(1, 1.5 * lean * follows + 0.15 * Math.sin(index * 2.3))));
    const side = vote > 0.05 ? 'speaks for a rise' : vote < -0.05 ? 'speaks for a fall' : 'says little';
    return {
      name,
      family,
      value: index === 11 ? null : round(40 + 30 * vote, 2),
      vote,
      weight,
      contribution: round(50 * weight * vote),
      reason: `${name} ${side}`,
    };
  });
}

function signalAt(
  of: Mood,
  timeframe: Timeframe,
  now: number,
  bar = newestClosed(now, timeframe),
): Contract['TimeframeSignal'] {
  const lean = leaning(of, timeframe, bar);
  const components = componentsOf(lean);
  const score = round(components.reduce((sum, one) => sum + one.contribution, 50));
  const direction = directionOf(score);
  return {
    timeframe,
    provisional: false,
    status: 'ready',
    bars: 1500,
    bars_needed: 250,
    bar_time: bar,
    missing: null,
    score,
    direction,
    confidence: round(0.5 + Math.abs(lean) / 2.2),
    probability: direction === 'neutral' || timeframe === '1d' ? null : round(0.5 + Math.abs(lean) / 8),
    trend: lean > 0.25 ? 'up' : lean < -0.25 ? 'down' : 'sideways',
    regime: Math.abs(lean) > 0.4 ? 'trend' : 'range',
    components,
    patterns:
      lean > 0.5 ? ['Bullish engulfing', 'Three white soldiers'] : lean < -0.5 ? ['Evening star'] : [],
    rating_tradingview: round(Math.max(-1, Math.min(1, lean * 1.1))),
  };
}

/** A symbol as a whole: the score of the timeframe that leads, confirmed by the longer ones. */
function said(of: Mood, horizon: Horizon, now: number) {
  const timeframes = SCORED.map((timeframe) => signalAt(of, timeframe, now));
  const lead = timeframes.find((one) => one.timeframe === LEADS[horizon]) as Contract['TimeframeSignal'];
  const longer = timeframes.slice(timeframes.indexOf(lead) + 1);
  const mean = longer.reduce((sum, one) => sum + (one.rating_tradingview ?? 0), 0) / longer.length;
  const effect = round(6 * mean);
  const reasons = [
    ...lead.components.map(({ reason, contribution }) => ({ text: reason, contribution })),
    { text: `Longer timeframes lean the ${mean > 0 ? 'buying' : 'selling'} way`, contribution: effect },
  ].sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
  const score = round(reasons.reduce((sum, one) => sum + one.contribution, 50));
  const direction = directionOf(score);
  const [first, second] = reasons.map((one) => one.text);
  const whole = {
    symbol: of.symbol,
    venue: 'practice',
    practice: true,
    provisional: false,
    as_of: newestClosed(now, '1m') + 60_000,
    stale: false,
    stale_since: null,
    horizon,
    timeframe: lead.timeframe,
    price: of.price,
    score,
    direction,
    confidence: lead.confidence,
    probability: lead.probability,
    regime: lead.regime,
    sentence: `${of.symbol} is a ${direction.replace('_', ' ')} at ${Math.round(score)}: ${first}; ${second}.`,
  };
  return { whole, timeframes, lead, longer, effect, reasons };
}

export function signalSummary(of: Mood, horizon: Horizon, now: number): Contract['SignalSummary'] {
  const { whole, timeframes } = said(of, horizon, now);
  return {
    ...whole,
    timeframes: timeframes.map((one) => ({
      timeframe: one.timeframe,
      provisional: false,
      bar_time: one.bar_time,
      score: one.score,
      direction: one.direction,
      confidence: one.confidence,
      probability: one.probability,
      rating_tradingview: one.rating_tradingview,
    })),
  };
}

export function signalBoard(
  all: readonly Mood[],
  horizon: Horizon,
  now: number,
  waiting: Contract['SignalBoard']['waiting'] = [],
): Contract['SignalBoard'] {
  return { horizon, symbols: all.map((one) => signalSummary(one, horizon, now)), waiting, skipped: [] };
}

export function signalAnswer(of: Mood, horizon: Horizon, now: number): Contract['SignalAnswer'] {
  const { whole, timeframes, lead, longer, effect, reasons } = said(of, horizon, now);
  return {
    ...whole,
    timeframes,
    technical: { score: whole.score },
    ai: { status: 'no_model', score: null, probability_up: null, horizon: null, model_id: null, as_of: null },
    confirmation: {
      aligned: Math.abs(effect) > 2,
      verdict: Math.abs(effect) > 2 ? 'agree' : 'mixed',
      timeframes: longer.map((one) => ({
        timeframe: one.timeframe,
        bar_time: one.bar_time ?? 0,
        rating: one.rating_tradingview ?? 0,
      })),
      effect,
    },
    reasons,
    track_record: {
      band: whole.direction,
      timeframe: lead.timeframe,
      horizon,
      n: 112,
      paid: 61,
      hit_rate: round(61 / 112),
      mean_return: 0.0009,
      always_long: { hit_rate: 0.541, mean_return: 0.0008 },
    },
    cached: false,
    expires_at: newestClosed(now, '1m') + 120_000,
  };
}

/** A SignalEvent of docs/asyncapi.yaml; lib/contract.test.ts holds it to that file. */
export type SignalMessage = ReturnType<typeof signalEvent>;

export function signalEvent(of: Mood, timeframe: Timeframe, bar: number) {
  const signal = signalAt(of, timeframe, bar, bar);
  return {
    kind: 'signal' as const,
    symbol: of.symbol,
    venue: 'practice',
    timeframe,
    bar_time: bar,
    provisional: false,
    score: signal.score ?? 50,
    direction: signal.direction ?? 'neutral',
    confidence: signal.confidence ?? 0,
    probability: signal.probability,
    regime: signal.regime ?? 'range',
    price: of.price,
    rating_tradingview: signal.rating_tradingview,
  };
}

const worth = (n: number, hit_rate: number | null, mean_return: number | null) => ({
  n,
  hit_rate,
  mean_return,
});

/** What signals of a band were worth; of fewer than 30, and of neutral ones, nothing is told. */
export function signalBand(name: string, n: number, paid: number | null): Contract['SignalBand'] {
  const rate = n < 30 || paid === null ? null : round(paid / n);
  const spread = 0.95 / Math.sqrt(Math.max(1, n));
  const verdict =
    n < 30
      ? `${name}: ${n} signals are too few to say anything.`
      : rate === null
        ? `${name}: ${n} signals, on which nobody trades.`
        : `${name}: ${paid} of ${n} paid, ${rate > 0.55 ? 'better than' : 'no better than'} always-long.`;
  return {
    n,
    independent: round(n / 3, 1),
    hit_rate: rate,
    interval: rate === null ? null : [round(rate - spread), round(rate + spread)],
    mean_return: n < 30 ? null : round(((rate ?? 0.5) - 0.5) / 60, 6),
    median_return: n < 30 ? null : 0.0004,
    brier: rate === null ? null : 0.2431,
    brier_base: rate === null ? null : 0.2478,
    ece: rate === null ? null : 0.031,
    told: Math.max(0, n - 40),
    baselines: {
      always_long: worth(n, n < 30 ? null : 0.541, n < 30 ? null : 0.0008),
      tradingview: worth(Math.round(n * 0.7), n < 60 ? null : 0.522, n < 60 ? null : -0.0002),
      coin: worth(n, n < 30 ? null : 0.462, n < 30 ? null : -0.0012),
    },
    verdict,
  };
}

export function signalRecord(
  symbol: string,
  timeframe: Timeframe,
  horizon: Horizon,
  last: number,
  told = true,
): Contract['SignalRecord'] {
  return {
    symbol,
    venue: 'practice',
    timeframe,
    horizon,
    round_trip_cost: 0.002,
    components: 'default',
    signals: 2131,
    first: last - 90 * 86_400_000,
    last,
    bands: {
      strong_sell: signalBand('Signals below 20', 17, 9),
      sell: signalBand('Signals from 20 to 40', 402, 197),
      neutral: signalBand('Signals from 40 to 60', 1188, null),
      buy: signalBand('Signals from 60 to 80', 412, 236),
      strong_buy: signalBand('Signals above 80', 112, 61),
    },
    all: signalBand('Buys and sells together', 943, 503),
    reliability: told
      ? [
          { from: 0.4, to: 0.5, n: 96, told: 0.472, paid: 0.458 },
          { from: 0.5, to: 0.6, n: 388, told: 0.548, paid: 0.531 },
          { from: 0.6, to: 0.7, n: 141, told: 0.633, paid: 0.667 },
          { from: 0.7, to: 0.8, n: 12, told: 0.718, paid: 0.583 },
        ]
      : [],
  };
}

/** The last signals of a timeframe, the newest at `last`; those of the last day are still open over a day. */
export function signalHistory(
  symbol: string,
  timeframe: Timeframe,
  last: number,
  count = 30,
): Contract['SignalHistory'] {
  const step = WIDTH_MS[timeframe];
  const signals = Array.from({ length: count }, (_, i) => {
    const bar_time = last - (count - 1 - i) * step;
    const score = 50 + 35 * Math.sin(i / 3);
    const old = (hours: number) => (last - bar_time >= hours * 3_600_000 ? 0.01 * Math.cos(i) : null);
    return {
      bar_time,
      emitted_at: bar_time + step,
      direction: directionOf(score),
      regime: 'trend' as const,
      score,
      confidence: 0.7,
      price: 100 + i,
      rating_tradingview: 0.2,
      probability_up: null,
      model_id: null,
      outcomes: [
        { horizon: '1h' as const, probability: null, change: old(1) },
        { horizon: '4h' as const, probability: 0.5, change: old(4) },
        { horizon: '1d' as const, probability: null, change: old(24) },
      ],
    };
  });
  return { symbol, venue: 'practice', timeframe, kept_from: null, signals };
}
