import {
  type DataOf,
  FEEDS,
  type Feed,
  type FeedOf,
  feedOf,
  type Request,
  type ServerMessage,
  type SnapshotOf,
} from '@/lib/socket/messages';

export interface Handlers<F extends Feed> {
  /** The channel is open. `resumed`: nothing was missed since the last time, so the snapshot says nothing new. */
  snapshot(snapshot: SnapshotOf<F>, resumed: boolean): void;
  data(data: DataOf<F>): void;
  /** Messages were lost. `closed`: closed candles may be among them, so they must be fetched again. */
  gap?(closed: boolean): void;
  /** The server refused the subscription; no data will come until the connection is made anew. */
  refused?(code: string, message: string): void;
}

function tooLong(bytes: number, most: number): string {
  return `It takes ${bytes} bytes to ask for it, and the live channel takes ${most}.`;
}

type AnyHandlers = Handlers<Feed>;

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

/**
 * What a page has subscribed to, over all connections.
 *
 * After a reconnect all of it is asked for again. Every key's offsets are watched: a jump is told as a gap. What cannot be read
 * is told as a gap too, and to `onUnreadable`.
 */
export class Subscriptions {
  private readonly send: (message: object) => void;
  private readonly all = new Map<string, Subscription>();
  /** Differently worded requests may mean one thing (`BTCUSDT`, `practice:BTCUSDT`): the server has one key for them. */
  private readonly byKey = new Map<string, Set<Subscription>>();
  /** The name of what each unanswered subscribe asked for. */
  private readonly asked = new Map<number, string>();
  private lastId = 0;
  private open = false;
  private messageBytes = Number.POSITIVE_INFINITY;
  private readonly onUnreadable: () => void;

  /** `send` reaches the server while there is a connection. */
  constructor(send: (message: object) => void, onUnreadable: () => void = () => {}) {
    this.send = send;
    this.onUnreadable = onUnreadable;
  }

  /** Another id for a message to the server. */
  nextId(): number {
    this.lastId += 1;
    return this.lastId;
  }

  /** Asks for a channel. The returned function ends it; two askers of the same thing share one. */
  add<R extends Request>(request: R, handlers: Handlers<FeedOf<R>>): () => void {
    const name = JSON.stringify(request);
    let subscription = this.all.get(name);
    if (!subscription) {
      subscription = { request, listeners: new Map(), key: null, epoch: null, offset: 0, pending: null };
      this.all.set(name, subscription);
    }
    const wanted = subscription;
    const listener = handlers as unknown as AnyHandlers;
    wanted.listeners.set(listener, false);
    // Also for a second asker: the answer brings the snapshot that it needs.
    if (this.open) this.ask(name, wanted);
    return () => {
      if (!wanted.listeners.delete(listener) || wanted.listeners.size > 0) return;
      this.all.delete(name);
      if (wanted.key === null) return;
      this.byKey.get(wanted.key)?.delete(wanted);
      this.leave(wanted.key);
    };
  }

  /** A connection is open that takes messages of so many bytes: all that is wanted is asked for. */
  askAll(messageBytes = Number.POSITIVE_INFINITY): void {
    this.open = true;
    this.messageBytes = messageBytes;
    for (const [name, subscription] of this.all) this.ask(name, subscription);
  }

  /** The connection is gone, and with it its keys and the answers that were on their way. */
  forget(): void {
    this.open = false;
    this.byKey.clear();
    this.asked.clear();
    for (const subscription of this.all.values()) subscription.pending = null;
  }

  /** Takes what the server says of subscriptions; other messages are not its business. */
  handle(message: ServerMessage): void {
    switch (message.type) {
      case 'subscribed':
        this.opened(message);
        return;
      case 'unsubscribed':
        // Somebody else has asked for it meanwhile, in other words.
        for (const one of this.having(message.key)) this.ask(JSON.stringify(one.request), one);
        return;
      case 'data':
        this.delivered(message);
        return;
      case 'values':
        this.valued(message);
        return;
      case 'gap': {
        for (const subscription of this.having(message.key)) {
          subscription.offset = message.offset;
          for (const listener of [...subscription.listeners.keys()]) listener.gap?.(message.closed);
        }
        return;
      }
      case 'error':
        this.refused(message);
        return;
    }
  }

  private ask(name: string, subscription: Subscription): void {
    const id = this.nextId();
    const message = { type: 'subscribe', id, ...subscription.request };
    subscription.pending = id;
    this.asked.set(id, name);
    const bytes = new TextEncoder().encode(JSON.stringify(message)).length;
    if (bytes <= this.messageBytes) this.send(message);
    // The server would end the connection for it, and with it what all others have.
    else
      this.refused({
        type: 'error',
        id,
        code: 'too_long',
        message: tooLong(bytes, this.messageBytes),
        retryable: false,
      });
  }

  private answered(id: number): { name: string; subscription: Subscription | undefined } | null {
    const name = this.asked.get(id);
    if (name === undefined) return null;
    this.asked.delete(id);
    return { name, subscription: this.all.get(name) };
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
      this.leave(message.key);
      return;
    }
    // An older question of the same: the answer to the newer one follows.
    if (subscription.pending !== message.id) return;
    const snapshot = FEEDS[feedOf(subscription.request)].snapshot.safeParse(message.snapshot);
    if (!snapshot.success) {
      this.onUnreadable();
      return;
    }
    const resumed = subscription.epoch === message.epoch && subscription.offset === message.offset;
    subscription.pending = null;
    subscription.key = message.key;
    subscription.epoch = message.epoch;
    subscription.offset = message.offset;
    this.byKey.set(message.key, new Set(this.byKey.get(message.key)).add(subscription));
    for (const [listener, served] of [...subscription.listeners]) {
      subscription.listeners.set(listener, true);
      listener.snapshot(snapshot.data, served && resumed);
    }
  }

  private having(key: string): Subscription[] {
    return [...(this.byKey.get(key) ?? [])];
  }

  /** Ends a key that nobody has any longer. */
  private leave(key: string): void {
    if (this.having(key).length > 0) return;
    this.byKey.delete(key);
    if (this.open) this.send({ type: 'unsubscribe', id: this.nextId(), key });
  }

  private delivered(message: Extract<ServerMessage, { type: 'data' }>): void {
    for (const subscription of this.having(message.key)) this.deliver(subscription, message);
  }

  private deliver(subscription: Subscription, message: Extract<ServerMessage, { type: 'data' }>): void {
    const data = FEEDS[feedOf(subscription.request)].data.safeParse(message.data);
    const skipped = message.offset > subscription.offset + 1;
    subscription.offset = message.offset;
    if (skipped || !data.success) {
      for (const listener of [...subscription.listeners.keys()]) listener.gap?.(true);
    }
    if (!data.success) {
      this.onUnreadable();
      return;
    }
    for (const listener of [...subscription.listeners.keys()]) listener.data(data.data);
  }

  /** Values of an expression in a message of their own; without a key they belong to whoever asked for just that. */
  private valued(message: Extract<ServerMessage, { type: 'values' }>): void {
    if (message.key !== undefined && message.offset !== undefined) {
      this.delivered({ ...message, type: 'data', key: message.key, offset: message.offset, data: message });
      return;
    }
    for (const { request, listeners } of this.all.values()) {
      if (request.channel !== 'market_data' || !('expr' in request.params)) continue;
      const { symbol, timeframe, expr } = request.params;
      const same = symbol === message.symbol || symbol.endsWith(`:${message.symbol}`);
      if (!same || timeframe !== message.timeframe || expr !== message.expr) continue;
      for (const listener of [...listeners.keys()]) listener.data(message);
    }
  }
}
