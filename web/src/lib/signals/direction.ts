import type { Timeframe } from '@/lib/timeframe';

/** From the bottom of the scale to its top. */
export const DIRECTIONS = ['strong_sell', 'sell', 'neutral', 'buy', 'strong_buy'] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** The timeframes that are scored, finest first. */
export const SIGNAL_TIMEFRAMES = [
  '1m',
  '5m',
  '15m',
  '1h',
  '4h',
  '1d',
] as const satisfies readonly Timeframe[];
export type SignalTimeframe = (typeof SIGNAL_TIMEFRAMES)[number];

/** How long a signal is given to come true. */
export const HORIZONS = ['1h', '4h', '1d'] as const satisfies readonly SignalTimeframe[];
export type Horizon = (typeof HORIZONS)[number];
export const FIRST_HORIZON: Horizon = '4h';

export const DIRECTION_WORDS: Readonly<Record<Direction, string>> = {
  strong_sell: 'strong sell',
  sell: 'sell',
  neutral: 'neutral',
  buy: 'buy',
  strong_buy: 'strong buy',
};

/** Read without colour: the way it points, twice where it is strong. */
export const DIRECTION_ARROWS: Readonly<Record<Direction, string>> = {
  strong_sell: '▼▼',
  sell: '▼',
  neutral: '–',
  buy: '▲',
  strong_buy: '▲▲',
};

export type SignalTone = 'up' | 'down' | 'flat';

/** Which of the theme's colours it gets. */
export function toneOf(direction: Direction | null): SignalTone {
  if (direction === 'buy' || direction === 'strong_buy') return 'up';
  return direction === 'sell' || direction === 'strong_sell' ? 'down' : 'flat';
}

/** 1 for the buys, -1 for the sells, 0 for neutral. */
export function sideOf(direction: Direction): -1 | 0 | 1 {
  const tone = toneOf(direction);
  return tone === 'up' ? 1 : tone === 'down' ? -1 : 0;
}

/** Where the bands of the score end: below 20 a strong sell, above 80 a strong buy. */
export const BAND_EDGES = [0, 20, 40, 60, 80, 100] as const;

/** How far a score is from the middle, from 0 to 1: the strength of a cell's colour. */
export function heatOf(score: number): number {
  return Math.min(1, Math.abs(score - 50) / 50);
}

/** The words of TradingView's own scale for its rating, from -1 to 1. */
export function ratingDirection(rating: number): Direction {
  if (rating > 0.5) return 'strong_buy';
  if (rating > 0.1) return 'buy';
  if (rating >= -0.1) return 'neutral';
  return rating >= -0.5 ? 'sell' : 'strong_sell';
}

export function isHorizon(text: string | null): text is Horizon {
  return (HORIZONS as readonly (string | null)[]).includes(text);
}

export function isSignalTimeframe(text: string | null): text is SignalTimeframe {
  return (SIGNAL_TIMEFRAMES as readonly (string | null)[]).includes(text);
}
