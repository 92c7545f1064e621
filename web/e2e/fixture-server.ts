// A server that speaks the contract (docs/openapi.yaml, docs/asyncapi.yaml) on made-up, repeatable candles, for what a real
// one cannot be brought to do on demand: cut sockets, skip offsets, answer with errors, leave holes. The main suite runs
// against the real server.
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type WebSocket, WebSocketServer } from 'ws';
import type { SignalMessage } from '../src/lib/testing-signals.ts';
import { FixtureAccounts } from './fixture-accounts.ts';
import { FixtureLab } from './fixture-lab.ts';
import { checkText, evaluateText, FIXTURE_LANGUAGE } from './fixture-language.ts';
import {
  type Candle,
  candleAt,
  LISTED,
  type Listed,
  openOf,
  priceAt,
  TIMEFRAMES,
  widthOf,
} from './fixture-market.ts';
import { evaluated, layoutReply, ok, problem, type Reply, screened } from './fixture-replies.ts';
import { closedSignal, type SignalMoods, signalsReply, signalsSnapshot } from './fixture-signals.ts';

const DIST = fileURLToPath(new URL('../dist', import.meta.url));
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
};
/** The policy of docs/openapi.yaml. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export interface FixtureOptions {
  readonly market: 'live' | 'practice' | 'replay';
  /** The server's clock. */
  readonly now: () => number;
  /** Bars before this do not exist. */
  readonly firstBar: number;
  /** [from, to) in which BTCUSDT has no bars. */
  readonly hole: readonly [number, number] | null;
}

interface Open {
  readonly key: string;
  readonly channel: string;
  readonly listed: Listed | null;
  readonly timeframe: string;
  /** Of an expression's values; else the candles. */
  readonly expr: string | null;
}

/** What an expression needs of the past, at the fixture. */
const WARM_UP_BARS = 200;

