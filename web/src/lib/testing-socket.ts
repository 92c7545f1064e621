import type { RawSocket } from '@/lib/socket/socket-client';

/** The page's end of a socket whose other end is the test. */
export class TestSocket implements RawSocket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  closed = false;
  readyState = 1;
  readonly heard: object[] = [];
  send(text: string): void {
    this.heard.push(JSON.parse(text));
  }
  close(): void {
    this.closed = true;
  }
  says(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
  welcomes(version = '0.1.0'): void {
    this.says({
      type: 'welcome',
      protocol: 1,
      server_time: Date.now(),
      version,
      market: 'practice',
      venue: 'practice',
      heartbeat_ms: 15_000,
    });
  }
}
