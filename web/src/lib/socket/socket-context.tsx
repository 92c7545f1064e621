import { createContext, type ReactNode, useContext, useEffect, useRef, useSyncExternalStore } from 'react';
import type { Feed, FeedOf, Request } from '@/lib/socket/messages';
import type { Connection, SocketClient, Unread } from '@/lib/socket/socket-client';
import type { Handlers } from '@/lib/socket/subscriptions';
import { watchForWake } from '@/lib/socket/wake';

const SocketContext = createContext<SocketClient | null>(null);

/** Keeps the connection up while `active`: there is none for somebody who is not signed in. */
export function SocketProvider({
  client,
  active = true,
  children,
}: {
  client: SocketClient;
  active?: boolean;
  children: ReactNode;
}) {
  useEffect(() => {
    if (!active) return;
    client.start();
    const unwatch = watchForWake(() => client.wake());
    return () => {
      unwatch();
      client.stop();
    };
  }, [client, active]);
  return <SocketContext value={client}>{children}</SocketContext>;
}

export function useSocket(): SocketClient {
  const client = useContext(SocketContext);
  if (!client) throw new Error('useSocket is used outside of SocketProvider');
  return client;
}

export function useConnection(): Connection {
  const client = useSocket();
  return useSyncExternalStore(client.watchConnection, client.getConnection);
}

/** What could not be read of what the server said. */
export function useUnread(): Unread {
  const client = useSocket();
  return useSyncExternalStore(client.watchConnection, client.getUnread);
}

/** Holds one subscription while the component lives. The newest handlers are called, without asking again. */
export function useSubscription<R extends Request>(request: R, handlers: Handlers<FeedOf<R>>): void {
  const client = useSocket();
  const newest = useRef(handlers);
  useEffect(() => {
    newest.current = handlers;
  });
  const name = JSON.stringify(request);
  useEffect(() => {
    const forward: Handlers<Feed> = {
      snapshot: (snapshot, resumed) => newest.current.snapshot(snapshot as never, resumed),
      data: (data) => newest.current.data(data as never),
      gap: (closed) => newest.current.gap?.(closed),
      refused: (code, message) => newest.current.refused?.(code, message),
    };
    return client.subscribe(JSON.parse(name) as Request, forward);
  }, [client, name]);
}
