import { reconnectDelay } from '@/lib/socket/backoff';
import {
  CHANNELS,
  type Channel,
  type DataOf,
  type Request,
  type ServerMessage,
  type SnapshotOf,
  serverMessageSchema,
} from '@/lib/socket/messages';
import { type UnixMs, unixMs } from '@/lib/time';

/** The part of a browser's WebSocket that is used; tests bring their own. */
export interface RawSocket {
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  send(text: string): void;
  close(code?: number): void;
}

export interface SocketClientOptions {
  readonly open: () => RawSocket;
  readonly now: () => number;
  readonly random: () => number;
}

/** What a person may know of the connection. */
export type Connection =
  | { readonly phase: 'connecting'; readonly attempt: number }
  | { readonly phase: 'open'; readonly since: UnixMs; readonly serverVersion: string }
  | {
      readonly phase: 'waiting';
      readonly attempt: number;
      readonly retryAt: UnixMs;
      readonly lostAt: UnixMs;
    };

/** Whether the page hears nothing. The first connection of a page takes a moment, which is no cut. */
export function isCutOff(connection: Connection): boolean {
  return connection.phase === 'waiting' || (connection.phase === 'connecting' && connection.attempt > 0);
}

export interface Handlers<C extends Channel> {
  /** The channel is open. `resumed`: nothing was missed since the last time, so the snapshot says nothing new. */
  snapshot(snapshot: SnapshotOf<C>, resumed: boolean): void;
  data(data: DataOf<C>): void;
  /** Messages were lost. `closed`: closed candles may be among them, so they must be fetched again. */
  gap?(closed: boolean): void;
  /** The server refused the subscription; no data will come until the connection is made anew. */
  refused?(code: string, message: string): void;
}

type AnyHandlers = Handlers<Channel>;

interface Subscription {
  readonly request: Request;
  /** Each asker, and whether it has had a snapshot. */
  readonly listeners: Map<AnyHandlers, boolean>;
  key: string | null;
  epoch: string | null;
  offset: number;
  /** The id of the subscribe that is on its way, or null. */
  pending: number | null;
}

/** The server answers at the latest after so long, or the connection is dead. */
const ANSWER_WITHIN_MS = 10_000;
/** The same after the page was away: what it shows may be hours old, so it must know soon. */
const AWAKE_ANSWER_WITHIN_MS = 4_000;
/** Used until `welcome` has told the real one. */
const FIRST_HEARTBEAT_MS = 15_000;

/**
 * One connection to `/api/ws`, kept up.
 *
 * After a loss it waits with full jitter, connects again and subscribes again to all that is wanted. Every key's offsets are
 * watched: a jump is told as a gap. Silence is broken with a ping; a ping without an answer ends the connection.
 * What cannot be read is counted in `unreadable` and skipped.
 */
export class SocketClient {
  private readonly options: SocketClientOptions;
  private socket: RawSocket | null = null;
  private connection: Connection = { phase: 'connecting', attempt: 0 };
  private readonly watchers = new Set<() => void>();
  private readonly subscriptions = new Map<string, Subscription>();
  private readonly byKey = new Map<string, Subscription>();
  /** The name of what each unanswered subscribe asked for. */
  private readonly asked = new Map<number, string>();
  private nextId = 1;
  private attempt = 0;
  private lostAt: UnixMs | null = null;
  private heartbeatMs = FIRST_HEARTBEAT_MS;
  private serverAhead = 0;
  private silence: ReturnType<typeof setTimeout> | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private running = false;
  /** Messages that could not be read. */
  unreadable = 0;

  constructor(options: SocketClientOptions) {
    this.options = options;
  }

  start(): void {
    if (this.running) return;
    this.running = true;
    this.connect();
  }

  stop(): void {
    this.running = false;
    clearTimeout(this.retry);
    this.drop(1000);
  }

  /** Connects now instead of at the end of the wait. */
  retryNow(): void {
    if (this.connection.phase !== 'waiting') return;
    clearTimeout(this.retry);
    this.connect();
  }

  /** The page was hidden, asleep or without a network: finds out at once whether the connection still lives. */
  wake(): void {
    this.retryNow();
    if (this.connection.phase === 'open') this.askForLife(AWAKE_ANSWER_WITHIN_MS);
  }

  readonly getConnection = (): Connection => this.connection;

  readonly watchConnection = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  /** The server's clock, as far as its messages have told. */
  readonly serverNow = (): UnixMs => unixMs(this.options.now() + this.serverAhead);

  /** Asks for a channel. The returned function ends it; two askers of the same thing share one subscription. */
  subscribe<R extends Request>(request: R, handlers: Handlers<R['channel']>): () => void {
    const name = JSON.stringify(request);
    let subscription = this.subscriptions.get(name);
    if (!subscription) {
      subscription = { request, listeners: new Map(), key: null, epoch: null, offset: 0, pending: null };
      this.subscriptions.set(name, subscription);
    }
    const wanted = subscription;
    const listener = handlers as unknown as AnyHandlers;
    wanted.listeners.set(listener, false);
    // Also for a second asker: the answer brings the snapshot that it needs.
    if (this.connection.phase === 'open') this.ask(name, wanted);
    return () => {
      if (!wanted.listeners.delete(listener) || wanted.listeners.size > 0) return;
      this.subscriptions.delete(name);
      if (wanted.key === null) return;
      this.byKey.delete(wanted.key);
      if (this.connection.phase === 'open')
        this.send({ type: 'unsubscribe', id: this.nextId++, key: wanted.key });
    };
  }

  private setConnection(connection: Connection): void {
    this.connection = connection;
    for (const watcher of [...this.watchers]) watcher();
  }

