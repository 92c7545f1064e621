import { describe, expect, it, vi } from 'vitest';
import { type Request, serverMessageSchema } from './messages';
import { Subscriptions } from './subscriptions';

const WANTED = {
  channel: 'market_data',
  params: { symbol: 'practice:BTCUSDT', timeframe: '1m', expr: 'ta.ema(close, 3)' },
} as const satisfies Request;
const VALUES = {
  symbol: 'BTCUSDT',
  timeframe: '1m',
  expr: 'ta.ema(close, 3)',
  time: 60_000,
  provisional: true,
  values: [1.5, null],
};

function opened() {
  const sent: { id: number }[] = [];
  const unreadable = vi.fn();
  const subscriptions = new Subscriptions((message) => sent.push(message as { id: number }), unreadable);
  const handlers = { snapshot: vi.fn(), data: vi.fn(), gap: vi.fn(), refused: vi.fn() };
  subscriptions.askAll(1000);
  const end = subscriptions.add(WANTED, handlers);
  const hear = (message: object) => subscriptions.handle(serverMessageSchema.parse(message));
  const open = (snapshot: unknown) =>
    hear({
      type: 'subscribed',
      id: sent.at(-1)?.id,
      channel: 'market_data',
      key: 'k',
      epoch: 'e',
      offset: 4,
      snapshot,
    });
  return { subscriptions, unreadable, sent, handlers, end, hear, open };
}

describe('the values of an expression', () => {
  it('are asked for with the text, and come as data of the key', () => {
    const { sent, handlers, open, hear } = opened();
    expect(sent).toEqual([{ type: 'subscribe', id: 1, ...WANTED }]);
    open({ closed: { time: 0, values: [1, 2] }, forming: null });
    expect(handlers.snapshot).toHaveBeenCalledExactlyOnceWith(
      { closed: { time: 0, values: [1, 2] }, forming: null },
      false,
    );
    hear({ type: 'data', channel: 'market_data', key: 'k', offset: 5, data: VALUES });
    expect(handlers.data).toHaveBeenCalledExactlyOnceWith(VALUES);
    expect(handlers.gap).not.toHaveBeenCalled();
    hear({ type: 'data', channel: 'market_data', key: 'k', offset: 9, data: VALUES });
    expect(handlers.gap).toHaveBeenCalledExactlyOnceWith(true);
  });

  it.each([null, {}, { symbol: 'BTCUSDT' }])('may open without a state: %j', (snapshot) => {
    const { handlers, open } = opened();
    open(snapshot);
    expect(handlers.snapshot).toHaveBeenCalledExactlyOnceWith({ closed: null, forming: null }, false);
  });

  it('may come as messages of their own, by key or by what they are of', () => {
    const { handlers, open, hear } = opened();
    open({});
    const message = { type: 'values', channel: 'market_data', ...VALUES };
    hear({ ...message, key: 'k', offset: 5 });
    hear(message);
    expect(handlers.data).toHaveBeenCalledTimes(2);
    expect(handlers.data).toHaveBeenLastCalledWith(expect.objectContaining(VALUES));
    hear({ ...message, expr: 'close' });
    hear({ ...message, symbol: 'ETHUSDT' });
    hear({ ...message, timeframe: '5m' });
    hear({ ...message, key: 'another', offset: 1 });
    expect(handlers.data).toHaveBeenCalledTimes(2);
  });

  it('that cannot be read are counted and told as a loss', () => {
    const { unreadable, handlers, open, hear } = opened();
    open({});
    hear({ type: 'data', channel: 'market_data', key: 'k', offset: 5, data: { ...VALUES, values: ['NaN'] } });
    expect(unreadable).toHaveBeenCalledOnce();
    expect(handlers.gap).toHaveBeenCalledOnce();
    expect(handlers.data).not.toHaveBeenCalled();
  });

  it('of a text that is longer than a message may be are refused here, and the server is not asked', () => {
    const { subscriptions, sent, handlers } = opened();
    const asked = sent.length;
    subscriptions.add({ ...WANTED, params: { ...WANTED.params, expr: 'é'.repeat(500) } }, handlers);
    expect(sent).toHaveLength(asked);
    expect(handlers.refused).toHaveBeenCalledExactlyOnceWith(
      'too_long',
      expect.stringMatching(/11\d\d bytes/),
    );
  });

  it('end with the subscription', () => {
    const { sent, handlers, open, hear, end } = opened();
    open({});
    end();
    expect(sent.at(-1)).toMatchObject({ type: 'unsubscribe', key: 'k' });
    hear({ type: 'values', channel: 'market_data', ...VALUES });
    expect(handlers.data).not.toHaveBeenCalled();
  });
});
