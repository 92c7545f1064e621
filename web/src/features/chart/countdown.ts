import type { Bar } from '@/lib/api/schemas';
import { formatCountdown, type UnixMs } from '@/lib/time';
import { durationMs, type Timeframe } from '@/lib/timeframe';

/** A bar that is this much over its end waits for the exchange's word; later than that, the clock tells nothing. */
const GRACE_MS = 10_000;

/**
 * The time until the forming bar closes, by the server's clock. `closing` while the exchange's word is awaited. Null
 * when the clock does not fit the bar, as in a market that runs at another speed.
 */
export function countdownText(forming: Bar | null, timeframe: Timeframe, now: UnixMs): string | null {
  if (!forming) return null;
  const width = durationMs(timeframe);
  const left = forming.time + width - now;
  if (left > width || left < -GRACE_MS) return null;
  return left <= 0 ? 'closing' : formatCountdown(left);
}
