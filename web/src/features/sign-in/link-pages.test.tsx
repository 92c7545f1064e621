// @vitest-environment jsdom
import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { dropLinkToken, takeLinkTokens } from '@/lib/session/link-token';
import { installBrowserParts } from '@/lib/testing';
import { ADA, BOB, FakeApi, refusal, reply, showTo, signInAnswer } from '@/lib/testing-account';
import { JoinPage, ResetPage, SetUpPage } from './link-pages';

const SENTENCE = 'a long sentence of mine';

/** Opens a link whose token ends so many seconds from now. */
function open(path: string, seconds = 600): string {
  const payload = btoa(JSON.stringify({ exp: Math.round(Date.now() / 1000) + seconds }));
  const token = `eyJ.${payload.replaceAll('=', '')}.mac`;
  history.replaceState(null, '', `${path}#${token}`);
  dispatchEvent(new Event('hashchange'));
  return token;
}

const email = () => screen.getByRole<HTMLInputElement>('textbox', { name: 'E-mail address' });
const password = (name = 'Password') => screen.getByLabelText<HTMLInputElement>(name);

let api: FakeApi;
beforeEach(() => {
  installBrowserParts();
  takeLinkTokens();
  dropLinkToken();
  api = new FakeApi();
});

describe('the set-up page', () => {
  it('makes the first administrator and signs in', async () => {
    const token = open('/setup');
    const done = vi.fn();
    api.on('POST /api/auth/setup', () => reply(201, signInAnswer(ADA)));
    const { session } = await showTo(null, api, <SetUpPage onDone={done} />);
    expect(location.hash).toBe('');
    expect(password().autocomplete).toBe('new-password');
    await userEvent.type(email(), ` ${ADA.email} `);
    await userEvent.type(password(), `${SENTENCE}{Enter}`);
    await waitFor(() => expect(session.getState()).toEqual({ phase: 'in', user: ADA }));
    expect(api.last('POST /api/auth/setup')).toEqual({ token, email: ADA.email, password: SENTENCE });
    expect(done).toHaveBeenCalledOnce();
  });

  it('says that the link is missing', async () => {
    history.replaceState(null, '', '/setup');
    await showTo(null, api, <SetUpPage onDone={vi.fn()} />);
    expect(screen.getByRole('alert').textContent).toContain('the link is not there');
    expect(screen.queryByRole('form')).toBeNull();
  });

  it('says that the link has expired, and can be wrong about that', async () => {
    open('/setup', -60);
    await showTo(null, api, <SetUpPage onDone={vi.fn()} />);
    expect(screen.getByRole('alert').textContent).toContain('This link has expired');
    await userEvent.click(screen.getByRole('button', { name: 'Try it all the same' }));
    expect(screen.getByRole('form', { name: 'First administrator' })).toBeTruthy();
  });

  it('says that the link was used', async () => {
    open('/setup');
    api.on('POST /api/auth/setup', () => refusal(410, 'link_expired', 'This link was used already.'));
    await showTo(null, api, <SetUpPage onDone={vi.fn()} />);
    await userEvent.type(email(), ADA.email);
    await userEvent.type(password(), `${SENTENCE}{Enter}`);
    expect((await screen.findByRole('alert')).textContent).toBe('This link was used already.');
    expect(password().value).toBe(SENTENCE);
  });

  it.each([
    ['seven77', 'Use at least 8 characters: this has 7.'],
    ['x'.repeat(129), 'Use at most 128 characters: this has 129.'],
    ['😀😀😀😀', 'Use at least 8 characters: this has 4.'],
  ])('refuses %s by its length alone', async (secret, fault) => {
    open('/setup');
    await showTo(null, api, <SetUpPage onDone={vi.fn()} />);
    await userEvent.type(email(), ADA.email);
    await userEvent.click(password());
    await userEvent.paste(secret);
    await userEvent.keyboard('{Enter}');
    expect(screen.getByRole('alert').textContent).toBe(fault);
    expect(document.activeElement).toBe(password());
    expect(api.wasAsked('POST /api/auth/setup')).toBe(false);
  });

  it('puts the server’s word on a password at the password', async () => {
    open('/setup');
    api.on('POST /api/auth/setup', () =>
      refusal(400, 'weak_password', 'This password is one of the most common ones.', { field: 'password' }),
    );
    await showTo(null, api, <SetUpPage onDone={vi.fn()} />);
    await userEvent.type(email(), ADA.email);
    await userEvent.type(password(), 'password1{Enter}');
    await screen.findByText('This password is one of the most common ones.');
    expect(document.activeElement).toBe(password());
    expect(password().getAttribute('aria-invalid')).toBe('true');
  });
});

describe('an invitation', () => {
  it('makes an account and signs in', async () => {
    const invitation = open('/join');
    api.on('POST /api/auth/register', () => reply(201, signInAnswer(BOB)));
    const { session } = await showTo(null, api, <JoinPage onDone={vi.fn()} />);
    await userEvent.type(email(), BOB.email);
    await userEvent.type(password(), `${SENTENCE}{Enter}`);
    await waitFor(() => expect(session.getState()).toEqual({ phase: 'in', user: BOB }));
    expect(api.last('POST /api/auth/register')).toEqual({ invitation, email: BOB.email, password: SENTENCE });
  });

  it('is said at the address where there is an account with it', async () => {
    open('/join');
    api.on('POST /api/auth/register', () => refusal(409, 'email_taken', 'There is an account already.'));
    await showTo(null, api, <JoinPage onDone={vi.fn()} />);
    await userEvent.type(email(), BOB.email);
    await userEvent.type(password(), `${SENTENCE}{Enter}`);
    await screen.findByText('There is an account already.');
    expect(document.activeElement).toBe(email());
  });

  it('asks whoever is signed in to sign out first', async () => {
    open('/join');
    api.on('POST /api/auth/logout', () => reply(204));
    const { session } = await showTo(ADA, api, <JoinPage onDone={vi.fn()} />);
    expect(screen.queryByRole('form')).toBeNull();
    expect(screen.getByText(/You are signed in as ada@example.org/)).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Sign out and go on' }));
    await screen.findByRole('form', { name: 'Your account' });
    expect(session.getState().phase).toBe('out');
  });
});

describe('a reset link', () => {
  it('sets the password and leads to the sign-in page', async () => {
    const token = open('/reset');
    api.on('POST /api/auth/reset', () => reply(204));
    await showTo(null, api, <ResetPage />);
    await userEvent.type(password('New password'), `${SENTENCE}{Enter}`);
    await screen.findByRole('heading', { name: 'The password is changed' });
    expect(api.last('POST /api/auth/reset')).toEqual({ token, password: SENTENCE });
    expect(screen.getByRole('link', { name: 'Go to the sign-in page' }).getAttribute('href')).toBe('/signin');
  });
});
