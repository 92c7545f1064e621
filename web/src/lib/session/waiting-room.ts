import type { ApiProblem } from '@/lib/api/problem';

interface Waiter {
  readonly go: (token: string) => void;
  readonly giveUp: (problem: ApiProblem) => void;
}

/** Requests that wait for an access token. */
export class WaitingRoom {
  private readonly waiters = new Set<Waiter>();

  /** The token, once there is one. Rejects with the signal's reason where the request is not wanted any more. */
  wait(signal: AbortSignal | undefined): Promise<string> {
    return new Promise((resolve, reject) => {
      const done = () => {
        this.waiters.delete(waiter);
        signal?.removeEventListener('abort', aborted);
      };
      const aborted = () => {
        done();
        reject(signal?.reason);
      };
      const waiter: Waiter = {
        go: (token) => {
          done();
          resolve(token);
        },
        giveUp: (problem) => {
          done();
          reject(problem);
        },
      };
      if (signal?.aborted) {
        aborted();
        return;
      }
      signal?.addEventListener('abort', aborted);
      this.waiters.add(waiter);
    });
  }

  /** All go on with this token. */
  go(token: string): void {
    for (const waiter of [...this.waiters]) waiter.go(token);
  }

  /** Nobody comes: all fail. */
  giveUp(problem: ApiProblem): void {
    for (const waiter of [...this.waiters]) waiter.giveUp(problem);
  }
}
