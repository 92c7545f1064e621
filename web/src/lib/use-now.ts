import { useEffect, useState } from 'react';
import { useSocket } from '@/lib/socket/socket-context';
import type { UnixMs } from '@/lib/time';

/** The server's time, moving on once a second while `active`. */
export function useServerNow(active = true): UnixMs {
  const { serverNow } = useSocket();
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    if (!active) return;
    setNow(serverNow());
    const timer = setInterval(() => setNow(serverNow()), 1000);
    return () => clearInterval(timer);
  }, [active, serverNow]);
  return now;
}
