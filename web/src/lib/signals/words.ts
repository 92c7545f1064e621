import type { Formats } from '@/lib/formats';
import type { Direction, Horizon } from '@/lib/signals/direction';
import { DIRECTION_WORDS, ratingDirection, sideOf } from '@/lib/signals/direction';
import type { Regime } from '@/lib/signals/schemas';

const HORIZON_WORDS: Readonly<Record<Horizon, string>> = { '1h': '1 hour', '4h': '4 hours', '1d': '1 day' };

export function horizonWords(horizon: Horizon): string {
  return HORIZON_WORDS[horizon];
}

/** A score as a whole number. */
export function scoreText(score: number | null): string {
  return score === null ? '–' : String(Math.round(score));
}

/** A share of one as per cent: `54%`, `54.5%`. */
export function percent(formats: Formats, share: number, decimals = 0): string {
  return `${formats.formatFixed(share * 100, decimals)}%`;
}

/** Points of the score with their sign: `+4.2`, `−0.3`. */
export function points(formats: Formats, value: number): string {
  const text = formats.formatFixed(value, 1);
  if (!/[1-9]/.test(text)) return formats.formatFixed(0, 1);
  return value > 0 ? `+${text}` : text;
}

/** Why there is no probability. */
export function noProbability(direction: Direction | null): string {
  return direction === 'neutral' ? 'n/a: neutral' : 'n/a: under 200 outcomes';
}

export function probabilityText(
  formats: Formats,
  probability: number | null,
  direction: Direction | null,
): string {
  return probability === null ? noProbability(direction) : percent(formats, probability);
}

/** `buy (0.42)`, in the words of its own scale. */
export function ratingText(formats: Formats, rating: number | null): string {
  if (rating === null) return 'none';
  return `${DIRECTION_WORDS[ratingDirection(rating)]} (${formats.formatFixed(rating, 2)})`;
}

export function regimeWords(regime: Regime | null): string {
  if (regime === null) return 'not known';
  return regime === 'trend' ? 'trending' : 'ranging';
}

/** Whether the price moved the way that was said; null where nothing was, where it stood still, and while that is open. */
export function cameTrue(direction: Direction | null, change: number | null): boolean | null {
  const side = direction === null ? 0 : sideOf(direction);
  if (side === 0 || change === null || change === 0) return null;
  return side * change > 0;
}
