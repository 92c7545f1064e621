import { type SignIn, signInSchema, type User } from '@/lib/api/account-schemas';
import { ApiProblem, problemOf, unreachable } from '@/lib/api/problem';
import { readAnswer, type Send } from '@/lib/api/request';
import type { News, Tabs } from '@/lib/session/tabs';
import { WaitingRoom } from '@/lib/session/waiting-room';

/** Whether somebody is signed in, as far as this page knows. */
export type SessionState =
  /** The server is being asked. `problem`: why it has not answered yet; it is asked again. */
  | { readonly phase: 'starting'; readonly problem: ApiProblem | null }
  | { readonly phase: 'out' }
  | { readonly phase: 'in'; readonly user: User }
  /** The session ended while the page was open. What was asked meanwhile waits until the same person is back. */
  | { readonly phase: 'over'; readonly user: User };

/** What came of asking for a new token. `away`: nobody knows, because no server answered. */
export type Renewal = 'in' | 'over' | 'away';

export interface SessionOptions {
  /** The browser's own, unsigned. */
  readonly fetch: Send;
  readonly now: () => number;
  readonly random: () => number;
  /** Runs `work` while no other tab runs its own. */
  readonly alone: (work: () => Promise<Renewal>) => Promise<Renewal>;
  readonly tabs: Tabs | null;
  /** Another account is signed in: nothing of this page is its business. */
  readonly reload: () => void;
}

/** Refusals that speak of the token, not of the request: a new one may help, else the session is over. */
const TOKEN_CODES = new Set([
  'unauthorized',
  'invalid_token',
  'wrong_token_type',
  'token_not_yet_valid',
  'token_expired',
  'session_ended',
]);
/** With a refresh these say that there is no session (any more). */
const NO_SESSION_CODES = new Set([...TOKEN_CODES, 'refresh_reused', 'account_disabled']);

/** The token is renewed when so much of its life has passed. */
const RENEW_AT = 0.8;
/** A token that has less than this left is renewed before it is used. */
const SPARE_MS = 5_000;
const ANSWER_WITHIN_MS = 15_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 15_000;
/** So many new tokens are tried for one request; then its refusal is taken at its word. */
const RENEWALS_A_REQUEST = 2;

/**
 * Who is signed in, and the access token that proves it.
 *
 * The token is held here and nowhere else: no storage ever has it. The refresh token lives in a cookie that no script can
 * read. One request at a time asks for a new token, also across tabs. A server that is away is not a sign-out.
 */
export class Session {
  private readonly options: SessionOptions;
  private state: SessionState = { phase: 'starting', problem: null };
  private readonly watchers = new Set<() => void>();
  private readonly tokenWatchers = new Set<(token: string) => void>();
  private readonly waiting = new WaitingRoom();
  private held: string | null = null;
  private expiresAt = 0;
  private renewAt = 0;
  private renewing: Promise<Renewal> | null = null;
  private problem: ApiProblem | null = null;
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Counts sign-ins and sign-outs: what was asked before one is not taken for news after it. */
  private era = 0;
  private running = false;
  private untell: (() => void) | undefined;

  constructor(options: SessionOptions) {
    this.options = options;
  }

  /** Asks the server whether the cookie still holds a session. */
  start(): void {
    if (this.running) return;
    this.running = true;
    this.untell = this.options.tabs?.listen((news) => {
      if (news.kind === 'signed_out') this.leave();
      else void this.otherTabSignedIn(news.user);
    });
    if (this.state.phase === 'starting') void this.renew();
    else if (this.state.phase === 'in') this.schedule(this.renewAt - this.options.now());
  }

  stop(): void {
    this.running = false;
    clearTimeout(this.timer);
    this.untell?.();
    this.untell = undefined;
  }

  readonly getState = (): SessionState => this.state;

  readonly watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  /** Calls `watcher` with each new access token. */
  watchToken(watcher: (token: string) => void): () => void {
    this.tokenWatchers.add(watcher);
    return () => this.tokenWatchers.delete(watcher);
  }

  /** The access token, where there is one. */
  readonly token = (): string | null => this.held;

  /** The page was hidden, asleep or without a network: the token may be old by now. */
  wake(): void {
    if (this.state.phase === 'starting') void this.renew();
    else if (this.state.phase === 'in' && this.options.now() >= this.renewAt) void this.renew();
  }

  /** Takes the answer to a sign-in, a set-up, a registration or a change of the password. */
  signedIn(answer: SignIn): void {
    this.era += 1;
    if (this.accept(answer)) this.tell({ kind: 'signed_in', user: answer.user.id });
  }

  /** The account changed by the person's own doing, two-factor turned on for instance. */
  userChanged(user: User): void {
    if ('user' in this.state && this.state.user.id === user.id) this.setState({ ...this.state, user });
  }

  /** Ends the session, here and in the other tabs. Fails where the server cannot be reached: the cookie would stay. */
  async signOut(): Promise<void> {
    if (this.state.phase === 'in') {
      let response = await this.askToLeave();
      if (response.status === 401 && (await this.renew()) === 'in') response = await this.askToLeave();
      // Still refused: the session had ended already.
      if (!response.ok && response.status !== 401) throw await problemOf(response);
    }
    this.leave();
    this.tell({ kind: 'signed_out' });
  }

  private async askToLeave(): Promise<Response> {
    const headers = { Accept: 'application/json', Authorization: `Bearer ${this.held}` };
    const response = await this.options
      .fetch('/api/auth/logout', { method: 'POST', headers })
      .catch(() => null);
    if (!response) throw unreachable();
    return response;
  }

