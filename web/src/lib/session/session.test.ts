import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SignIn, User } from '@/lib/api/account-schemas';
import type { Send } from '@/lib/api/request';
import { unixMs } from '@/lib/time';
import { Session, type SessionState } from './session';
import type { News, Tabs } from './tabs';

const ADA: User = {
  id: 'u_ada',
  email: 'ada@example.org',
  role: 'admin',
  active: true,
  created_at: unixMs(1_767_225_600_000),
  last_login: null,
  telegram_chat_id: null,
  telegram_enabled: false,
  email_enabled: true,
  totp_enabled: false,
};
const BOB: User = { ...ADA, id: 'u_bob', email: 'bob@example.org', role: 'user' };
const LIFE_S = 900;

/** A server with one session in its cookie. Tokens are `t1`, `t2`, …; the newest one is good. */
class Door {
  user: User | null = ADA;
  /** Answers a refresh by this instead. */
  fault: Response | 'nobody' | null = null;
  count = 0;
  readonly refreshes: number[] = [];
  readonly asked: { path: string; token: string | undefined }[] = [];
  readonly good = new Set<string>();
  /** What an answer waits for. */
  before: (path: string) => Promise<void> | undefined = () => undefined;
  /** Holds back the answers of refreshes until it is called. */
  private held: (() => void)[] | null = null;

  hold(): void {
    this.held = [];
  }
  release(): void {
    for (const go of this.held?.splice(0) ?? []) go();
    this.held = null;
  }

  answer(user: User = ADA): SignIn {
    this.count += 1;
    const access_token = `t${this.count}`;
    this.good.add(access_token);
    return { access_token, expires_in: LIFE_S, user };
  }

  readonly fetch: Send = async (path, init) => {
    const token = (init.headers as Record<string, string>).Authorization?.replace('Bearer ', '');
    if (path === '/api/auth/refresh') {
      this.refreshes.push(Date.now());
      const { fault } = this;
      const answer = this.user && !fault ? json(200, this.answer(this.user)) : refusal(401, 'unauthorized');
      if (this.held) await new Promise<void>((resolve) => this.held?.push(resolve));
      if (fault === 'nobody') throw new TypeError('failed');
      return fault ? fault.clone() : answer;
    }
    this.asked.push({ path, token });
    await this.before(path);
    if (!token || !this.good.has(token)) return refusal(401, this.user ? 'token_expired' : 'session_ended');
    return path === '/api/forbidden' ? refusal(403, 'forbidden') : json(200, { path, token });
  };
}

function json(status: number, body: object, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers });
}

function refusal(status: number, code: string, headers?: Record<string, string>): Response {
  return json(status, { type: '', title: code, status, detail: `${code}.`, code }, headers);
}

/** Two tabs of one browser. */
function channel(): () => Tabs {
  const all: { hear: (news: News) => void; tab: object }[] = [];
  return () => {
    const tab = {};
    return {
      tell: (news) => {
        for (const one of all.filter((other) => other.tab !== tab)) one.hear(news);
      },
      listen: (hear) => {
        const entry = { hear, tab };
        all.push(entry);
        return () => all.splice(all.indexOf(entry), 1);
      },
    };
  };
}

let door: Door;
let reload: ReturnType<typeof vi.fn<() => void>>;
let opened: Session[];

function open(tabs: Tabs | null = null): Session {
  const session = new Session({
    fetch: door.fetch,
    now: Date.now,
    random: () => 1,
    alone: (work) => work(),
    tabs,
    reload,
  });
  opened.push(session);
  session.start();
  return session;
}

const settle = () => vi.advanceTimersByTimeAsync(0);
const ask = (session: Session, path = '/api/x', signal?: AbortSignal) =>
  session.send(path, { headers: { Accept: 'application/json' }, ...(signal ? { signal } : {}) });

async function signedIn(tabs: Tabs | null = null): Promise<Session> {
  const session = open(tabs);
  await settle();
  expect(session.getState().phase).toBe('in');
  return session;
}

