export const FIRST_DELAY_MS = 500;
export const LONGEST_DELAY_MS = 30_000;

/**
 * How long to wait before try number `attempt` (0 is the first after a loss): full jitter, a random time up to
 * `min(30 s, 0.5 s x 2^attempt)`. `random` is in [0, 1).
 *
 * Source  M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015
 */
export function reconnectDelay(attempt: number, random: number): number {
  const ceiling = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempt, 16));
  return Math.floor(random * ceiling);
}
