// @vitest-environment jsdom
import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { installBrowserParts } from '@/lib/testing';
import { ADA, BOB, FakeApi, refusal, reply, showTo, signInAnswer } from '@/lib/testing-account';
import { SessionOverDialog } from './session-over-dialog';
import { SignInPage } from './sign-in-page';

const PASSWORD = 'a long sentence of mine';
const email = () => screen.getByRole<HTMLInputElement>('textbox', { name: 'E-mail address' });
const password = () => screen.getByLabelText<HTMLInputElement>('Password');
const press = (name: string) => userEvent.click(screen.getByRole('button', { name }));

async function typeIn(address = ADA.email, secret = PASSWORD): Promise<void> {
  await userEvent.type(email(), address);
  await userEvent.type(password(), secret);
  await userEvent.keyboard('{Enter}');
}

/** The faults that an input points to. */
function faultOf(input: HTMLElement): string {
  const ids = input.getAttribute('aria-describedby')?.split(' ') ?? [];
  return ids.map((id) => document.getElementById(id)?.textContent ?? '').join(' ');
}

let api: FakeApi;
beforeEach(() => {
  installBrowserParts();
  localStorage.clear();
  sessionStorage.clear();
  api = new FakeApi();
});

describe('the sign-in page', () => {
  it('can be filled by a password manager', async () => {
    await showTo(null, api, <SignInPage />);
    expect(email().autocomplete).toBe('username');
    expect(password().autocomplete).toBe('current-password');
    expect(password().form).toBe(email().form);
    expect(document.activeElement).toBe(email());
  });

  it('signs in, and keeps the token nowhere but in memory', async () => {
    api.on('POST /api/auth/login', () => reply(200, signInAnswer(ADA, 'secret-token')));
    const { session } = await showTo(null, api, <SignInPage />);
    await typeIn();
    await waitFor(() => expect(session.getState()).toEqual({ phase: 'in', user: ADA }));
    expect(api.last('POST /api/auth/login')).toEqual({ email: ADA.email, password: PASSWORD });
    expect(JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])).not.toContain(
      'secret-token',
    );
    expect(document.body.innerHTML).not.toContain('secret-token');
  });

  it('says what is missing at the field, and moves to the first one', async () => {
    await showTo(null, api, <SignInPage />);
    await press('Sign in');
    expect(screen.getAllByRole('alert').map((one) => one.textContent)).toEqual([
      'Enter your e-mail address.',
      'Enter your password.',
    ]);
    expect(document.activeElement).toBe(email());
    expect(email().getAttribute('aria-invalid')).toBe('true');
    expect(faultOf(email())).toContain('Enter your e-mail address.');
    expect(api.wasAsked('POST /api/auth/login')).toBe(false);
    await userEvent.type(email(), 'ada@example.org');
    expect(screen.getAllByRole('alert')).toHaveLength(1);
  });

  it('does not tell which of the two is wrong, and has the password selected for another try', async () => {
    api.on('POST /api/auth/login', () =>
      refusal(401, 'invalid_credentials', 'Wrong e-mail address or password.'),
    );
    await showTo(null, api, <SignInPage />);
    await typeIn();
    expect((await screen.findByRole('alert')).textContent).toBe('Wrong e-mail address or password.');
    expect(document.activeElement).toBe(password());
    expect(faultOf(password())).toContain('Wrong e-mail address or password.');
    expect(email().value).toBe(ADA.email);
  });

  it('counts down how long to wait after too many tries', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    api.on('POST /api/auth/login', () =>
      reply(
        429,
        { type: '', title: '', status: 429, code: 'too_many_attempts', detail: 'Too many failed attempts.' },
        { 'Retry-After': '4' },
      ),
    );
    await showTo(null, api, <SignInPage />);
    const user = userEvent.setup({ advanceTimers: vi.advanceTimersByTime });
    await user.type(email(), ADA.email);
    await user.type(password(), 'wrong');
    await user.keyboard('{Enter}');
    const button = await screen.findByRole<HTMLButtonElement>('button', { name: /Sign in: wait \d s/ });
    expect(button.disabled).toBe(true);
    expect(screen.getByRole('alert').textContent).toBe('Too many failed attempts.');
    const tries = api.asked.length;
    await user.type(password(), '{Enter}');
    expect(api.asked).toHaveLength(tries);
    await act(() => vi.advanceTimersByTimeAsync(4_300));
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Sign in' }).disabled).toBe(false);
    vi.useRealTimers();
  });

  it('says that the server is away', async () => {
    api.on('POST /api/auth/login', () => Promise.reject(new TypeError('failed')));
    await showTo(null, api, <SignInPage />);
    await typeIn();
    expect((await screen.findByRole('alert')).textContent).toContain('The server does not answer');
  });

  it('shows the password when asked to', async () => {
    await showTo(null, api, <SignInPage />);
    await userEvent.type(password(), 'x');
    await press('Show the password');
    expect(password().type).toBe('text');
    await press('Hide the password');
    expect(password().type).toBe('password');
  });

  it('asks for the code where two-factor is on, and not for the password again', async () => {
    api.on<{ totp?: string }>('POST /api/auth/login', ({ totp }) => {
      if (totp === undefined) return refusal(401, 'totp_required', 'Send the code too.');
      return totp === '492039'
        ? reply(200, signInAnswer())
        : refusal(401, 'invalid_totp', 'The code is wrong.');
    });
    const { session } = await showTo(null, api, <SignInPage />);
    await typeIn();
    const code = await screen.findByLabelText<HTMLInputElement>('Six digits from your authenticator app');
    expect(code.autocomplete).toBe('one-time-code');
    expect(code.inputMode).toBe('numeric');
    expect(document.activeElement).toBe(code);
    expect(screen.queryByLabelText('Password')).toBeNull();
    await userEvent.type(code, '12345{Enter}');
    expect(faultOf(code)).toContain('Enter the six digits');
    await userEvent.type(code, '6{Enter}');
    await screen.findByText('The code is wrong.');
    await userEvent.clear(code);
    await userEvent.type(code, '492 039{Enter}');
    await waitFor(() => expect(session.getState().phase).toBe('in'));
    expect(api.last('POST /api/auth/login')).toEqual({
      email: ADA.email,
      password: PASSWORD,
      totp: '492039',
    });
  });

  it('takes a recovery code instead', async () => {
    api.on<{ totp?: string }>('POST /api/auth/login', ({ totp }) =>
      totp === undefined ? refusal(401, 'totp_required', '.') : reply(200, signInAnswer()),
    );
    const { session } = await showTo(null, api, <SignInPage />);
    await typeIn();
    await userEvent.click(await screen.findByRole('button', { name: 'Use a recovery code instead' }));
    await userEvent.type(screen.getByLabelText('Recovery code'), ' k3f7-9qxm-2b4t-vw6z {Enter}');
    await waitFor(() => expect(session.getState().phase).toBe('in'));
    expect(api.last('POST /api/auth/login')).toMatchObject({ totp: 'k3f7-9qxm-2b4t-vw6z' });
  });

  it('goes back to the password where it was changed meanwhile', async () => {
    api.on<{ totp?: string }>('POST /api/auth/login', ({ totp }) =>
      totp === undefined
        ? refusal(401, 'totp_required', '.')
        : refusal(401, 'invalid_credentials', 'Wrong e-mail address or password.'),
    );
    await showTo(null, api, <SignInPage />);
    await typeIn();
    await userEvent.type(await screen.findByLabelText(/^Six digits/), '123456{Enter}');
    await screen.findByLabelText('Password');
    expect(screen.getByRole('alert').textContent).toBe('Wrong e-mail address or password.');
    expect(email().value).toBe(ADA.email);
  });

  it('says how to get in with a forgotten password', async () => {
    await showTo(null, api, <SignInPage />);
    expect(screen.getByText(/Ask an administrator for a reset link/)).toBeTruthy();
  });
});

