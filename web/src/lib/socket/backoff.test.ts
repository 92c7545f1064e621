import { expect, it } from 'vitest';
import { LONGEST_DELAY_MS, reconnectDelay } from './backoff';

it('waits a random part of a ceiling that doubles from half a second to thirty', () => {
  expect([0, 1, 2, 3, 4, 5].map((attempt) => reconnectDelay(attempt, 0.5))).toEqual([
    250, 500, 1000, 2000, 4000, 8000,
  ]);
  expect(reconnectDelay(3, 0)).toBe(0);
  expect(reconnectDelay(6, 0.999)).toBeLessThan(LONGEST_DELAY_MS);
  expect(reconnectDelay(1000, 0.5)).toBe(LONGEST_DELAY_MS / 2);
});
