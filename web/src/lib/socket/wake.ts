const TICK_MS = 1000;
/** A clock that jumps by more than this while the page is in view means that the machine slept. */
const JUMP_MS = 5000;

/** Calls `awake` when the page comes back into view, the network comes back, or the machine has slept. */
export function watchForWake(awake: () => void, now: () => number = Date.now): () => void {
  let last = now();
  const tick = () => {
    const jumped = now() - last > TICK_MS + JUMP_MS;
    last = now();
    // A page out of view is given few ticks; it wakes when it is looked at.
    if (jumped && document.visibilityState === 'visible') awake();
  };
  const seen = () => {
    last = now();
    if (document.visibilityState === 'visible') awake();
  };
  const timer = setInterval(tick, TICK_MS);
  document.addEventListener('visibilitychange', seen);
  addEventListener('online', awake);
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', seen);
    removeEventListener('online', awake);
  };
}
