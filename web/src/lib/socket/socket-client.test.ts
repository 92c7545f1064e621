import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { unixMs } from '@/lib/time';
import type { Request } from './messages';
import { isCutOff, type RawSocket, SocketClient } from './socket-client';
import type { Handlers } from './subscriptions';

const WATCH: Request = { channel: 'market_data', params: { symbol: 'practice:BTCUSDT', timeframe: '1m' } };
const KEY = 'market_data:practice:BTCUSDT:1m';
const BAR = [1_767_236_400_000, 10, 12, 9, 11, 3];

/** A server's end of one socket: says what the test says, keeps what it hears. */
class FakeSocket implements RawSocket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  closed = false;
  readonly heard: { type: string; id: number; channel?: string; key?: string }[] = [];

  send(text: string): void {
    this.heard.push(JSON.parse(text));
  }
  close(): void {
    this.closed = true;
  }
  says(message: object | string): void {
    this.onmessage?.({ data: typeof message === 'string' ? message : JSON.stringify(message) });
  }
  welcomes(version = '0.1.0'): void {
    this.says({
      type: 'welcome',
      protocol: 1,
      server_time: Date.now() + 500,
      version,
      market: 'practice',
      venue: 'practice',
      heartbeat_ms: 15_000,
    });
  }
  asked(channel: string): { id: number } {
    const asked = this.heard.findLast((one) => one.type === 'subscribe' && one.channel === channel);
    if (!asked) throw new Error(`nobody asked for ${channel}`);
    return asked;
  }
  opens(offset: number, epoch = 'one', id = this.asked('market_data').id): void {
    this.says({
      type: 'subscribed',
      id,
      channel: 'market_data',
      key: KEY,
      epoch,
      offset,
      snapshot: { symbol: 'BTCUSDT', venue: 'practice', timeframe: '1m', closed: BAR, forming: null },
    });
  }
  delivers(offset: number, kind = 'forming'): void {
    this.says({
      type: 'data',
      channel: 'market_data',
      key: KEY,
      offset,
      data: { kind, symbol: 'BTCUSDT', venue: 'practice', timeframe: '1m', candle: BAR },
    });
  }
}

let sockets: FakeSocket[];
let client: SocketClient;
const current = () => sockets.at(-1) as FakeSocket;

function handlers() {
  return {
    snapshot: vi.fn(),
    data: vi.fn(),
    gap: vi.fn(),
    refused: vi.fn(),
  } satisfies Handlers<'market_data'>;
}

beforeEach(() => {
  vi.useFakeTimers({ now: 1_767_236_400_000 });
  sockets = [];
  client = new SocketClient({
    open: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    now: Date.now,
    random: () => 0.5,
  });
  client.start();
});

afterEach(() => {
  client.stop();
  vi.useRealTimers();
});

