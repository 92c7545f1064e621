// @vitest-environment jsdom
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Settings } from '@/lib/api/account-schemas';
import { deviceWords } from '@/lib/device-words';
import { installBrowserParts } from '@/lib/testing';
import { ADA, BOB, FakeApi, refusal, reply, showTo, signInAnswer } from '@/lib/testing-account';
import { unixMs } from '@/lib/time';
import { AccountPages } from './account-pages';
import { drawn } from './qr-code';
import { codesFile } from './recovery-codes';
import { zoneOptions } from './zone-options';

const NOW = Date.now();
const SETTINGS: Settings = {
  time_zone: 'UTC',
  number_format: '1,234.56',
  theme: 'auto',
  default_symbol: null,
};
const LAPTOP = {
  id: 's_1',
  created_at: NOW - 86_400_000,
  last_used_at: NOW,
  expires_at: NOW + 86_400_000,
  address: '192.168.1.20',
  user_agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  current: true,
};
const PHONE = {
  ...LAPTOP,
  id: 's_2',
  address: '203.0.113.7',
  user_agent:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
  current: false,
};
const GRAFANA = {
  id: 'k_1',
  name: 'grafana',
  scopes: ['read'],
  created_at: NOW,
  expires_at: NOW + 86_400_000,
  last_used_at: null,
};
const CODES = ['k3f7-9qxm-2b4t-vw6z', 'a1b2-c3d4-e5f6-g7h8'];

let api: FakeApi;
let settings: Settings;
let sessions: object[];
let keys: object[];

beforeEach(() => {
  installBrowserParts();
  localStorage.clear();
  settings = SETTINGS;
  sessions = [LAPTOP, PHONE];
  keys = [GRAFANA];
  api = new FakeApi()
    .on('GET /api/me/settings', () => reply(200, settings))
    .on<Partial<Settings>>('PUT /api/me/settings', (change) => {
      settings = { ...settings, ...change };
      return reply(200, settings);
    })
    .on('GET /api/market/symbols', () => reply(200, { symbols: [] }))
    .on('GET /api/auth/sessions', () => reply(200, { items: sessions, next: null }))
    .on('GET /api/auth/keys', () => reply(200, { items: keys, next: null }));
});

const press = (name: string | RegExp) => userEvent.click(screen.getByRole('button', { name }));
const security = (user = ADA) => showTo(user, api, <AccountPages section="security" />);

describe('sessions', () => {
  it('are shown with the device in words, the address and the last use; this one cannot be signed out here', async () => {
    await security();
    const items = within(await screen.findByRole('region', { name: 'Where you are signed in' }));
    await items.findByText('Firefox on Linux');
    expect(items.getByText('This device')).toBeTruthy();
    expect(items.getByText('Safari on an iPhone')).toBeTruthy();
    expect(items.getByText(/203\.0\.113\.7/)).toBeTruthy();
    expect(items.getAllByRole('button', { name: /^Sign out Safari/ })).toHaveLength(1);
    expect(items.queryByRole('button', { name: /^Sign out Firefox/ })).toBeNull();
  });

  it('are ended one by one, after a question', async () => {
    api.on('DELETE /api/auth/sessions/s_2', () => {
      sessions = [LAPTOP];
      return reply(204);
    });
    await security();
    await userEvent.click(await screen.findByRole('button', { name: /^Sign out Safari/ }));
    expect(api.wasAsked('DELETE')).toBe(false);
    await press('Sign it out');
    await waitFor(() => expect(screen.queryByText('Safari on an iPhone')).toBeNull());
    expect(screen.queryByRole('button', { name: 'Sign out all others' })).toBeNull();
  });

  it('are ended all at once, all but this one', async () => {
    api.on('DELETE /api/auth/sessions', () => reply(204));
    await security();
    await userEvent.click(await screen.findByRole('button', { name: 'Sign out all others' }));
    await press('Sign them out');
    await waitFor(() => expect(api.wasAsked('DELETE /api/auth/sessions')).toBe(true));
  });

  it('that cannot be ended say why, and the question stays', async () => {
    api.on('DELETE /api/auth/sessions/s_2', () => refusal(503, 'busy', 'Too much to do.'));
    await security();
    await userEvent.click(await screen.findByRole('button', { name: /^Sign out Safari/ }));
    await press('Sign it out');
    expect((await screen.findByRole('alert')).textContent).toBe('Too much to do.');
    expect(screen.getByRole('dialog')).toBeTruthy();
  });
});

