import { reconnectDelay } from '@/lib/socket/backoff';
import {
  type FeedOf,
  isUnknownKind,
  type Request,
  type ServerMessage,
  serverMessageSchema,
} from '@/lib/socket/messages';
import { type Handlers, Subscriptions } from '@/lib/socket/subscriptions';
import { type UnixMs, unixMs } from '@/lib/time';

/** The part of a browser's WebSocket that is used; tests bring their own. */
export interface RawSocket {
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  /** As the browser counts: 1 is open. Absent in tests that do not care. */
  readonly readyState?: number;
  send(text: string): void;
  close(code?: number): void;
}

/** Gets a page in. Without one the socket is opened at once, as tests do. */
export interface SocketDoor {
  /** A ticket for one connection. */
  readonly ticket: () => Promise<string>;
  /** The access token as it is now, for a server that has not taken the ticket. */
  readonly token: () => string | null;
  /** Makes sure that the token is a good one; false where there is none to be had now. */
  readonly renew: () => Promise<boolean>;
}

export interface SocketClientOptions {
  /** Begins a connection that offers these sub-protocols. */
  readonly open: (protocols: readonly string[]) => RawSocket;
  readonly door?: SocketDoor;
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

/** How many messages could not be read. */
export interface Unread {
  readonly total: number;
  /** In the connection that there is now. */
  readonly here: number;
}

/** Whether the page hears nothing. The first connection of a page takes a moment, which is no cut. */
export function isCutOff(connection: Connection): boolean {
  return connection.phase === 'waiting' || (connection.phase === 'connecting' && connection.attempt > 0);
}

/** The server answers at the latest after so long, or the connection is dead. */
const ANSWER_WITHIN_MS = 10_000;
/** The same after the page was away: what it shows may be hours old, so it must know soon. */
const AWAKE_ANSWER_WITHIN_MS = 4_000;
/** The server has closed the connection because its token or ticket is no good (any more). */
const NOT_AUTHENTICATED = 4401;
const PROTOCOL = 'candlewick.v1';
/** `WebSocket.OPEN`. */
const OPEN = 1;
/** Used until `welcome` has told the real one. */
const FIRST_HEARTBEAT_MS = 15_000;

/**
 * One connection to `/api/ws`, kept up.
 *
 * Each connection takes a ticket of its own. Where the server closes one for its token, a new token is got and the connection
 * made again at once; where that does not help either, as after any other loss. After a loss it waits with full jitter,
 * connects again and subscribes again to all that is wanted (subscriptions.ts). Silence is broken with a ping; a ping
 * without an answer ends the connection. What cannot be read is skipped and counted in `getUnread`; the first time the
 * connection is made anew, so that all is asked for again.
 */
export class SocketClient {
  private readonly options: SocketClientOptions;
  private socket: RawSocket | null = null;
  private connection: Connection = { phase: 'connecting', attempt: 0 };
  private readonly watchers = new Set<() => void>();
  private readonly subscriptions = new Subscriptions(
    (message) => this.send(message),
    () => this.notRead(),
  );
  private attempt = 0;
  private lostAt: UnixMs | null = null;
  private heartbeatMs = FIRST_HEARTBEAT_MS;
  private serverAhead = 0;
  private silence: ReturnType<typeof setTimeout> | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private running = false;
  /** Counts connections that were begun: what belongs to an older one is let go. */
  private turn = 0;
  private unread: Unread = { total: 0, here: 0 };
  private madeAnew = false;

  constructor(options: SocketClientOptions) {
    this.options = options;
  }

  start(): void {
    if (this.running) return;
    this.running = true;
    this.connect();
  }

  /** Ends the connection; what is subscribed to is asked for again after the next `start`. */
  stop(): void {
    if (!this.running) return;
    this.running = false;
    this.turn += 1;
    clearTimeout(this.retry);
    this.drop(1000);
    this.subscriptions.forget();
    this.attempt = 0;
    this.lostAt = null;
    this.setConnection({ phase: 'connecting', attempt: 0 });
  }

