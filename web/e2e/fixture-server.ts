// A server that speaks the contract (docs/openapi.yaml, docs/asyncapi.yaml) on made-up, repeatable candles, for what a real
// one cannot be brought to do on demand: cut sockets, skip offsets, answer with errors, leave holes. The main suite runs
// against the real server.
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type WebSocket, WebSocketServer } from 'ws';

const DIST = fileURLToPath(new URL('../dist', import.meta.url));
const TIMEFRAMES = ['1m', '3m', '5m', '15m', '30m', '1h', '2h', '4h', '6h', '8h', '12h', '1d', '1w'];
const UNIT_MS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
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
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

type Candle = [number, number, number, number, number, number];

interface Listed {
  readonly symbol: string;
  readonly base: string;
  readonly price: number;
  readonly tick: string;
}

const LISTED: readonly Listed[] = [
  { symbol: 'BTCUSDT', base: 'BTC', price: 87_600, tick: '0.01' },
  { symbol: 'ETHUSDT', base: 'ETH', price: 2_970, tick: '0.01' },
  { symbol: 'SOLUSDT', base: 'SOL', price: 124, tick: '0.01' },
  { symbol: 'BNBUSDT', base: 'BNB', price: 850, tick: '0.01' },
  { symbol: 'XRPUSDT', base: 'XRP', price: 2.04, tick: '0.0001' },
  { symbol: 'ADAUSDT', base: 'ADA', price: 0.42, tick: '0.0001' },
  { symbol: 'DOGEUSDT', base: 'DOGE', price: 0.1243, tick: '0.00001' },
  { symbol: 'AVAXUSDT', base: 'AVAX', price: 13.2, tick: '0.01' },
  { symbol: 'LINKUSDT', base: 'LINK', price: 12.6, tick: '0.01' },
  { symbol: 'DOTUSDT', base: 'DOT', price: 2.1, tick: '0.001' },
  { symbol: 'LTCUSDT', base: 'LTC', price: 82, tick: '0.01' },
  { symbol: 'SHIBUSDT', base: 'SHIB', price: 0.0000082, tick: '0.00000001' },
];

export interface FixtureOptions {
  readonly market: 'live' | 'practice' | 'replay';
  /** The server's clock. */
  readonly now: () => number;
  /** Bars before this do not exist. */
  readonly firstBar: number;
  /** [from, to) in which BTCUSDT has no bars. */
  readonly hole: readonly [number, number] | null;
}

function widthOf(timeframe: string): number {
  return Number(timeframe.slice(0, -1)) * (UNIT_MS[timeframe.slice(-1)] ?? 0);
}

function openOf(time: number, timeframe: string): number {
  const origin = timeframe === '1w' ? 345_600_000 : 0;
  const width = widthOf(timeframe);
  return Math.floor((time - origin) / width) * width + origin;
}

/** A smooth, repeatable price at any time: a few waves of unlike lengths. */
function priceAt(listed: Listed, time: number): number {
  const minutes = time / 60_000;
  const seed = listed.symbol.length * 1.7 + listed.base.charCodeAt(0);
  const wave =
    0.06 * Math.sin(minutes / 9_700 + seed) +
    0.022 * Math.sin(minutes / 1_130 + seed * 2) +
    0.008 * Math.sin(minutes / 173 + seed * 3) +
    0.0025 * Math.sin(minutes / 17.3 + seed * 5) +
    0.0011 * Math.sin(minutes * 1.9 + seed * 7);
  return Number((listed.price * (1 + wave)).toFixed(listed.tick.length - 2));
}

function candleAt(listed: Listed, open: number, timeframe: string, until: number): Candle {
  const width = Math.min(widthOf(timeframe), Math.max(1, until - open));
  const prices = Array.from({ length: 9 }, (_, index) => priceAt(listed, open + (width * index) / 8));
  const volume = 20 + 16 * Math.sin(open / 3_600_000 + listed.price) + 8 * Math.sin(open / 97_000);
  return [
    open,
    prices[0] ?? 0,
    Math.max(...prices),
    Math.min(...prices),
    prices.at(-1) ?? 0,
    Number((Math.abs(volume) * (width / 60_000)).toFixed(5)),
  ];
}

interface Open {
  readonly key: string;
  readonly channel: string;
  readonly listed: Listed | null;
  readonly timeframe: string;
}

