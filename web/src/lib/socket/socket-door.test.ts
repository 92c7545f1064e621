import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TestSocket } from '@/lib/testing-socket';
import { SocketClient } from './socket-client';
import type { Handlers } from './subscriptions';

/* Getting in and staying in: tickets, tokens, and being turned out. */

let sockets: { protocols: readonly string[]; socket: TestSocket }[];
let tickets: (() => Promise<string>)[];
let renewals: boolean[];
let renewed: number;
let client: SocketClient;

const current = () => sockets.at(-1)?.socket as TestSocket;
/** As if nothing had been before. */
function anew(): void {
  client.stop();
  sockets.length = 0;
  client.start();
}
const settle = () => vi.advanceTimersByTimeAsync(0);
const listener = (): Handlers<'feed_status'> => ({ snapshot: vi.fn(), data: vi.fn() });

beforeEach(() => {
  vi.useFakeTimers({ now: 1_767_236_400_000 });
  sockets = [];
  tickets = [];
  renewals = [];
  renewed = 0;
  let count = 0;
  client = new SocketClient({
    open: (protocols) => {
      const socket = new TestSocket();
      sockets.push({ protocols, socket });
      return socket;
    },
    door: {
      ticket: () => {
        count += 1;
        return (tickets.shift() ?? (() => Promise.resolve(`ticket${count}`)))();
      },
      token: () => 'token',
      renew: async () => {
        renewed += 1;
        return renewals.shift() ?? true;
      },
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

describe('each connection', () => {
  it('takes a ticket of its own and offers it beside the protocol', async () => {
    await settle();
    current().welcomes();
    current().onclose?.({ code: 1006 });
    await vi.advanceTimersByTimeAsync(250);
    expect(sockets.map((one) => one.protocols)).toEqual([
      ['candlewick.v1', 'ticket.ticket1'],
      ['candlewick.v1', 'ticket.ticket2'],
    ]);
  });

  it('that gets no ticket is tried again with back-off', async () => {
    tickets = [() => Promise.reject(new Error('away'))];
    anew();
    await settle();
    expect(sockets).toHaveLength(0);
    expect(client.getConnection().phase).toBe('waiting');
    await vi.advanceTimersByTimeAsync(250);
    expect(sockets).toHaveLength(1);
  });

  it('whose ticket comes too late is not made', async () => {
    let late: (ticket: string) => void = () => {};
    tickets = [() => new Promise((resolve) => (late = resolve))];
    anew();
    client.stop();
    late('late');
    await settle();
    expect(sockets).toHaveLength(0);
  });

  it('shows the token where the server has not taken the ticket', async () => {
    await settle();
    current().says({ type: 'auth_required', within_ms: 10_000, server_time: Date.now() });
    expect(current().heard.at(-1)).toEqual({ type: 'auth', token: 'token' });
    current().welcomes();
    expect(client.getConnection().phase).toBe('open');
  });

  it('is told of each new token, while it is open', async () => {
    await settle();
    client.authenticate('early');
    expect(current().heard).toEqual([]);
    current().welcomes();
    client.authenticate('newer');
    expect(current().heard.at(-1)).toMatchObject({ type: 'auth', token: 'newer' });
    current().says({ type: 'authenticated', id: 1, expires_at: Date.now() + 900_000 });
    expect(client.getUnread().total).toBe(0);
  });
});

describe('a connection that the server closes with 4401', () => {
  it('is made again at once with a new token and ticket', async () => {
    await settle();
    current().welcomes();
    client.subscribe({ channel: 'feed_status' }, listener());
    current().onclose?.({ code: 4401 });
    await settle();
    expect(renewed).toBe(1);
    expect(sockets).toHaveLength(2);
    current().welcomes();
    expect(current().heard.at(-1)).toMatchObject({ type: 'subscribe', channel: 'feed_status' });
  });

  it('waits like any other loss where no new token is to be had', async () => {
    renewals = [false];
    await settle();
    current().welcomes();
    current().onclose?.({ code: 4401 });
    await settle();
    expect(client.getConnection().phase).toBe('waiting');
    expect(sockets).toHaveLength(1);
  });

  it('is no storm: before a welcome it waits like any other loss', async () => {
    await settle();
    for (let i = 0; i < 4; i++) {
      current().onclose?.({ code: 4401 });
      await settle();
      const connection = client.getConnection();
      if (connection.phase !== 'waiting') throw new Error(connection.phase);
      expect(connection.attempt).toBe(i + 1);
      await vi.advanceTimersByTimeAsync(connection.retryAt - Date.now());
    }
    expect(sockets).toHaveLength(5);
    expect(renewed).toBe(0);
  });

  it('is not made again when the person has left meanwhile', async () => {
    await settle();
    current().welcomes();
    current().onclose?.({ code: 4401 });
    client.stop();
    await settle();
    expect(sockets).toHaveLength(1);
  });
});

it('nothing is said to a socket that the server has closed, before the browser tells so', async () => {
  await settle();
  current().welcomes();
  const leave = client.subscribe({ channel: 'feed_status' }, listener());
  current().says({
    type: 'subscribed',
    id: 1,
    channel: 'feed_status',
    key: 'feed_status',
    epoch: 'one',
    offset: 0,
    snapshot: {
      market: 'practice',
      venue: 'practice',
      server_time: 0,
      feed: { state: 'live', since: 0, detail: '.', last_message: null },
      history: [],
    },
  });
  current().readyState = 3;
  leave();
  expect(current().heard.map((one) => (one as { type: string }).type)).toEqual(['subscribe']);
});

it('after a sign-out and a sign-in what is wanted is subscribed to again', async () => {
  await settle();
  current().welcomes();
  client.subscribe({ channel: 'feed_status' }, listener());
  client.stop();
  expect(current().closed).toBe(true);
  await vi.advanceTimersByTimeAsync(120_000);
  expect(sockets).toHaveLength(1);
  client.start();
  await settle();
  current().welcomes();
  expect(current().heard.at(-1)).toMatchObject({ type: 'subscribe', channel: 'feed_status' });
});