describe('the password', () => {
  const current = () => screen.getByLabelText<HTMLInputElement>('Current password');
  const fresh = () => screen.getByLabelText<HTMLInputElement>('New password');

  it('is changed, ends the other sessions unless told not to, and the new token counts', async () => {
    api.on('POST /api/auth/password', () => reply(200, signInAnswer(ADA, 'after')));
    const { session } = await security();
    expect([current().autocomplete, fresh().autocomplete]).toEqual(['current-password', 'new-password']);
    await userEvent.type(current(), 'old one here');
    await userEvent.type(fresh(), 'another long sentence{Enter}');
    await screen.findByText(/All other devices are signed out/);
    expect(api.last('POST /api/auth/password')).toEqual({
      current_password: 'old one here',
      new_password: 'another long sentence',
      end_other_sessions: true,
    });
    expect(session.token()).toBe('after');
    expect([current().value, fresh().value]).toEqual(['', '']);
  });

  it('that is wrong is said where it was typed, and nobody is signed out', async () => {
    api.on('POST /api/auth/password', () =>
      refusal(401, 'invalid_credentials', 'This is not your password.'),
    );
    const { session } = await security();
    await userEvent.type(current(), 'nope');
    await userEvent.type(fresh(), 'another long sentence{Enter}');
    await screen.findByText('This is not your password.');
    expect(document.activeElement).toBe(current());
    expect(session.getState().phase).toBe('in');
  });
});

describe('two-factor', () => {
  const BEGUN = { secret: 'JBSWY3DPEHPK3PXP', uri: 'otpauth://totp/Candlewick:ada?secret=JBSWY3DPEHPK3PXP' };

  it('is turned on by password, code and stored recovery codes', async () => {
    api
      .on('POST /api/auth/totp', () => reply(200, BEGUN))
      .on<{ totp: string }>('POST /api/auth/totp/confirm', ({ totp }) =>
        totp === '492039'
          ? reply(200, { recovery_codes: CODES })
          : refusal(401, 'invalid_totp', 'Wrong code.'),
      );
    const { session } = await security();
    await press('Turn on…');
    await userEvent.type(screen.getByLabelText('Your password'), 'mine{Enter}');
    const code = await screen.findByLabelText<HTMLInputElement>('2. Enter the six digits that it shows');
    expect(screen.getByRole('img', { name: 'QR code for your authenticator app' })).toBeTruthy();
    expect(screen.getByText('JBSW Y3DP EHPK 3PXP')).toBeTruthy();
    await userEvent.type(code, '111111{Enter}');
    await screen.findByText('Wrong code.');
    expect(document.activeElement).toBe(code);
    await userEvent.clear(code);
    await userEvent.type(code, '492039{Enter}');
    await screen.findByText(CODES[0] ?? '');
    expect(session.getState()).toMatchObject({ user: { totp_enabled: true } });
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Done' }).disabled).toBe(true);
    await userEvent.click(screen.getByRole('checkbox', { name: 'I have stored them' }));
    await press('Done');
    expect(screen.queryByText(CODES[0] ?? '')).toBeNull();
    expect(screen.getByRole('button', { name: 'Turn off…' })).toBeTruthy();
  });

  it('is turned off by password and code', async () => {
    api.on('POST /api/auth/totp/disable', () => reply(204));
    const { session } = await security({ ...ADA, totp_enabled: true });
    await press('Turn off…');
    await userEvent.type(screen.getByLabelText('Your password'), 'mine');
    await userEvent.type(screen.getByLabelText(/^Six digits from the app/), '492 039{Enter}');
    await screen.findByText('Two-factor is off.');
    expect(api.last('POST /api/auth/totp/disable')).toEqual({ password: 'mine', totp: '492039' });
    expect(session.getState()).toMatchObject({ user: { totp_enabled: false } });
  });

  it('gets new recovery codes by password', async () => {
    api.on('POST /api/auth/totp/recovery-codes', () => reply(200, { recovery_codes: CODES }));
    await security({ ...ADA, totp_enabled: true });
    await press('New recovery codes…');
    await userEvent.type(screen.getByLabelText('Your password'), 'mine{Enter}');
    expect(await screen.findByText(CODES[1] ?? '')).toBeTruthy();
  });

  it('has a file of codes that says what it is', () => {
    expect(codesFile(CODES, ADA.email)).toContain('Candlewick recovery codes of ada@example.org');
    expect(codesFile(CODES, ADA.email).split('\n')).toEqual(expect.arrayContaining(CODES));
  });

  it('draws the code itself: every dark field once', () => {
    const { path, size } = drawn('otpauth://totp/x');
    // The finder pattern of a QR code: a row of seven dark fields in its corner.
    expect(path.startsWith('M0 0h7v1h-7z')).toBe(true);
    expect(size).toBeGreaterThan(20);
  });
});