export class FixtureServer {
  readonly options: FixtureOptions;
  /** Requests as `GET /api/…`, in order. */
  readonly requests: string[] = [];
  /** Answers the next requests whose path starts with the key by this status. */
  readonly failures = new Map<string, number>();
  feed: { state: string; since: number; detail: string; last_message: number | null };
  history: object[] = [];
  backfill: 'none' | 'idle' | 'running' | 'done' = 'done';
  /** Refuses sockets with 503 while false. */
  acceptSockets = true;
  version = '0.1.0';
  private readonly server: Server;
  private readonly sockets = new WebSocketServer({ noServer: true });
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
    this.server = createServer((request, response) => this.answer(request, response));
    this.server.on('upgrade', (request, socket, head) => {
      if (!this.acceptSockets || request.url !== '/api/ws') {
        socket.end('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n');
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

  /** Ends every socket without a word. */
  cutSockets(): void {
    for (const socket of this.open.keys()) socket.terminate();
  }

  tick(): void {
    const now = this.options.now();
    for (const listed of LISTED) this.publish(`tickers`, this.ticker(listed));
    for (const one of this.keys()) {
      if (!one.listed) continue;
      const open = openOf(now, one.timeframe);
      this.publish(one.key, this.event(one, 'forming', candleAt(one.listed, open, one.timeframe, now)));
    }
  }

  /** Sends the bar of `open` as closed to all who watch this timeframe. */
  closeBar(timeframe: string, open: number): void {
    for (const one of this.keys()) {
      if (!one.listed || one.timeframe !== timeframe) continue;
      this.publish(
        one.key,
        this.event(one, 'closed', candleAt(one.listed, open, timeframe, open + widthOf(timeframe))),
      );
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
      const key = channel === 'market_data' ? `market_data:practice:${listed?.symbol}:${timeframe}` : channel;
      this.offsets.set(key, this.offsets.get(key) ?? 0);
      opened.set(key, { key, channel, listed: listed ?? null, timeframe });
      socket.send(
        JSON.stringify({
          type: 'subscribed',
          id: message.id,
          channel,
          key,
          epoch: 'fixture',
          offset: this.offsets.get(key) ?? 0,
          snapshot: this.snapshot(channel, listed, timeframe),
        }),
      );
    }
  }

  private snapshot(channel: string, listed: Listed | undefined, timeframe: string): object {
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
    const url = new URL(request.url ?? '/', 'http://fixture');
    this.requests.push(`${request.method} ${request.url}`);
    const reply = this.reply(url);
    if (!reply) {
      sendFile(response, url.pathname);
      return;
    }
    response.writeHead(reply.status, {
      'Content-Type': reply.status < 400 ? 'application/json' : 'application/problem+json',
      'Cache-Control': 'no-store',
    });
    response.end(JSON.stringify(reply.body));
  }

  /** What a path of the API answers; null for the dashboard's files. */
  private reply({ pathname, searchParams }: URL): Reply | null {
    const failing = [...this.failures].find(([path]) => pathname.startsWith(path));
    if (failing) return problem(failing[1], 'internal', 'The fixture was told to fail here.');
    if (pathname === '/api/market/symbols') return ok({ symbols: LISTED.map(describe) });
    if (pathname === '/api/market/status') return ok(this.status());
    if (pathname === '/health/live') return ok({ status: 'pass' });
    if (pathname === '/health/ready') {
      return ok({ status: 'pass', checks: [{ name: 'server', status: 'pass', detail: 'Serving.' }] });
    }
    const market = /^\/api\/market\/(candles|ticker)\/(.+)$/.exec(pathname);
    if (market) {
      const listed = this.find(decodeURIComponent(market[2] ?? ''));
      if (!listed) return problem(404, 'unknown_symbol', 'No venue has this symbol.');
      return ok(market[1] === 'ticker' ? this.ticker(listed) : this.candles(listed, searchParams));
    }
    const ours = /^\/(api|health|metrics)(\/|$)/.test(pathname);
    return ours ? problem(404, 'not_found', 'There is nothing here.') : null;
  }
}

interface Reply {
  readonly status: number;
  readonly body: object;
}

function ok(body: object): Reply {
  return { status: 200, body };
}

function problem(status: number, code: string, detail: string): Reply {
  return { status, body: { type: `/api/docs#code-${code}`, title: code, status, code, detail } };
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
