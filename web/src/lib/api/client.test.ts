import { afterEach, describe, expect, it, vi } from 'vitest';
import { unixMs } from '@/lib/time';
import { fetchCandles, fetchReady, fetchSymbols } from './client';
import { ApiProblem } from './problem';

function answers(status: number, body: unknown, type = 'application/json') {
  const spy = vi.fn(
    async () =>
      new Response(typeof body === 'string' ? body : JSON.stringify(body), {
        status,
        headers: { 'Content-Type': type },
      }),
  );
  vi.stubGlobal('fetch', spy);
  return spy;
}

async function problemOf(promise: Promise<unknown>): Promise<ApiProblem> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ApiProblem);
  return error as ApiProblem;
}

afterEach(() => vi.unstubAllGlobals());

describe('the API client', () => {
  it('asks for candles as the contract says', async () => {
    const spy = answers(404, {});
    await problemOf(
      fetchCandles({ symbol: 'binance:BTCUSDT', timeframe: '1h', from: unixMs(1), to: unixMs(2), limit: 3 }),
    );
    expect(spy).toHaveBeenCalledWith(
      '/api/market/candles/binance%3ABTCUSDT?timeframe=1h&limit=3&from=1&to=2',
      expect.anything(),
    );
  });

  it('hands on the server’s problem with its suggestions', async () => {
    answers(404, {
      type: '/api/docs#code-unknown_symbol',
      title: 'Unknown symbol',
      status: 404,
      code: 'unknown_symbol',
      detail: 'No such symbol.',
      suggestions: ['BTCUSDT'],
      request_id: 'abc',
    });
    const problem = await problemOf(fetchSymbols());
    expect(problem).toMatchObject({
      code: 'unknown_symbol',
      message: 'No such symbol.',
      suggestions: ['BTCUSDT'],
      requestId: 'abc',
      retryable: false,
    });
  });

  it('has a sentence for an answer that is no problem document', async () => {
    answers(502, '<html>');
    expect(await problemOf(fetchSymbols())).toMatchObject({
      code: 'bad_answer',
      status: 502,
      retryable: true,
    });
  });

  it('names the place in an answer that is not what the contract says', async () => {
    answers(200, { symbols: [{ symbol: 1 }] });
    expect((await problemOf(fetchSymbols())).message).toContain("'symbols.0.symbol'");
  });

  it('says that the server does not answer', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed')));
    expect(await problemOf(fetchSymbols())).toMatchObject({ code: 'unreachable', retryable: true });
  });

  it('reads the health of a server that is not ready', async () => {
    answers(503, { status: 'fail', checks: [{ name: 'disk', status: 'fail', detail: 'Full.' }] });
    expect((await fetchReady()).checks?.[0]?.detail).toBe('Full.');
  });
});
