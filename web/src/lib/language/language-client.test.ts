import { afterEach, describe, expect, it, vi } from 'vitest';
import { evaluate } from '@/lib/language/language-client';
import { unixMs } from '@/lib/time';

const ANSWER = {
  symbol: 'BTCUSDT',
  venue: 'binance',
  timeframe: '1h',
  first_bar: 0,
  plots: [],
  times: [],
};

function answering() {
  const spy = vi.fn(
    async (_path: string, _init: RequestInit) =>
      new Response(JSON.stringify(ANSWER), { headers: { 'Content-Type': 'application/json' } }),
  );
  vi.stubGlobal('fetch', spy);
  return spy;
}

afterEach(() => vi.unstubAllGlobals());

describe('an evaluation', () => {
  const range = { symbol: 'BTCUSDT', timeframe: '1h', limit: 50, from: unixMs(7), inputs: { n: 3 } } as const;

  it('is asked for by its address, which caches know', async () => {
    const spy = answering();
    await evaluate({ ...range, expr: 'ta.sma(close, n)' });
    const [path, init] = spy.mock.calls[0] ?? [];
    const query = new URLSearchParams(path?.split('?')[1]);
    expect(Object.fromEntries(query)).toEqual({
      timeframe: '1h',
      expr: 'ta.sma(close, n)',
      limit: '50',
      from: '7',
      inputs: '{"n":3}',
    });
    expect(init?.method ?? 'GET').toBe('GET');
  });

  it('goes in the body where the text is too long for an address', async () => {
    const spy = answering();
    const expr = `// ${'é'.repeat(600)}\nclose`;
    await evaluate({ ...range, expr });
    const [path, init] = spy.mock.calls[0] ?? [];
    expect(path).toBe('/api/market/eval/BTCUSDT');
    expect(init?.method).toBe('POST');
    expect(JSON.parse(String(init?.body))).toEqual({
      timeframe: '1h',
      expr: [expr],
      limit: 50,
      from: 7,
      inputs: { n: 3 },
    });
  });
});
