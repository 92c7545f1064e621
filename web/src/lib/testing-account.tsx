import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, waitFor } from '@testing-library/react';
import type { ReactNode } from 'react';
import { expect, vi } from 'vitest';
import type { SignIn, User } from '@/lib/api/account-schemas';
import { type Send, signRequestsWith } from '@/lib/api/request';
import { Session } from '@/lib/session/session';
import { SessionProvider } from '@/lib/session/session-context';
import { SocketClient } from '@/lib/socket/socket-client';
import { SocketProvider } from '@/lib/socket/socket-context';
import { TestSocket } from '@/lib/testing-socket';
import { unixMs } from '@/lib/time';

/* The small vocabulary of tests that need somebody who is signed in. */

export const ADA: User = {
  id: 'u_ada',
  email: 'ada@example.org',
  role: 'admin',
  active: true,
  created_at: unixMs(Date.UTC(2026, 0, 1)),
  last_login: unixMs(Date.UTC(2026, 0, 2)),
  telegram_chat_id: null,
  telegram_enabled: false,
  email_enabled: true,
  totp_enabled: false,
};
export const BOB: User = { ...ADA, id: 'u_bob', email: 'bob@example.org', role: 'user' };

export function signInAnswer(user: User = ADA, token = 'token'): SignIn {
  return { access_token: token, expires_in: 900, user };
}

export function reply(
  status: number,
  body: object | null = null,
  headers: Record<string, string> = {},
): Response {
  return new Response(body === null ? null : JSON.stringify(body), { status, headers });
}

export function refusal(status: number, code: string, detail: string, more: object = {}): Response {
  return reply(status, { type: '', title: code, status, code, detail, ...more });
}

/** A server that answers as the test says, and remembers what it was asked. */
export class FakeApi {
  readonly asked: { readonly what: string; readonly body: unknown; readonly token: string | undefined }[] =
    [];
  private readonly answers = new Map<string, (body: never) => Response | Promise<Response>>();

  /** `what` is such as `GET /api/auth/sessions`, without a query. */
  on<Body = never>(what: string, answer: (body: Body) => Response | Promise<Response>): this {
    this.answers.set(what, answer as never);
    return this;
  }

  /** Whether something was asked whose method and path start so. */
  wasAsked(start: string): boolean {
    return this.asked.some((one) => one.what.startsWith(start));
  }

  last(what: string): unknown {
    return this.asked.findLast((one) => one.what.split('?')[0] === what)?.body;
  }

  readonly fetch: Send = async (path, init) => {
    const what = `${init.method ?? 'GET'} ${path}`;
    const body: unknown = typeof init.body === 'string' ? JSON.parse(init.body) : undefined;
    const token = (init.headers as Record<string, string>).Authorization;
    this.asked.push({ what, body, token });
    const answer = this.answers.get(what.split('?')[0] ?? '');
    return answer ? answer(body as never) : refusal(404, 'not_found', `The test has no answer to ${what}.`);
  };
}

/** Shows a part of the dashboard as somebody sees it who is signed in; `user` null: nobody is. */
export async function showTo(user: User | null, api: FakeApi, part: ReactNode) {
  api.on('POST /api/auth/refresh', () =>
    user ? reply(200, signInAnswer(user)) : refusal(401, 'unauthorized', 'No session.'),
  );
  vi.stubGlobal('fetch', api.fetch);
  const reload = vi.fn();
  const session = new Session({
    fetch: api.fetch,
    now: Date.now,
    random: () => 1,
    alone: (work) => work(),
    tabs: null,
    reload,
  });
  signRequestsWith(session.send);
  const client = new SocketClient({ open: () => new TestSocket(), now: Date.now, random: () => 0.5 });
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  session.start();
  await waitFor(() => expect(session.getState().phase).not.toBe('starting'));
  const shown = render(
    <MantineProvider env="test">
      <QueryClientProvider client={queries}>
        <SessionProvider session={session}>
          <SocketProvider client={client}>{part}</SocketProvider>
        </SessionProvider>
      </QueryClientProvider>
    </MantineProvider>,
  );
  return { ...shown, session, queries, reload };
}