/** The session ends at the server; the page learns it with its next request. */
async function over(session: Session): Promise<void> {
  door.user = null;
  door.good.clear();
  await session.renew();
  expect(session.getState()).toEqual<SessionState>({ phase: 'over', user: ADA });
}

beforeEach(() => {
  vi.useFakeTimers({ now: 1_767_236_400_000 });
  door = new Door();
  reload = vi.fn();
  opened = [];
});
afterEach(() => {
  for (const session of opened) session.stop();
  vi.useRealTimers();
});

describe('a page that opens', () => {
  it('asks once, and is signed in where the cookie is good', async () => {
    const session = open();
    expect(session.getState()).toEqual({ phase: 'starting', problem: null });
    await settle();
    expect(session.getState()).toEqual({ phase: 'in', user: ADA });
    expect(door.refreshes).toHaveLength(1);
  });

  it('is signed out where there is no session, and asks no more', async () => {
    door.user = null;
    const session = open();
    await settle();
    expect(session.getState().phase).toBe('out');
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(door.refreshes).toHaveLength(1);
  });

  it.each([
    ['is away', 'nobody' as const, 'unreachable'],
    ['is starting', refusal(503, 'not_ready'), 'not_ready'],
    ['has too much to do', refusal(429, 'too_many_requests'), 'too_many_requests'],
  ])('is no sign-out while the server %s: it says so, and asks again', async (_, fault, code) => {
    door.fault = fault;
    const session = open();
    await settle();
    expect(session.getState()).toMatchObject({ phase: 'starting', problem: { code } });
    door.fault = null;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(session.getState().phase).toBe('in');
  });

  it('waits as long as the server asks it to', async () => {
    door.fault = refusal(503, 'busy', { 'Retry-After': '7' });
    const session = open();
    await settle();
    door.fault = null;
    await vi.advanceTimersByTimeAsync(6_900);
    expect(session.getState().phase).toBe('starting');
    await vi.advanceTimersByTimeAsync(200);
    expect(session.getState().phase).toBe('in');
  });
});

describe('a request', () => {
  it('carries the access token', async () => {
    const session = await signedIn();
    await ask(session);
    expect(door.asked).toEqual([{ path: '/api/x', token: 't1' }]);
  });

  it('with an old token is asked again with a new one; many at once share one refresh', async () => {
    const session = await signedIn();
    door.good.clear();
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => ask(session)));
    expect(answers.map((one) => one.status)).toEqual([200, 200, 200, 200, 200]);
    expect(door.refreshes).toHaveLength(2);
    expect(door.asked).toHaveLength(10);
  });

  it('that comes back late with an old token uses the one that came meanwhile', async () => {
    const session = await signedIn();
    door.good.clear();
    // The refusal of a slow request comes when another one has brought a new token already.
    let refuse: () => void = () => {};
    const slow = new Promise<void>((resolve) => (refuse = resolve));
    door.before = (path) => (path === '/api/slow' && door.asked.length < 3 ? slow : undefined);
    const late = ask(session, '/api/slow');
    await ask(session);
    refuse();
    expect((await late).status).toBe(200);
    expect(door.refreshes).toHaveLength(2);
    expect(door.asked.at(-1)).toEqual({ path: '/api/slow', token: 't2' });
  });

  it('that is refused for what it asks is not asked again', async () => {
    const session = await signedIn();
    expect((await ask(session, '/api/forbidden')).status).toBe(403);
    expect(door.asked).toHaveLength(1);
    expect(door.refreshes).toHaveLength(1);
  });

  it('gives its refusal to the asker when new tokens do not help either', async () => {
    const session = await signedIn();
    door.good.clear();
    vi.spyOn(door, 'answer').mockReturnValue({ access_token: 'bad', expires_in: LIFE_S, user: ADA });
    expect((await ask(session)).status).toBe(401);
    expect(door.asked.length).toBeLessThan(5);
  });

  it('fails, and nobody is signed out, while the server gives no new token', async () => {
    const session = await signedIn();
    door.good.clear();
    door.fault = 'nobody';
    await expect(ask(session)).rejects.toMatchObject({ code: 'unreachable', retryable: true });
    expect(session.getState().phase).toBe('in');
  });

  it('of a page that nobody is signed in to is not sent', async () => {
    door.user = null;
    const session = open();
    await settle();
    await expect(ask(session)).rejects.toMatchObject({ code: 'signed_out' });
    expect(door.asked).toHaveLength(0);
  });

  it('waits for the answer when the page has just opened', async () => {
    const session = open();
    expect((await ask(session)).status).toBe(200);
    expect(door.asked).toEqual([{ path: '/api/x', token: 't1' }]);
  });
});

