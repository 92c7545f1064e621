// @vitest-environment jsdom
import { act, render } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { signRequestsWith } from '@/lib/api/request';
import { refusal, reply } from '@/lib/testing-account';
import { answerTo, CHECK_AFTER_MS, type Check, useCheck } from './use-check';

let check: Check = { phase: 'empty' };
let asked: { body: { text: string }; answer: (response: Response) => void; signal: AbortSignal | null }[] =
  [];

function Checked({ text }: { text: string }) {
  check = useCheck(text, { timeframe: '1h', symbol: 'practice:BTCUSDT', inputs: {} });
  return null;
}

const good = (canonical: string) =>
  reply(200, { ok: true, canonical, lookback: 3, plots: [], inputs: [], notes: [] });
const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  signRequestsWith((_, init) => {
    const body = JSON.parse(String(init.body));
    return new Promise((answer) => asked.push({ body, answer, signal: init.signal ?? null }));
  });
});
afterEach(() => vi.useRealTimers());

describe('a text that is typed', () => {
  it('is checked once it rests, with where it is meant to run', async () => {
    const { rerender } = render(<Checked text="c" />);
    expect(check.phase).toBe('checking');
    await pass(CHECK_AFTER_MS - 1);
    rerender(<Checked text="close" />);
    await pass(CHECK_AFTER_MS);
    expect(asked.map((one) => one.body)).toEqual([
      { text: 'close', timeframe: '1h', symbol: 'practice:BTCUSDT' },
    ]);
    asked[0]?.answer(good('close'));
    await pass(0);
    expect(check).toMatchObject({
      phase: 'checked',
      last: { text: 'close', answer: { canonical: 'close' } },
    });
  });

  it('has the answer to its newest state, in whatever order the answers come', async () => {
    const { rerender } = render(<Checked text="first" />);
    await pass(CHECK_AFTER_MS);
    rerender(<Checked text="second" />);
    await pass(CHECK_AFTER_MS);
    expect(asked[0]?.signal?.aborted).toBe(true);
    asked[1]?.answer(good('second'));
    await pass(0);
    asked[0]?.answer(good('first'));
    await pass(0);
    expect(check).toMatchObject({
      phase: 'checked',
      last: { text: 'second', answer: { canonical: 'second' } },
    });
  });

  it('keeps the last answer while the next is on its way, but not as that of the new text', async () => {
    const { rerender } = render(<Checked text="first" />);
    await pass(CHECK_AFTER_MS);
    asked[0]?.answer(good('first'));
    await pass(0);
    rerender(<Checked text="second" />);
    expect(check).toMatchObject({ phase: 'checking', last: { text: 'first' } });
    expect(answerTo(check, 'first')).toMatchObject({ ok: true });
    expect(answerTo(check, 'second')).toBeNull();
  });

  it('is not asked about when it is empty', async () => {
    const { rerender } = render(<Checked text="close" />);
    rerender(<Checked text="  " />);
    await pass(CHECK_AFTER_MS);
    expect(check.phase).toBe('empty');
    expect(asked).toEqual([]);
  });

  it('says so where the server cannot say', async () => {
    render(<Checked text="close" />);
    await pass(CHECK_AFTER_MS);
    asked[0]?.answer(refusal(403, 'forbidden', 'Not yours.'));
    await pass(60_000);
    expect(check).toMatchObject({ phase: 'failed', problem: { message: 'Not yours.' } });
    expect(asked).toHaveLength(1);
  });

  it('is checked again where the server was too busy, and says so from the second time on', async () => {
    render(<Checked text="close" />);
    await pass(CHECK_AFTER_MS);
    const busy = () => refusal(429, 'too_many_requests', 'Slow down.');
    asked[0]?.answer(busy());
    await pass(0);
    expect(check.phase).toBe('checking');
    await pass(1_000);
    asked[1]?.answer(busy());
    await pass(0);
    expect(check).toMatchObject({ phase: 'failed', problem: { message: 'Slow down.' } });
    await pass(2_000);
    asked[2]?.answer(good('close'));
    await pass(0);
    expect(check).toMatchObject({ phase: 'checked', last: { text: 'close' } });
    await pass(60_000);
    expect(asked).toHaveLength(3);
  });

  it('is not checked again once another stands there', async () => {
    const { rerender } = render(<Checked text="first" />);
    await pass(CHECK_AFTER_MS);
    asked[0]?.answer(refusal(503, 'busy', 'Later.'));
    await pass(0);
    rerender(<Checked text="second" />);
    await pass(60_000);
    expect(asked.map((one) => one.body.text)).toEqual(['first', 'second']);
  });
});
