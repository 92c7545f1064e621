import { createContext, type ReactNode, useContext, useEffect, useRef, useSyncExternalStore } from 'react';
import type { Channel, Request } from '@/lib/socket/messages';
import type { Connection, Handlers, SocketClient } from '@/lib/socket/socket-client';
import { watchForWake } from '@/lib/socket/wake';

const SocketContext = createContext<SocketClient | null>(null);

export function SocketProvider({ client, children }: { client: SocketClient; children: ReactNode }) {
  useEffect(() => {
    client.start();
    const unwatch = watchForWake(() => client.wake());
    return () => {
      unwatch();
      client.stop();
    };
  }, [client]);
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

/** Holds one subscription while the component lives. The newest handlers are called, without asking again. */
export function useSubscription<R extends Request>(request: R, handlers: Handlers<R['channel']>): void {
  const client = useSocket();
  const newest = useRef(handlers);
  useEffect(() => {
    newest.current = handlers;
  });
  const name = JSON.stringify(request);
  useEffect(() => {
    const forward: Handlers<Channel> = {
      snapshot: (snapshot, resumed) => newest.current.snapshot(snapshot as never, resumed),
      data: (data) => newest.current.data(data as never),
      gap: (closed) => newest.current.gap?.(closed),
      refused: (code, message) => newest.current.refused?.(code, message),
    };
    return client.subscribe(JSON.parse(name) as Request, forward);
  }, [client, name]);
}