describe('a connection', () => {
  it('is open with the welcome, not before, and takes the server’s clock', () => {
    expect(client.getConnection().phase).toBe('connecting');
    current().welcomes();
    expect(client.getConnection()).toMatchObject({ phase: 'open', serverVersion: '0.1.0' });
    expect(client.serverNow()).toBe(unixMs(Date.now() + 500));
  });

  it('is tried again later each time, and at once after a success', () => {
    const waits: number[] = [];
    for (let i = 0; i < 4; i++) {
      current().onclose?.({ code: 1006 });
      const connection = client.getConnection();
      if (connection.phase !== 'waiting') throw new Error(connection.phase);
      waits.push(connection.retryAt - Date.now());
      vi.advanceTimersByTime(connection.retryAt - Date.now());
    }
    expect(waits).toEqual([250, 500, 1000, 2000]);
    expect(sockets).toHaveLength(5);
    current().welcomes();
    current().onclose?.({ code: 1001 });
    expect(client.getConnection()).toMatchObject({ phase: 'waiting', retryAt: Date.now() + 250 });
  });

  it('that died while the page slept is noticed soon after it wakes', () => {
    current().welcomes();
    client.wake();
    expect(current().heard.at(-1)).toMatchObject({ type: 'ping' });
    vi.advanceTimersByTime(3999);
    expect(client.getConnection().phase).toBe('open');
    vi.advanceTimersByTime(1);
    expect(client.getConnection().phase).toBe('waiting');
    client.wake();
    expect(sockets).toHaveLength(2);
  });

  it('that lived through the page’s sleep is kept', () => {
    current().welcomes();
    client.wake();
    vi.advanceTimersByTime(100);
    current().says({ type: 'pong', id: current().heard.at(-1)?.id, server_time: Date.now() });
    vi.advanceTimersByTime(10_000);
    expect(client.getConnection().phase).toBe('open');
    expect(sockets).toHaveLength(1);
  });

  it('that is being made for the first time is not called cut off', () => {
    expect(isCutOff(client.getConnection())).toBe(false);
    current().onclose?.({ code: 1006 });
    expect(isCutOff(client.getConnection())).toBe(true);
    client.retryNow();
    expect(isCutOff(client.getConnection())).toBe(true);
    current().welcomes();
    expect(isCutOff(client.getConnection())).toBe(false);
  });

  it('says since when it is lost, over all the tries', () => {
    current().welcomes();
    const lostAt = Date.now();
    current().onclose?.({ code: 1006 });
    vi.advanceTimersByTime(250);
    current().onclose?.({ code: 1006 });
    expect(client.getConnection()).toMatchObject({ phase: 'waiting', lostAt, attempt: 2 });
  });

  it('can be tried at once', () => {
    current().onclose?.({ code: 1006 });
    client.retryNow();
    expect(sockets).toHaveLength(2);
    vi.advanceTimersByTime(60_000);
    expect(client.getConnection().phase).not.toBe('open');
  });

  it('is given up when no welcome comes', () => {
    vi.advanceTimersByTime(10_000);
    expect(client.getConnection().phase).toBe('waiting');
    expect(sockets[0]?.closed).toBe(true);
  });

  it('breaks a silence with a ping, and ends when the ping is not answered', () => {
    current().welcomes();
    vi.advanceTimersByTime(15_000);
    expect(current().heard.at(-1)).toMatchObject({ type: 'ping' });
    current().says({ type: 'pong', server_time: Date.now() });
    vi.advanceTimersByTime(15_000);
    expect(current().heard.filter((one) => one.type === 'ping')).toHaveLength(2);
    expect(client.getConnection().phase).toBe('open');
    vi.advanceTimersByTime(10_000);
    expect(client.getConnection().phase).toBe('waiting');
  });

  it('hears nothing more from a socket it has left', () => {
    const old = current();
    old.welcomes();
    client.subscribe(WATCH, handlers());
    old.onclose?.({ code: 1006 });
    vi.advanceTimersByTime(250);
    old.welcomes();
    expect(client.getConnection().phase).toBe('connecting');
  });

  it('counts what it cannot read and goes on; what a newer server may say is left alone', () => {
    current().says('{');
    current().says({ type: 'welcome', protocol: 2 });
    current().says({ type: 'nonsense' });
    expect(client.getUnread()).toEqual({ total: 2, here: 2 });
    current().welcomes();
    expect(client.getConnection().phase).toBe('open');
  });

  it('is made anew once where something cannot be read, and asks for all again', () => {
    const mine = handlers();
    client.subscribe(WATCH, mine);
    const first = current();
    first.welcomes();
    first.opens(1);
    first.says({ type: 'data', channel: 'market_data' });
    expect(first.closed).toBe(true);
    expect(client.getUnread()).toEqual({ total: 1, here: 0 });
    const second = current();
    second.welcomes();
    second.opens(5, 'two');
    expect(mine.snapshot).toHaveBeenLastCalledWith(expect.anything(), false);
    second.says('{');
    second.says([]);
    expect(second.closed).toBe(false);
    expect(client.getUnread()).toEqual({ total: 3, here: 2 });
  });
});