describe('the token', () => {
  it('is renewed at four fifths of its life, again and again', async () => {
    const session = await signedIn();
    await vi.advanceTimersByTimeAsync(LIFE_S * 1000 * 0.8 - 1);
    expect(door.refreshes).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(session.token()).toBe('t2');
    await vi.advanceTimersByTimeAsync(LIFE_S * 1000 * 0.8);
    expect(session.token()).toBe('t3');
  });

  it('is renewed when the machine wakes up after that time, and not before', async () => {
    const session = await signedIn();
    session.wake();
    await settle();
    expect(door.refreshes).toHaveLength(1);
    vi.setSystemTime(Date.now() + 3_600_000);
    session.wake();
    await settle();
    expect(session.token()).toBe('t2');
  });

  it('is renewed before a request where it is known to be over', async () => {
    const session = await signedIn();
    vi.setSystemTime(Date.now() + LIFE_S * 1000);
    await ask(session);
    expect(door.asked).toEqual([{ path: '/api/x', token: 't2' }]);
  });

  it('is told to whoever keeps a connection open with it', async () => {
    const session = await signedIn();
    const heard: string[] = [];
    session.watchToken((token) => heard.push(token));
    await session.renew();
    expect(heard).toEqual(['t2']);
  });

  it('is asked for again soon where a renewal failed', async () => {
    const session = await signedIn();
    door.fault = 'nobody';
    await vi.advanceTimersByTimeAsync(LIFE_S * 1000 * 0.8);
    expect(session.getState().phase).toBe('in');
    door.fault = null;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(session.token()).toBe('t2');
  });
});

describe('a session that ends while the page is open', () => {
  it.each(['session_ended', 'refresh_reused', 'unauthorized', 'account_disabled'])(
    'because of %s leaves the person on the page',
    async (code) => {
      const session = await signedIn();
      door.fault = refusal(code === 'account_disabled' ? 403 : 401, code);
      await session.renew();
      expect(session.getState()).toEqual({ phase: 'over', user: ADA });
      expect(session.token()).toBeNull();
    },
  );

  it('goes on with what was asked when the same person is back', async () => {
    const session = await signedIn();
    door.user = null;
    door.good.clear();
    const late = ask(session, '/api/saved');
    await settle();
    expect(session.getState().phase).toBe('over');
    const later = ask(session, '/api/also');
    session.signedIn(door.answer());
    expect((await late).status).toBe(200);
    expect((await later).status).toBe(200);
    expect(session.getState()).toEqual({ phase: 'in', user: ADA });
    expect(reload).not.toHaveBeenCalled();
  });

  it('starts the page anew when another person signs in', async () => {
    const session = await signedIn();
    await over(session);
    session.signedIn(door.answer(BOB));
    expect(reload).toHaveBeenCalledOnce();
    expect(session.token()).toBeNull();
  });

  it('lets go of a request that is not wanted any more', async () => {
    const session = await signedIn();
    await over(session);
    const abort = new AbortController();
    const request = ask(session, '/api/x', abort.signal);
    abort.abort();
    await expect(request).rejects.toMatchObject({ name: 'AbortError' });
    session.signedIn(door.answer());
    await settle();
    expect(door.asked.filter((one) => one.token === 't2')).toHaveLength(0);
  });

  it('gives up what waits when the person leaves', async () => {
    const session = await signedIn();
    await over(session);
    const request = ask(session);
    session.leave();
    await expect(request).rejects.toMatchObject({ code: 'signed_out' });
    expect(session.getState().phase).toBe('out');
  });
});

