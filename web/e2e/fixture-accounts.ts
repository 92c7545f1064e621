// Just enough of the account paths of docs/openapi.yaml that the dashboard is signed in at the fixture server.

export interface AccountReply {
  readonly status: number;
  readonly body: object | null;
}

export const FIXTURE_PASSWORD = 'a long sentence of mine';

/** One account with one session, which a test may end. */
export class FixtureAccounts {
  user: Record<string, unknown> = {
    id: 'u_ada',
    email: 'ada@example.org',
    role: 'admin',
    active: true,
    created_at: Date.UTC(2026, 0, 1),
    last_login: Date.UTC(2026, 0, 2),
    telegram_chat_id: null,
    telegram_enabled: false,
    email_enabled: true,
    totp_enabled: false,
  };
  settings: Record<string, unknown> = {
    time_zone: 'UTC',
    number_format: '1,234.56',
    theme: 'auto',
    default_symbol: null,
  };
  symbols: string[] = [];
  /** What other paths answer, as `GET /api/auth/sessions`. */
  readonly answers = new Map<string, object>();
  /** Whether the cookie's session is alive. */
  alive = true;
  private made = 0;
  /** Tokens that are good. */
  private readonly good = new Set<string>();
  private readonly tickets = new Set<string>();

  /** The session ends, as by an administrator. */
  end(): void {
    this.alive = false;
    this.good.clear();
  }

  /** Access tokens given out before are too old now; the session lives. */
  expireTokens(): void {
    this.good.clear();
  }

  /** Takes a ticket, once. */
  admits(protocols: string | undefined): boolean {
    const ticket = /ticket\.(\S+)/.exec(protocols ?? '')?.[1];
    return ticket !== undefined && this.tickets.delete(ticket);
  }

  isGood(token: string): boolean {
    return this.good.has(token);
  }

  /** What a request is answered; null where this is none of these paths and the asker may go on. */
  reply(method: string, path: string, authorization: string | undefined, body: string): AccountReply | null {
    if (!path.startsWith('/api/')) return null;
    if (path === '/api/auth/refresh') {
      return this.alive ? this.signIn() : refusal(401, 'session_ended', 'The session has ended.');
    }
    if (path === '/api/auth/login') return this.logIn(JSON.parse(body));
    if (!this.good.has((authorization ?? '').replace('Bearer ', ''))) {
      return this.alive
        ? refusal(401, 'token_expired', 'The access token has expired.')
        : refusal(401, 'session_ended', 'The session has ended.');
    }
    const canned = this.answers.get(`${method} ${path}`);
    if (canned) return { status: 200, body: canned };
    return this.own(method, path, body);
  }

  private own(method: string, path: string, body: string): AccountReply | null {
    switch (path) {
      case '/api/auth/logout':
        this.end();
        return { status: 204, body: null };
      case '/api/auth/me':
        return { status: 200, body: this.user };
      case '/api/me/settings':
        if (method === 'PUT') Object.assign(this.settings, JSON.parse(body));
        return { status: 200, body: this.settings };
      case '/api/me/watchlist':
        if (method === 'PUT') this.symbols = JSON.parse(body).symbols;
        return { status: 200, body: { symbols: this.symbols } };
      case '/api/ws/ticket': {
        this.made += 1;
        this.tickets.add(`ticket${this.made}`);
        return { status: 201, body: { ticket: `ticket${this.made}`, expires_in: 30 } };
      }
    }
    return null;
  }

  private logIn({ email, password }: { email: string; password: string }): AccountReply {
    if (email !== this.user.email || password !== FIXTURE_PASSWORD) {
      return refusal(401, 'invalid_credentials', 'Wrong e-mail address or password.');
    }
    this.alive = true;
    return this.signIn();
  }

  private signIn(): AccountReply {
    this.made += 1;
    this.good.add(`token${this.made}`);
    return {
      status: 200,
      body: { access_token: `token${this.made}`, expires_in: 900, user: this.user },
    };
  }
}

function refusal(status: number, code: string, detail: string): AccountReply {
  return { status, body: { type: `/api/docs#code-${code}`, title: code, status, code, detail } };
}