  /** Tells the server of a newer token, so that the connection lives on. */
  authenticate(token: string): void {
    if (this.connection.phase === 'open') this.send({ type: 'auth', id: this.subscriptions.nextId(), token });
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

  readonly getUnread = (): Unread => this.unread;

  /** Tells also when something could not be read. */
  readonly watchConnection = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  /** The server's clock, as far as its messages have told. */
  readonly serverNow = (): UnixMs => unixMs(this.options.now() + this.serverAhead);

  /** Asks for a channel. The returned function ends it; two askers of the same thing share one subscription. */
  subscribe<R extends Request>(request: R, handlers: Handlers<FeedOf<R>>): () => void {
    return this.subscriptions.add(request, handlers);
  }

  private setConnection(connection: Connection): void {
    this.connection = connection;
    for (const watcher of [...this.watchers]) watcher();
  }

  private connect(): void {
    this.turn += 1;
    this.unread = { ...this.unread, here: 0 };
    this.setConnection({ phase: 'connecting', attempt: this.attempt });
    if (this.options.door) void this.connectWithTicket(this.options.door, this.turn);
    else this.openSocket([PROTOCOL]);
  }

  private async connectWithTicket(door: SocketDoor, turn: number): Promise<void> {
    this.silence = setTimeout(() => this.lost(), ANSWER_WITHIN_MS);
    const ticket = await door.ticket().catch(() => null);
    if (turn !== this.turn) return;
    clearTimeout(this.silence);
    if (ticket === null) this.lost();
    else this.openSocket([PROTOCOL, `ticket.${ticket}`]);
  }

  private openSocket(protocols: readonly string[]): void {
    const socket = this.options.open(protocols);
    this.socket = socket;
    socket.onmessage = (event) => {
      if (socket === this.socket) this.receive(event.data);
    };
    socket.onclose = ({ code }) => {
      if (socket !== this.socket) return;
      // Only a connection that stood: a server that will have none is not asked again and again.
      if (code === NOT_AUTHENTICATED && this.connection.phase === 'open') void this.turnedOut();
      else this.lost();
    };
    this.silence = setTimeout(() => this.lost(), ANSWER_WITHIN_MS);
  }

  /** The token was revoked or is too old: another one may be had at once. */
  private async turnedOut(): Promise<void> {
    this.turn += 1;
    const { turn } = this;
    this.drop();
    this.subscriptions.forget();
    this.lostAt ??= unixMs(this.options.now());
    this.setConnection({ phase: 'connecting', attempt: this.attempt });
    const renewed = (await this.options.door?.renew()) ?? false;
    if (turn !== this.turn || !this.running) return;
    if (renewed) this.connect();
    else this.lost();
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
    this.turn += 1;
    this.drop();
    this.subscriptions.forget();
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
    this.send({ type: 'ping', id: this.subscriptions.nextId() });
    this.silence = setTimeout(() => this.lost(), answerWithinMs);
  }

  private send(message: object): void {
    // The server may have closed it already, and the browser not have told so yet.
    if ((this.socket?.readyState ?? OPEN) === OPEN) this.socket?.send(JSON.stringify(message));
  }

  private receive(text: unknown): void {
    this.heard();
    const { total } = this.unread;
    this.read(String(text));
    const unread = this.unread.total > total;
    if (unread && !this.madeAnew && this.connection.phase === 'open') this.makeAnew();
  }

  private read(text: string): void {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      this.notRead();
      return;
    }
    const parsed = serverMessageSchema.safeParse(json);
    if (parsed.success) this.handle(parsed.data);
    else if (!isUnknownKind(json)) this.notRead();
  }

  private notRead(): void {
    this.unread = { total: this.unread.total + 1, here: this.unread.here + 1 };
    for (const watcher of [...this.watchers]) watcher();
  }

  /** Once a page: a server that cannot be understood would be asked for everything again and again. */
  private makeAnew(): void {
    this.madeAnew = true;
    this.drop();
    this.subscriptions.forget();
    this.connect();
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
        this.subscriptions.askAll(message.limits?.message_bytes);
        return;
      }
      case 'auth_required': {
        const token = this.options.door?.token();
        if (token) this.send({ type: 'auth', token });
        return;
      }
      case 'authenticated':
        return;
      case 'pong':
        this.serverAhead = message.server_time - this.options.now();
        return;
      default:
        this.subscriptions.handle(message);
    }
  }
}

/** The browser's own socket to the server that served the page. */
export function openBrowserSocket(protocols: readonly string[]): RawSocket {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  return new WebSocket(`${scheme}://${location.host}/api/ws`, [...protocols]) as RawSocket;
}