describe('signing out', () => {
  it('asks the server, forgets the token, and asks for no other', async () => {
    const session = await signedIn();
    await session.signOut();
    expect(door.asked).toEqual([{ path: '/api/auth/logout', token: 't1' }]);
    expect(session.token()).toBeNull();
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(door.refreshes).toHaveLength(1);
  });

  it('renews an old token for it', async () => {
    const session = await signedIn();
    door.good.clear();
    await session.signOut();
    expect(door.asked.map((one) => one.token)).toEqual(['t1', 't2']);
    expect(session.getState().phase).toBe('out');
  });

  it('is done when the session had ended already', async () => {
    const session = await signedIn();
    door.user = null;
    door.good.clear();
    await session.signOut();
    expect(session.getState().phase).toBe('out');
  });

  it('fails while the server is away: the cookie would stay', async () => {
    const session = await signedIn();
    const away = new Session({
      fetch: () => Promise.reject(new TypeError('failed')),
      now: Date.now,
      random: () => 1,
      alone: (work) => work(),
      tabs: null,
      reload,
    });
    away.signedIn({ access_token: 'x', expires_in: LIFE_S, user: ADA });
    await expect(away.signOut()).rejects.toMatchObject({ code: 'unreachable' });
    expect(away.getState().phase).toBe('in');
    expect(session.getState().phase).toBe('in');
  });

  it('drops an answer that was on its way', async () => {
    const session = await signedIn();
    door.hold();
    const renewal = session.renew();
    session.leave();
    door.release();
    await renewal;
    expect(session.getState().phase).toBe('out');
    expect(session.token()).toBeNull();
  });
});

describe('two tabs', () => {
  it('are signed out together', async () => {
    const tab = channel();
    const [first, second] = [await signedIn(tab()), await signedIn(tab())];
    await first.signOut();
    expect(second.getState().phase).toBe('out');
    expect(second.token()).toBeNull();
  });

  it('come back together, each with a token of its own', async () => {
    const tab = channel();
    const [first, second] = [await signedIn(tab()), await signedIn(tab())];
    await over(first);
    await over(second);
    door.user = ADA;
    first.signedIn(door.answer());
    await settle();
    expect(second.getState()).toEqual({ phase: 'in', user: ADA });
    expect(second.token()).not.toBe(first.token());
  });

  it('come back together also where one was just told that the session is over', async () => {
    const tab = channel();
    const [first, second] = [await signedIn(tab()), await signedIn(tab())];
    await over(first);
    door.hold();
    void second.renew();
    await settle();
    door.user = ADA;
    first.signedIn(door.answer());
    door.release();
    await settle();
    expect(second.getState()).toEqual({ phase: 'in', user: ADA });
  });

  it('are signed in together from the sign-in page', async () => {
    const tab = channel();
    door.user = null;
    const [first, second] = [open(tab()), open(tab())];
    await settle();
    door.user = BOB;
    first.signedIn(door.answer(BOB));
    await settle();
    expect(second.getState()).toEqual({ phase: 'in', user: BOB });
  });

  it('start anew where another person signed in beside them', async () => {
    const tab = channel();
    const [first] = [await signedIn(tab())];
    const other = tab();
    other.tell({ kind: 'signed_in', user: 'u_bob' });
    await settle();
    expect(reload).toHaveBeenCalledOnce();
    expect(first.getState().phase).toBe('in');
  });
});

it('no storage ever has a token', async () => {
  const set = vi.fn();
  vi.stubGlobal('localStorage', { setItem: set, getItem: () => null });
  vi.stubGlobal('sessionStorage', { setItem: set, getItem: () => null });
  const session = await signedIn();
  await session.renew();
  await ask(session);
  await session.signOut();
  expect(set).not.toHaveBeenCalled();
  vi.unstubAllGlobals();
});