describe('a session that ends while one types', () => {
  beforeEach(() => {
    HTMLDialogElement.prototype.showModal = function showModal() {
      this.open = true;
    };
  });

  async function typing() {
    const shown = await showTo(
      ADA,
      api,
      <>
        <input aria-label="Note" />
        <SessionOverDialog />
      </>,
    );
    await userEvent.type(screen.getByLabelText('Note'), 'half a sent');
    api.on('POST /api/auth/refresh', () => refusal(401, 'session_ended', 'Ended.'));
    return shown;
  }

  it('loses nothing: what was typed stays, and what was asked goes on once the person is back', async () => {
    let saved = 0;
    api.on('PUT /api/me/settings', () => {
      saved += 1;
      return saved === 1 ? refusal(401, 'session_ended', 'Ended.') : reply(200, { saved: true });
    });
    const { session, reload } = await typing();
    const request = session.send('/api/me/settings', { method: 'PUT', headers: {}, body: '{}' });
    const dialog = await screen.findByRole('dialog', { name: 'Your session has ended: sign in to go on' });
    expect(within(dialog).getByLabelText<HTMLInputElement>('E-mail address').value).toBe(ADA.email);
    expect(document.activeElement).toBe(within(dialog).getByLabelText('Password'));
    api.on('POST /api/auth/login', () => reply(200, signInAnswer(ADA, 'new')));
    await userEvent.type(within(dialog).getByLabelText('Password'), `${PASSWORD}{Enter}`);
    expect((await request).status).toBe(200);
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(screen.getByLabelText<HTMLInputElement>('Note').value).toBe('half a sent');
    expect(api.asked.at(-1)).toMatchObject({ what: 'PUT /api/me/settings', token: 'Bearer new' });
    expect(reload).not.toHaveBeenCalled();
  });

  it('loads the page anew for another account', async () => {
    const { session, reload } = await typing();
    await act(() => session.renew());
    api.on('POST /api/auth/login', () => reply(200, signInAnswer(BOB)));
    await userEvent.clear(email());
    await typeIn(BOB.email);
    await waitFor(() => expect(reload).toHaveBeenCalledOnce());
  });

  it('can be left', async () => {
    const { session } = await typing();
    await act(() => session.renew());
    await press('Leave this page');
    expect(session.getState().phase).toBe('out');
  });

  it('cannot be got rid of with Escape', async () => {
    const { session } = await typing();
    await act(() => session.renew());
    const dialog = screen.getByRole<HTMLDialogElement>('dialog');
    const cancel = new Event('cancel', { cancelable: true });
    dialog.dispatchEvent(cancel);
    expect(cancel.defaultPrevented).toBe(true);
    dialog.open = false;
    dialog.dispatchEvent(new Event('close'));
    expect(dialog.open).toBe(true);
  });
});
