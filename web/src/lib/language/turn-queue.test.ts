import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiProblem } from '@/lib/api/problem';
import { TurnQueue } from './turn-queue';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const TOO_MANY = new ApiProblem({
  code: 'too_many_requests',
  status: 429,
  detail: 'Two evaluations of this account are at work.',
  retryAfterMs: 2000,
});

/** A server that answers when the test says so, and a queue of two before it. */
function world() {
  const queue = new TurnQueue(2);
  const asked: string[] = [];
  const open = new Map<string, { resolve: (answer: string) => void; reject: (error: Error) => void }>();
  const told: string[] = [];
  const ask = (name: string, signal?: AbortSignal) => {
    const work = () => {
      asked.push(name);
      return new Promise<string>((resolve, reject) => open.set(name, { resolve, reject }));
    };
    queue.run(work, signal).then(
      () => told.push(name),
      (error: Error) => told.push(`${name}: ${error.message}`),
    );
  };
  const settle = () => vi.advanceTimersByTimeAsync(0);
  const answer = async (name: string) => {
    open.get(name)?.resolve('');
    await settle();
  };
  const refuse = async (name: string, error: Error) => {
    open.get(name)?.reject(error);
    await settle();
  };
  return { ask, asked, told, answer, refuse, settle };
}

describe('the queue of requests', () => {
  it('has two on their way, and the next as soon as one is answered', async () => {
    const { ask, asked, told, answer, refuse } = world();
    for (const name of ['a', 'b', 'c', 'd']) ask(name);
    expect(asked).toEqual(['a', 'b']);
    await answer('b');
    expect(asked).toEqual(['a', 'b', 'c']);
    await refuse('a', new Error('no'));
    expect(asked).toEqual(['a', 'b', 'c', 'd']);
    expect(told).toEqual(['b', 'a: no']);
  });

  it('lets one go at once that is given up while it waits', async () => {
    const { ask, asked, told, answer, settle } = world();
    const given = new AbortController();
    ask('a');
    ask('b');
    ask('c', given.signal);
    ask('d');
    given.abort(new Error('another chart'));
    await settle();
    expect(told).toEqual(['c: another chart']);
    await answer('a');
    expect(asked).toEqual(['a', 'b', 'd']);
    ask('e', given.signal);
    await settle();
    expect(told.at(-1)).toBe('e: another chart');
    expect(asked).toEqual(['a', 'b', 'd']);
  });

  it('keeps the place of one that is given up on its way until the server has answered', async () => {
    const { ask, asked, told, answer, settle } = world();
    const given = new AbortController();
    ask('a', given.signal);
    ask('b');
    ask('c');
    given.abort(new Error('another chart'));
    await settle();
    expect(told).toEqual(['a: another chart']);
    expect(asked).toEqual(['a', 'b']);
    await answer('a');
    expect(asked).toEqual(['a', 'b', 'c']);
    expect(told).toEqual(['a: another chart']);
  });

  it('asks again what another tab has no place for, after the wait that the server names, and tells nobody', async () => {
    const { ask, asked, told, answer, refuse } = world();
    ask('a');
    ask('b');
    ask('c');
    await refuse('b', TOO_MANY);
    await answer('a');
    expect(asked).toEqual(['a', 'b']);
    await vi.advanceTimersByTimeAsync(1999);
    expect(asked).toEqual(['a', 'b']);
    await vi.advanceTimersByTimeAsync(1);
    expect(asked).toEqual(['a', 'b', 'b', 'c']);
    await answer('b');
    expect(told).toEqual(['a', 'b']);
  });

  it('does not ask again what nobody waits for any more', async () => {
    const { ask, asked, refuse } = world();
    const given = new AbortController();
    ask('a', given.signal);
    given.abort(new Error('gone'));
    await refuse('a', TOO_MANY);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toEqual(['a']);
  });
});