describe('API keys', () => {
  it('are shown once when they are made, and never in the list', async () => {
    api.on('POST /api/auth/keys', () => {
      keys = [GRAFANA, { ...GRAFANA, id: 'k_2', name: 'bot' }];
      return reply(201, { ...GRAFANA, id: 'k_2', name: 'bot', key: 'cw_secret' });
    });
    await security();
    await press('New key…');
    await press('Make the key');
    expect(document.activeElement).toBe(screen.getByLabelText('Name'));
    await userEvent.type(screen.getByLabelText('Name'), 'bot');
    await userEvent.click(screen.getByRole('checkbox', { name: 'Write' }));
    await userEvent.selectOptions(screen.getByLabelText('Ends after'), '90 days');
    await press('Make the key');
    expect((await screen.findByLabelText<HTMLInputElement>('The key “bot”')).value).toBe('cw_secret');
    expect(api.last('POST /api/auth/keys')).toEqual({
      name: 'bot',
      scopes: ['read', 'write'],
      expires_in_days: 90,
    });
    await press('New key…');
    expect(document.body.innerHTML).not.toContain('cw_secret');
  });

  it('need at least one thing that they may do', async () => {
    await security();
    await press('New key…');
    await userEvent.type(screen.getByLabelText('Name'), 'bot');
    await userEvent.click(screen.getByRole('checkbox', { name: 'Read' }));
    await press('Make the key');
    expect(screen.getByRole('alert').textContent).toContain('Choose at least one thing');
    expect(document.activeElement).toBe(screen.getByRole('checkbox', { name: 'Read' }));
  });

  it('for administration are offered to administrators only', async () => {
    await security(BOB);
    await press('New key…');
    expect(screen.queryByRole('checkbox', { name: 'Administration' })).toBeNull();
  });

  it('are revoked after a question', async () => {
    api.on('DELETE /api/auth/keys/k_1', () => {
      keys = [];
      return reply(204);
    });
    await security();
    await userEvent.click(await screen.findByRole('button', { name: 'Revoke grafana' }));
    await press('Revoke it');
    expect(await screen.findByText('There is no key.')).toBeTruthy();
  });
});

describe('settings', () => {
  it('hold at once and are kept by the server', async () => {
    await showTo(ADA, api, <AccountPages section="profile" />);
    await waitFor(() => expect(screen.getByLabelText<HTMLSelectElement>('Numbers').value).toBe('1,234.56'));
    await userEvent.selectOptions(screen.getByLabelText('Numbers'), '1.234,56');
    expect(screen.getByLabelText<HTMLSelectElement>('Numbers').value).toBe('1.234,56');
    await waitFor(() => expect(api.last('PUT /api/me/settings')).toEqual({ number_format: '1.234,56' }));
    await userEvent.selectOptions(screen.getByLabelText('Theme'), 'Dark');
    await waitFor(() => expect(settings.theme).toBe('dark'));
  });

  it('that are not kept are shown as the server has them, with the reason', async () => {
    api.on('PUT /api/me/settings', () => refusal(400, 'bad_parameter', 'There is no such zone.'));
    await showTo(ADA, api, <AccountPages section="profile" />);
    await waitFor(() => expect(screen.getByLabelText<HTMLSelectElement>('Numbers').value).toBe('1,234.56'));
    await userEvent.selectOptions(screen.getByLabelText('Numbers'), '1.234,56');
    expect((await screen.findByRole('alert')).textContent).toContain('There is no such zone.');
    await waitFor(() => expect(screen.getByLabelText<HTMLSelectElement>('Numbers').value).toBe('1,234.56'));
  });

  it('offer every zone with what it is ahead of UTC, and one under another name', () => {
    const options = zoneOptions(unixMs(Date.UTC(2026, 6, 1)), 'Europe/Berlin', 'Asia/Calcutta');
    expect(options[0]).toEqual({ value: 'auto', label: 'As this device: Europe/Berlin' });
    expect(options.find((one) => one.value === 'America/New_York')?.label).toBe('America/New York (UTC−4)');
    expect(options.filter((one) => one.value === 'Asia/Calcutta')).toHaveLength(1);
    expect(options.filter((one) => one.value === 'UTC')).toHaveLength(1);
    expect(options.length).toBeGreaterThan(300);
    expect(options.some((one) => one.value === 'Europe/Kyiv')).toBe(true);
    expect(options.some((one) => one.value === 'Europe/Kiev')).toBe(false);
  });
});

it.each([
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0',
    'Edge on Windows',
  ],
  [
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0.0.0 Safari/537.36',
    'Chrome on Linux',
  ],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15',
    'Safari on a Mac',
  ],
  [
    'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36',
    'Chrome on Android',
  ],
  ['curl/8.5.0', 'curl'],
  ['python-requests/2.32', 'A Python program'],
  ['', 'A device that says nothing of itself'],
  ['<script>alert(1)</script>', '<script>alert(1)</script>'],
])('%s is %s', (userAgent, words) => {
  expect(deviceWords(userAgent)).toBe(words);
});