describe('a subscription', () => {
  it('is asked for once the connection is open, gets its snapshot and then its data', () => {
    const mine = handlers();
    client.subscribe(WATCH, mine);
    expect(current().heard).toEqual([]);
    current().welcomes();
    current().opens(812);
    current().delivers(813);
    expect(mine.snapshot).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ timeframe: '1m' }),
      false,
    );
    expect(mine.data).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ kind: 'forming' }));
    expect(mine.gap).not.toHaveBeenCalled();
  });

  it('is asked for again after a reconnect, and knows whether it missed something', () => {
    const mine = handlers();
    client.subscribe(WATCH, mine);
    current().welcomes();
    current().opens(812);
    const again = (offset: number, epoch: string) => {
      current().onclose?.({ code: 1006 });
      vi.advanceTimersByTime(300);
      current().welcomes();
      current().opens(offset, epoch);
      return mine.snapshot.mock.lastCall?.[1];
    };
    expect(again(812, 'one')).toBe(true);
    expect(again(813, 'one')).toBe(false);
    expect(again(813, 'two')).toBe(false);
  });

  it('tells of a jump in the offsets, once, before the data', () => {
    const mine = handlers();
    client.subscribe(WATCH, mine);
    current().welcomes();
    current().opens(1);
    current().delivers(2);
    current().delivers(5);
    current().delivers(6);
    expect(mine.gap).toHaveBeenCalledExactlyOnceWith(true);
    expect(mine.gap.mock.invocationCallOrder[0]).toBeLessThan(mine.data.mock.invocationCallOrder[1] ?? 0);
    expect(mine.data).toHaveBeenCalledTimes(3);
  });

  it('takes the server’s word for what was skipped', () => {
    const mine = handlers();
    client.subscribe(WATCH, mine);
    current().welcomes();
    current().opens(1);
    current().says({ type: 'gap', channel: 'market_data', key: KEY, missed: 7, offset: 8, closed: false });
    current().delivers(9);
    expect(mine.gap).toHaveBeenCalledExactlyOnceWith(false);
  });

  it('treats data it cannot read as lost', () => {
    const mine = handlers();
    client.subscribe(WATCH, mine);
    current().welcomes();
    current().opens(1);
    current().says({ type: 'data', channel: 'market_data', key: KEY, offset: 2, data: { kind: 'odd' } });
    expect(mine.gap).toHaveBeenCalledExactlyOnceWith(true);
    expect(mine.data).not.toHaveBeenCalled();
    expect(client.getUnread().total).toBe(1);
  });

  it('is shared by all who ask for the same, and ends with the last of them', () => {
    const [first, second] = [handlers(), handlers()];
    const leaveFirst = client.subscribe(WATCH, first);
    current().welcomes();
    current().opens(1);
    const leaveSecond = client.subscribe(WATCH, second);
    current().opens(1);
    expect(second.snapshot).toHaveBeenCalledExactlyOnceWith(expect.anything(), false);
    current().delivers(2);
    expect(first.data).toHaveBeenCalledTimes(1);
    expect(second.data).toHaveBeenCalledTimes(1);
    leaveFirst();
    expect(current().heard.map((one) => one.type)).not.toContain('unsubscribe');
    leaveSecond();
    expect(current().heard.at(-1)).toMatchObject({ type: 'unsubscribe', key: KEY });
  });

  it('that was given up before its answer came is closed then', () => {
    const leave = client.subscribe(WATCH, handlers());
    current().welcomes();
    leave();
    current().opens(1);
    expect(current().heard.at(-1)).toMatchObject({ type: 'unsubscribe', key: KEY });
  });

  it('that was given up and asked for again before its answer came stays open', () => {
    const mine = handlers();
    const leave = client.subscribe(WATCH, handlers());
    current().welcomes();
    const firstId = current().asked('market_data').id;
    leave();
    client.subscribe(WATCH, mine);
    current().opens(1, 'one', firstId);
    current().opens(1);
    current().delivers(2);
    expect(current().heard.map((one) => one.type)).toEqual(['subscribe', 'subscribe']);
    expect(mine.data).toHaveBeenCalledTimes(1);
  });

  it('is told to all who ask for one thing in different words, and ends with the last of them', () => {
    const [first, second] = [handlers(), handlers()];
    const leaveFirst = client.subscribe(WATCH, first);
    const bare: Request = { channel: 'market_data', params: { symbol: 'BTCUSDT', timeframe: '1m' } };
    current().welcomes();
    current().opens(1);
    const leaveSecond = client.subscribe(bare, second);
    current().opens(1);
    current().delivers(2);
    expect(first.data).toHaveBeenCalledTimes(1);
    expect(second.data).toHaveBeenCalledTimes(1);
    leaveSecond();
    current().delivers(3);
    expect(first.data).toHaveBeenCalledTimes(2);
    expect(current().heard.map((one) => one.type)).not.toContain('unsubscribe');
    leaveFirst();
    expect(current().heard.at(-1)).toMatchObject({ type: 'unsubscribe', key: KEY });
  });

  it('that ended while it was asked for in other words is asked for again', () => {
    const leave = client.subscribe(WATCH, handlers());
    current().welcomes();
    current().opens(1);
    client.subscribe({ channel: 'market_data', params: { symbol: 'BTCUSDT', timeframe: '1m' } }, handlers());
    leave();
    const { id } = current().heard.at(-1) ?? {};
    current().opens(1);
    current().says({ type: 'unsubscribed', id, key: KEY });
    expect(current().heard.at(-1)).toMatchObject({ type: 'subscribe', params: { symbol: 'BTCUSDT' } });
  });

  it('that is refused says why', () => {
    const mine = handlers();
    client.subscribe(WATCH, mine);
    current().welcomes();
    const { id } = current().asked('market_data');
    current().says({
      type: 'error',
      id,
      code: 'unknown_symbol',
      message: 'No such symbol.',
      retryable: false,
    });
    expect(mine.refused).toHaveBeenCalledExactlyOnceWith('unknown_symbol', 'No such symbol.');
  });
});