  private connect(): void {
    this.setConnection({ phase: 'connecting', attempt: this.attempt });
    const socket = this.options.open();
    this.socket = socket;
    socket.onmessage = (event) => {
      if (socket === this.socket) this.receive(event.data);
    };
    socket.onclose = () => {
      if (socket === this.socket) this.lost();
    };
    this.silence = setTimeout(() => this.lost(), ANSWER_WITHIN_MS);
  }

  /** Leaves the socket without waiting for its close. */
  private drop(code?: number): void {
    clearTimeout(this.silence);
    const socket = this.socket;
    this.socket = null;
    if (!socket) return;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close(code);
  }

  private lost(): void {
    this.drop();
    this.byKey.clear();
    this.asked.clear();
    for (const subscription of this.subscriptions.values()) subscription.pending = null;
    if (!this.running) return;
    const now = this.options.now();
    this.lostAt ??= unixMs(now);
    const delay = reconnectDelay(this.attempt, this.options.random());
    this.attempt += 1;
    this.setConnection({
      phase: 'waiting',
      attempt: this.attempt,
      retryAt: unixMs(now + delay),
      lostAt: this.lostAt,
    });
    this.retry = setTimeout(() => this.connect(), delay);
  }

  private heard(): void {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.askForLife(ANSWER_WITHIN_MS), this.heartbeatMs);
  }

  private askForLife(answerWithinMs: number): void {
    clearTimeout(this.silence);
    this.send({ type: 'ping', id: this.nextId++ });
    this.silence = setTimeout(() => this.lost(), answerWithinMs);
  }

  private send(message: object): void {
    this.socket?.send(JSON.stringify(message));
  }

  private ask(name: string, subscription: Subscription): void {
    subscription.pending = this.nextId++;
    this.asked.set(subscription.pending, name);
    this.send({ type: 'subscribe', id: subscription.pending, ...subscription.request });
  }

  private receive(text: unknown): void {
    this.heard();
    let json: unknown;
    try {
      json = JSON.parse(String(text));
    } catch {
      this.unreadable += 1;
      return;
    }
    const parsed = serverMessageSchema.safeParse(json);
    if (parsed.success) this.handle(parsed.data);
    else this.unreadable += 1;
  }

  private handle(message: ServerMessage): void {
    switch (message.type) {
      case 'welcome': {
        this.attempt = 0;
        this.lostAt = null;
        this.heartbeatMs = message.heartbeat_ms;
        this.serverAhead = message.server_time - this.options.now();
        this.heard();
        this.setConnection({
          phase: 'open',
          since: unixMs(this.options.now()),
          serverVersion: message.version,
        });
        for (const [name, subscription] of this.subscriptions) this.ask(name, subscription);
        return;
      }
      case 'pong':
        this.serverAhead = message.server_time - this.options.now();
        return;
      case 'subscribed':
        this.opened(message);
        return;
      case 'data':
        this.delivered(message);
        return;
      case 'gap': {
        const subscription = this.byKey.get(message.key);
        if (!subscription) return;
        subscription.offset = message.offset;
        for (const listener of [...subscription.listeners.keys()]) listener.gap?.(message.closed);
        return;
      }
      case 'error':
        this.refused(message);
        return;
      case 'unsubscribed':
        return;
    }
  }

  private answered(id: number): { name: string; subscription: Subscription | undefined } | null {
    const name = this.asked.get(id);
    if (name === undefined) return null;
    this.asked.delete(id);
    return { name, subscription: this.subscriptions.get(name) };
  }

  private refused(message: Extract<ServerMessage, { type: 'error' }>): void {
    const subscription = message.id === undefined ? undefined : this.answered(message.id)?.subscription;
    if (!subscription || subscription.pending !== message.id) return;
    subscription.pending = null;
    for (const listener of [...subscription.listeners.keys()])
      listener.refused?.(message.code, message.message);
  }

  private opened(message: Extract<ServerMessage, { type: 'subscribed' }>): void {
    const answer = this.answered(message.id);
    if (!answer) return;
    const { subscription } = answer;
    if (!subscription) {
      // Given up while the answer was on its way, and not asked for again since.
      this.send({ type: 'unsubscribe', id: this.nextId++, key: message.key });
      return;
    }
    // An older question of the same: the answer to the newer one follows.
    if (subscription.pending !== message.id) return;
    const snapshot = CHANNELS[subscription.request.channel].snapshot.safeParse(message.snapshot);
    if (!snapshot.success) {
      this.unreadable += 1;
      return;
    }
    const resumed = subscription.epoch === message.epoch && subscription.offset === message.offset;
    subscription.pending = null;
    subscription.key = message.key;
    subscription.epoch = message.epoch;
    subscription.offset = message.offset;
    this.byKey.set(message.key, subscription);
    for (const [listener, served] of [...subscription.listeners]) {
      subscription.listeners.set(listener, true);
      listener.snapshot(snapshot.data, served && resumed);
    }
  }

  private delivered(message: Extract<ServerMessage, { type: 'data' }>): void {
    const subscription = this.byKey.get(message.key);
    if (!subscription) return;
    const data = CHANNELS[subscription.request.channel].data.safeParse(message.data);
    const skipped = message.offset > subscription.offset + 1;
    subscription.offset = message.offset;
    if (skipped || !data.success) {
      for (const listener of [...subscription.listeners.keys()]) listener.gap?.(true);
    }
    if (!data.success) {
      this.unreadable += 1;
      return;
    }
    for (const listener of [...subscription.listeners.keys()]) listener.data(data.data);
  }
}

/** The browser's own socket to the server that served the page. */
export function openBrowserSocket(): RawSocket {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  return new WebSocket(`${scheme}://${location.host}/api/ws`) as RawSocket;
}