  /** The session is known to be gone, by a new password for instance: nothing is left to ask for. */
  leave(): void {
    if (this.state.phase === 'out') return;
    this.era += 1;
    this.forgetToken();
    this.setState({ phase: 'out' });
    const gone = new ApiProblem({ code: 'signed_out', status: 401, detail: 'Nobody is signed in any more.' });
    this.waiting.giveUp(gone);
  }

  /**
   * Sends a request with the access token. An old token is renewed and the request sent again. While the session is over the
   * request waits for the person to come back.
   */
  readonly send: Send = async (path, init) => {
    for (let renewals = 0; ; ) {
      const token = await this.admitted(init.signal ?? undefined);
      const headers = { ...(init.headers as Record<string, string>), Authorization: `Bearer ${token}` };
      const response = await this.options.fetch(path, { ...init, headers });
      if (response.status !== 401 || renewals >= RENEWALS_A_REQUEST) return response;
      const { code } = await problemOf(response.clone());
      if (!TOKEN_CODES.has(code)) return response;
      // Another request may have brought a new one meanwhile.
      if (this.held !== null && this.held !== token) continue;
      renewals += 1;
      if ((await this.renew()) === 'away') throw this.problem ?? unreachable();
    }
  };

  /** Asks for a new access token; whoever asks meanwhile shares the answer. */
  renew(): Promise<Renewal> {
    if (this.state.phase === 'out') return Promise.resolve('over');
    this.renewing ??= this.options
      .alone(() => this.askForToken())
      .finally(() => {
        this.renewing = null;
      });
    return this.renewing;
  }

  private async askForToken(): Promise<Renewal> {
    const { era } = this;
    const init: RequestInit = {
      method: 'POST',
      headers: { Accept: 'application/json' },
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    };
    const response = await this.options.fetch('/api/auth/refresh', init).catch(() => null);
    if (!response) return this.notAnswered(unreachable(), era);
    if (!response.ok) {
      const problem = await problemOf(response);
      if (!NO_SESSION_CODES.has(problem.code)) return this.notAnswered(problem, era);
      if (era === this.era) this.ended();
      return this.state.phase === 'in' ? 'in' : 'over';
    }
    const answer = await readAnswer('/api/auth/refresh', response, signInSchema).catch((error) => error);
    if (answer instanceof Error) return this.notAnswered(answer as ApiProblem, era);
    if (era === this.era) this.accept(answer);
    return this.state.phase === 'in' ? 'in' : 'over';
  }

  /** False where the answer is another account's than the page's. */
  private accept(answer: SignIn): boolean {
    if ('user' in this.state && this.state.user.id !== answer.user.id) {
      this.forgetToken();
      this.options.reload();
      return false;
    }
    this.held = answer.access_token;
    const now = this.options.now();
    this.expiresAt = now + answer.expires_in * 1000;
    this.renewAt = now + answer.expires_in * 1000 * RENEW_AT;
    this.problem = null;
    this.failures = 0;
    this.schedule(this.renewAt - now);
    this.setState({ phase: 'in', user: answer.user });
    this.waiting.go(answer.access_token);
    for (const watcher of [...this.tokenWatchers]) watcher(answer.access_token);
    return true;
  }

  private notAnswered(problem: ApiProblem, era: number): Renewal {
    if (era !== this.era) return this.state.phase === 'in' ? 'in' : 'over';
    this.problem = problem;
    if (this.state.phase === 'starting') this.setState({ phase: 'starting', problem });
    const wait = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.failures);
    this.failures = Math.min(this.failures + 1, 10);
    // Half of it by chance, so that many pages do not ask a server that comes back all at once.
    const delay = wait / 2 + (wait / 2) * this.options.random();
    if (this.state.phase !== 'over') this.schedule(Math.max(problem.retryAfterMs ?? 0, delay));
    return 'away';
  }

  private ended(): void {
    this.forgetToken();
    if (this.state.phase === 'in') this.setState({ phase: 'over', user: this.state.user });
    else if (this.state.phase === 'starting') this.setState({ phase: 'out' });
  }

  private async otherTabSignedIn(user: string): Promise<void> {
    // What is being asked now was asked before the news.
    await this.renewing;
    if (this.state.phase === 'in' && this.state.user.id === user) return;
    if ('user' in this.state && this.state.user.id !== user) {
      this.options.reload();
      return;
    }
    // Signed out or over, and the cookie is good again.
    if (this.state.phase === 'out') this.setState({ phase: 'starting', problem: null });
    await this.renew();
  }

  /** A good token, as soon as there is one. */
  private async admitted(signal: AbortSignal | undefined): Promise<string> {
    if (this.state.phase === 'in' && this.options.now() > this.expiresAt - SPARE_MS) {
      if ((await this.renew()) === 'away' && this.options.now() >= this.expiresAt)
        throw this.problem ?? unreachable();
    }
    if (this.state.phase === 'in' && this.held !== null) return this.held;
    if (this.state.phase === 'out') {
      throw new ApiProblem({ code: 'signed_out', status: 401, detail: 'Nobody is signed in.' });
    }
    return this.waiting.wait(signal);
  }

  private schedule(delayMs: number): void {
    clearTimeout(this.timer);
    if (!this.running) return;
    this.timer = setTimeout(() => void this.renew(), Math.max(0, delayMs));
  }

  private forgetToken(): void {
    clearTimeout(this.timer);
    this.held = null;
    this.expiresAt = 0;
    this.renewAt = 0;
  }

  private tell(news: News): void {
    this.options.tabs?.tell(news);
  }

  private setState(state: SessionState): void {
    this.state = state;
    for (const watcher of [...this.watchers]) watcher();
  }
}
