// @vitest-environment jsdom
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { watchForWake } from './wake';

let clock = 0;
const awake = vi.fn();
let unwatch: () => void;

function look(state: 'visible' | 'hidden'): void {
  vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(state);
  document.dispatchEvent(new Event('visibilitychange'));
}

/** One tick of the page's timer, after which the clock shows `passed` more. */
function tick(passed: number): void {
  clock += passed;
  vi.advanceTimersByTime(1000);
}

beforeEach(() => {
  vi.useFakeTimers();
  awake.mockClear();
  unwatch = watchForWake(awake, () => clock);
});
afterEach(() => {
  unwatch();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

it('a page that is hidden does not wake, one that is looked at again does', () => {
  look('hidden');
  expect(awake).not.toHaveBeenCalled();
  look('visible');
  expect(awake).toHaveBeenCalledOnce();
});

it('a network that comes back wakes the page', () => {
  dispatchEvent(new Event('online'));
  expect(awake).toHaveBeenCalledOnce();
});

it('a clock that jumps while the page is in view means that the machine slept', () => {
  for (let i = 0; i < 5; i++) tick(1200);
  expect(awake).not.toHaveBeenCalled();
  tick(3_600_000);
  expect(awake).toHaveBeenCalledOnce();
  tick(1000);
  expect(awake).toHaveBeenCalledOnce();
});

it('a page out of view is not woken by its rare ticks', () => {
  look('hidden');
  tick(60_000);
  expect(awake).not.toHaveBeenCalled();
});

it('nothing is watched after the end', () => {
  unwatch();
  dispatchEvent(new Event('online'));
  look('visible');
  tick(60_000);
  expect(awake).not.toHaveBeenCalled();
});