export class FixtureServer {
  readonly options: FixtureOptions;
  /** Requests as `GET /api/…`, in order. */
  readonly requests: string[] = [];
  /** Answers the next requests whose path starts with the key by this status. */
  readonly failures = new Map<string, number>();
  readonly accounts = new FixtureAccounts();
  /** Saved layouts of the chart, by name. */
  readonly layouts = new Map<string, unknown>();
  readonly lab: FixtureLab;
  readonly signals: SignalMoods = { moods: new Map(), stale: new Map() };
  feed: { state: string; since: number; detail: string; last_message: number | null };
  history: object[] = [];
  backfill: 'none' | 'idle' | 'running' | 'done' = 'done';
  /** Refuses sockets with 503 while false. */
  acceptSockets = true;
  version = '0.1.0';
  private readonly server: Server;
  private readonly sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: () => 'candlewick.v1',
  });
  private readonly open = new Map<WebSocket, Map<string, Open>>();
  private readonly offsets = new Map<string, number>();
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(options: Partial<FixtureOptions> = {}) {
    this.options = {
      market: 'practice',
      now: Date.now,
      firstBar: Date.UTC(2024, 0, 1),
      hole: null,
      ...options,
    };
    this.feed = {
      state: 'live',
      since: this.options.now() - 60_000,
      detail: '4 instruments by one connection.',
      last_message: this.options.now(),
    };
    this.lab = new FixtureLab(
      this.options.now,
      (symbol, timeframe, from, to) => {
        const listed = this.find(symbol);
        return listed
          ? this.bars(listed, timeframe, from ?? this.options.firstBar, to ?? this.options.now())
          : [];
      },
      (key, data) => this.publish(key, data),
    );
    this.server = createServer((request, response) => this.answer(request, response));
    this.server.on('upgrade', (request, socket, head) => {
      if (!this.acceptSockets || request.url !== '/api/ws') {
        socket.end('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      if (!this.accounts.admits(request.headers['sec-websocket-protocol'])) {
        socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      this.sockets.handleUpgrade(request, socket, head, (accepted) => this.welcome(accepted));
    });
  }

  async start(port = 0): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(port, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.cutSockets();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Sends forming bars and tickers by itself, as a live market does. */
  run(everyMs: number): void {
    this.timer = setInterval(() => this.tick(), everyMs);
  }

  /** The session ends, and with it the sockets. */
  endSession(): void {
    this.accounts.end();
    for (const socket of this.open.keys()) socket.close(4401);
  }

  /** How many connections were asked for. */
  get tickets(): number {
    return this.requests.filter((one) => one === 'POST /api/ws/ticket').length;
  }

  /** Ends every socket without a word. */
  cutSockets(): void {
    for (const socket of this.open.keys()) socket.terminate();
  }

  tick(): void {
    const now = this.options.now();
    for (const listed of LISTED) this.publish(`tickers`, this.ticker(listed));
    for (const one of this.keys()) {
      if (!one.listed || one.channel !== 'market_data') continue;
      const open = openOf(now, one.timeframe);
      if (one.expr === null)
        this.publish(one.key, this.event(one, 'forming', candleAt(one.listed, open, one.timeframe, now)));
      else this.publish(one.key, this.valuesAt(one, one.expr, open, true));
    }
  }

  /** Sends the bar of `open` as closed to all who watch this timeframe; the values that expressions were told. */
  closeBar(timeframe: string, open: number): readonly (number | null)[] {
    return this.keys().flatMap((one) => {
      if (!one.listed || one.channel !== 'market_data' || one.timeframe !== timeframe) return [];
      if (one.expr !== null) {
        const said = this.valuesAt(one, one.expr, open, false);
        this.publish(one.key, said);
        return said.values;
      }
      const candle = candleAt(one.listed, open, timeframe, open + widthOf(timeframe));
      this.publish(one.key, this.event(one, 'closed', candle));
      return [];
    });
  }

  /** A symbol says something else from now on; the bar of `open` is the first to tell. */
  changeMood(symbol: string, mood: number, timeframe: SignalMessage['timeframe'], open: number): void {
    this.signals.moods.set(symbol, mood);
    const listed = this.find(symbol);
    if (!listed) return;
    const signal = closedSignal(listed, timeframe, open, this.signals);
    for (const one of this.keys()) {
      const mine = one.channel === 'signals' && (one.listed === null || one.listed === listed);
      if (mine) this.publish(one.key, signal);
    }
  }

  /** Counts messages of every key that was ever open as published without sending them, as a fault would. */
  loseMessages(count: number): void {
    for (const [key, offset] of this.offsets) this.offsets.set(key, offset + count);
  }

  sendStatus(): void {
    this.publish('feed_status', this.status());
  }

  private keys(): Open[] {
    const all = [...this.open.values()].flatMap((opened) => [...opened.values()]);
    return [...new Map(all.map((one) => [one.key, one])).values()];
  }

  private event(one: Open, kind: string, candle: Candle): object {
    return { kind, symbol: one.listed?.symbol, venue: 'practice', timeframe: one.timeframe, candle };
  }

  /** The values of an expression at one bar, as they are sent live. */
  private valuesAt(one: Open, expr: string, open: number, provisional: boolean) {
    const { listed, timeframe } = one;
    const until = provisional ? this.options.now() : open + widthOf(timeframe);
    const before = listed ? this.bars(listed, timeframe, open - WARM_UP_BARS * widthOf(timeframe), open) : [];
    const bars = listed ? [...before, candleAt(listed, open, timeframe, until)] : before;
    const values = (evaluateText(expr, bars) ?? []).map((plot) => plot.values.at(-1) ?? null);
    return { symbol: listed?.symbol, timeframe, expr, time: open, provisional, values };
  }

  private publish(key: string, data: object): void {
    const offset = (this.offsets.get(key) ?? 0) + 1;
    this.offsets.set(key, offset);
    for (const [socket, opened] of this.open) {
      const one = opened.get(key);
      if (one) socket.send(JSON.stringify({ type: 'data', channel: one.channel, key, offset, data }));
    }
  }

  private welcome(socket: WebSocket): void {
    const opened = new Map<string, Open>();
    this.open.set(socket, opened);
    socket.on('close', () => this.open.delete(socket));
    socket.on('message', (text) => this.receive(socket, opened, JSON.parse(String(text))));
    socket.send(
      JSON.stringify({
        type: 'welcome',
        protocol: 1,
        server_time: this.options.now(),
        version: this.version,
        market: this.options.market,
        venue: 'practice',
        heartbeat_ms: 15_000,
        limits: {
          subscriptions: 64,
          message_bytes: 16_384,
          messages_per_second: 50,
          symbols: 100,
          queue_bytes: 1 << 20,
        },
      }),
    );
  }

  private receive(
    socket: WebSocket,
    opened: Map<string, Open>,
    message: { type: string; id: number; channel?: string; key?: string; params?: Record<string, string> },
  ): void {
    if (message.type === 'ping') {
      socket.send(JSON.stringify({ type: 'pong', id: message.id, server_time: this.options.now() }));
    } else if (message.type === 'unsubscribe') {
      opened.delete(message.key ?? '');
      socket.send(JSON.stringify({ type: 'unsubscribed', id: message.id, key: message.key }));
    } else if (message.type === 'subscribe') {
      const channel = message.channel ?? '';
      const timeframe = message.params?.timeframe ?? '';
      const listed = this.find(message.params?.symbol ?? '');
      const expr = message.params?.expr ?? null;
      const candles = `market_data:practice:${listed?.symbol}:${timeframe}`;
      const keys: Record<string, string> = {
        market_data: candles + (expr === null ? '' : `:${expr}`),
        signals: `${message.params?.strategies ? `strategies:${timeframe}` : 'signals'}:${listed?.symbol ?? '*'}`,
      };
      const key = keys[channel] ?? channel;
      this.offsets.set(key, this.offsets.get(key) ?? 0);
      opened.set(key, { key, channel, listed: listed ?? null, timeframe, expr });
      socket.send(
        JSON.stringify({
          type: 'subscribed',
          id: message.id,
          channel,
          key,
          epoch: 'fixture',
          offset: this.offsets.get(key) ?? 0,
          snapshot: expr === null ? this.snapshot(channel, listed, timeframe) : {},
        }),
      );
    }
  }

  private snapshot(channel: string, listed: Listed | undefined, timeframe: string): object {
    if (channel === 'backtests') return this.lab.snapshot();
    if (channel === 'signals') return signalsSnapshot(listed, this.options.now(), this.signals);
    if (channel === 'tickers') return { tickers: LISTED.map((one) => this.ticker(one)) };
    if (channel === 'feed_status' || !listed) return this.status();
    const now = this.options.now();
    const open = openOf(now, timeframe);
    const closed = this.bars(listed, timeframe, open - widthOf(timeframe), open)[0] ?? null;
    return {
      symbol: listed.symbol,
      venue: 'practice',
      timeframe,
      closed,
      forming: candleAt(listed, open, timeframe, now),
    };
  }

  private find(name: string): Listed | undefined {
    const symbol = name.split(':').at(-1)?.toUpperCase();
    return LISTED.find((one) => one.symbol === symbol);
  }

  private ticker(listed: Listed): object {
    const now = this.options.now();
    const price = priceAt(listed, now);
    const tick = Number(listed.tick);
    return {
      symbol: listed.symbol,
      venue: 'practice',
      price,
      bid: price,
      ask: Number((price + tick).toFixed(listed.tick.length - 2)),
      change_24h: price / priceAt(listed, now - 86_400_000) - 1,
      volume_24h: 10_412.77,
      time: now,
    };
  }

  private status(): object {
    return {
      market: this.options.market,
      venue: 'practice',
      server_time: this.options.now(),
      feed: this.feed,
      history: this.history,
    };
  }

  private bars(listed: Listed, timeframe: string, from: number, to: number): Candle[] {
    const width = widthOf(timeframe);
    const bars: Candle[] = [];
    const hole = listed.symbol === 'BTCUSDT' ? this.options.hole : null;
    for (let open = openOf(from, timeframe); open < to; open += width) {
      if (open < from || open < this.options.firstBar || open + width > this.options.now()) continue;
      if (hole && open >= hole[0] && open < hole[1]) continue;
      bars.push(candleAt(listed, open, timeframe, open + width));
    }
    return bars;
  }

  private candles(listed: Listed, query: URLSearchParams): object {
    const timeframe = query.get('timeframe') ?? '1m';
    const width = widthOf(timeframe);
    const limit = Number(query.get('limit') ?? 500);
    const to = Number(query.get('to') ?? openOf(this.options.now(), timeframe));
    const given = query.get('from');
    // A hole takes no room in the limit: look further back than the limit alone says.
    const room = (limit + 2) * width + (this.options.hole ? this.options.hole[1] - this.options.hole[0] : 0);
    const from = given === null ? Math.max(this.options.firstBar, to - room) : Number(given);
    const all = this.bars(listed, timeframe, from, given === null ? to : Math.min(to, from + room));
    const candles = given === null ? all.slice(-limit) : all.slice(0, limit);
    const [first, last] = [candles[0], candles.at(-1)];
    return {
      symbol: listed.symbol,
      venue: 'practice',
      timeframe,
      source: first && last ? [{ timeframe: '1m', from: first[0], to: last[0] + width }] : [],
      candles,
      gaps: candles.slice(1).flatMap((bar, index) => {
        const end = (candles[index]?.[0] ?? 0) + width;
        return bar[0] > end ? [[end, bar[0]]] : [];
      }),
      gapped: [],
      backfill: { state: this.backfill, oldest: openOf(this.options.firstBar + width - 1, timeframe) },
    };
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const body: Buffer[] = [];
    request.on('data', (part: Buffer) => body.push(part));
    request.on('end', () => this.answerTo(request, Buffer.concat(body).toString(), response));
  }

  private answerTo(request: IncomingMessage, body: string, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://fixture');
    this.requests.push(`${request.method} ${request.url}`);
    const { authorization } = request.headers;
    const reply =
      this.failing(url) ??
      this.accounts.reply(request.method ?? 'GET', url.pathname, authorization, body) ??
      layoutReply(this.layouts, request.method ?? 'GET', url.pathname, body) ??
      this.lab.reply(request.method ?? 'GET', url, body) ??
      signalsReply(url, this.options.now(), this.signals) ??
      this.reply(url, body);
    if (!reply) {
      sendFile(response, url.pathname);
      return;
    }
    response.writeHead(reply.status, {
      'Content-Type': reply.status < 400 ? 'application/json' : 'application/problem+json',
      'Cache-Control': 'no-store',
    });
    response.end(reply.body === null ? undefined : JSON.stringify(reply.body));
  }

  private failing({ pathname }: URL): Reply | null {
    const found = [...this.failures].find(([path]) => pathname.startsWith(path));
    return found ? problem(found[1], 'internal', 'The fixture was told to fail here.') : null;
  }

  /** What a path of the API answers; null for the dashboard's files. */
  private reply({ pathname, searchParams }: URL, body: string): Reply | null {
    if (pathname === '/api/language/functions') return ok(FIXTURE_LANGUAGE);
    if (pathname === '/api/language/check') return ok(checkText(JSON.parse(body).text));
    if (pathname === '/api/market/screen') {
      const timeframe = searchParams.get('timeframe') ?? '1h';
      const to = openOf(this.options.now(), timeframe);
      const from = to - WARM_UP_BARS * widthOf(timeframe);
      return screened(
        searchParams,
        to - widthOf(timeframe),
        LISTED.map((listed) => ({ symbol: listed.symbol, bars: this.bars(listed, timeframe, from, to) })),
      );
    }
    if (pathname === '/api/market/symbols') return ok({ symbols: LISTED.map(describe) });
    if (pathname === '/api/market/status') return ok(this.status());
    if (pathname === '/health/live') return ok({ status: 'pass' });
    if (pathname === '/health/ready') {
      return ok({ status: 'pass', checks: [{ name: 'server', status: 'pass', detail: 'Serving.' }] });
    }
    const market = /^\/api\/market\/(candles|ticker|eval)\/(.+)$/.exec(pathname);
    if (market) {
      const listed = this.find(decodeURIComponent(market[2] ?? ''));
      if (!listed) return problem(404, 'unknown_symbol', 'No venue has this symbol.');
      if (market[1] === 'eval') {
        const page = this.candles(listed, searchParams) as { candles: Candle[] };
        const timeframe = searchParams.get('timeframe') ?? '1m';
        const first = page.candles[0]?.[0] ?? 0;
        const from = first - WARM_UP_BARS * widthOf(timeframe);
        return evaluated(
          listed.symbol,
          searchParams,
          this.bars(listed, timeframe, from, first),
          page.candles,
        );
      }
      return ok(market[1] === 'ticker' ? this.ticker(listed) : this.candles(listed, searchParams));
    }
    const ours = /^\/(api|health|metrics)(\/|$)/.test(pathname);
    return ours ? problem(404, 'not_found', 'There is nothing here.') : null;
  }
}

function describe(listed: Listed): object {
  return {
    symbol: listed.symbol,
    venue: 'practice',
    base: listed.base,
    quote: 'USDT',
    tick_size: listed.tick,
    lot_size: '0.00001',
    timeframes: TIMEFRAMES,
    practice: true,
    followed: true,
  };
}

function sendFile(response: ServerResponse, path: string): void {
  const name = extname(path) === '' ? '/index.html' : path;
  try {
    const body = readFileSync(join(DIST, name));
    response.writeHead(200, {
      'Content-Type': TYPES[extname(name)] ?? 'application/octet-stream',
      'Content-Security-Policy': POLICY,
      'Cache-Control': 'no-cache',
    });
    response.end(body);
  } catch {
    response.writeHead(404);
    response.end();
  }
}
