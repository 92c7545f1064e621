import { ApiProblem } from '@/lib/api/problem';

/** What was refused for being too much at once is asked again after so long, where the server does not say. */
const AGAIN_MS = 1000;

/**
 * Lets requests of one kind be on their way `most` at a time; the others wait, first come first served.
 *
 * One that is given up while it waits leaves at once. One that is given up on its way is answered at once too, but keeps its place
 * until the server has answered: that goes on with it, and counts it. Where the server has no place nevertheless, as when another
 * tab has them, all wait as long as it says and the same one is asked again; nobody is told.
 */
export class TurnQueue {
  private readonly most: number;
  private readonly waiting: (() => Promise<void>)[] = [];
  private onTheirWay = 0;
  private pause: ReturnType<typeof setTimeout> | undefined;

  constructor(most: number) {
    this.most = most;
  }

  run<T>(ask: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    return new Promise<T>((resolve, reject) => {
      const turn = async () => {
        try {
          resolve(await ask());
        } catch (error) {
          if (!signal?.aborted && error instanceof ApiProblem && error.status === 429) {
            this.waiting.unshift(turn);
            this.waitFor(error.retryAfterMs ?? AGAIN_MS);
            return;
          }
          reject(error);
        }
        signal?.removeEventListener('abort', leave);
      };
      const leave = () => {
        const place = this.waiting.indexOf(turn);
        if (place >= 0) this.waiting.splice(place, 1);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.waiting.push(turn);
      this.next();
    });
  }

  private next(): void {
    while (this.pause === undefined && this.onTheirWay < this.most) {
      const turn = this.waiting.shift();
      if (!turn) return;
      this.onTheirWay += 1;
      void turn().finally(() => {
        this.onTheirWay -= 1;
        this.next();
      });
    }
  }

  private waitFor(delayMs: number): void {
    clearTimeout(this.pause);
    this.pause = setTimeout(() => {
      this.pause = undefined;
      this.next();
    }, delayMs);
  }
}
