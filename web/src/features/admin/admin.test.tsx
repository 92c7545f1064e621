// @vitest-environment jsdom
import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { installBrowserParts } from '@/lib/testing';
import { ADA, BOB, FakeApi, refusal, reply, showTo } from '@/lib/testing-account';
import { AdminPages } from './admin-pages';
import { changesOf } from './audit-words';

const ENTRY = {
  sequence: 7,
  at: Date.UTC(2026, 0, 3, 12, 5, 9),
  actor: 'u_ada',
  actor_email: ADA.email,
  action: 'user.role',
  target: 'u_bob',
  target_email: BOB.email,
  outcome: 'done',
  before: { role: 'user', active: true },
  after: { role: 'admin', active: true },
  address: '192.168.1.20',
  request_id: '4f1d',
  hash: '5f2b',
};

let api: FakeApi;
beforeEach(() => {
  installBrowserParts();
  HTMLElement.prototype.scrollIntoView = () => {};
  api = new FakeApi()
    .on('GET /api/admin/users', () => reply(200, { items: [ADA, BOB], next: 'page2', total: 1204 }))
    .on('GET /api/admin/invitations', () => reply(200, { items: [], next: null }))
    .on('GET /api/admin/audit', () => reply(200, { items: [ENTRY], next: null }));
});

const press = (name: string | RegExp) => userEvent.click(screen.getByRole('button', { name }));

async function choose(item: string): Promise<void> {
  await userEvent.click(await screen.findByRole('button', { name: 'Change bob@example.org' }));
  await userEvent.click(await screen.findByRole('menuitem', { name: item }));
}

describe('whoever is no administrator', () => {
  it.each(['users', 'invitations', 'audit'] as const)(
    'finds no %s, and nothing is asked',
    async (section) => {
      await showTo(BOB, api, <AdminPages section={section} />);
      expect(screen.getByText('There is nothing here for you')).toBeTruthy();
      expect(api.wasAsked('GET /api/admin')).toBe(false);
    },
  );
});

describe('users', () => {
  const asked = () => api.asked.at(-1)?.what;

  it('are found by a part of the address, by role and by state, page by page', async () => {
    await showTo(ADA, api, <AdminPages section="users" />);
    await screen.findByText('bob@example.org');
    expect(screen.getByText('Page 1 · 1,204 accounts')).toBeTruthy();
    await press('Next');
    await waitFor(() => expect(asked()).toBe('GET /api/admin/users?after=page2&limit=50'));
    await userEvent.type(screen.getByRole('searchbox', { name: 'Search' }), 'BO ');
    await waitFor(() => expect(asked()).toBe('GET /api/admin/users?search=BO&limit=50'));
    await userEvent.selectOptions(screen.getByLabelText('Role'), 'Administrators');
    await userEvent.selectOptions(screen.getByLabelText('State'), 'Disabled');
    await waitFor(() =>
      expect(asked()).toBe('GET /api/admin/users?search=BO&role=admin&active=false&limit=50'),
    );
  });

  it('are changed only after it was said what will happen', async () => {
    api.on('PUT /api/admin/users/u_bob', () => reply(200, { ...BOB, active: false }));
    await showTo(ADA, api, <AdminPages section="users" />);
    await choose('Disable…');
    const dialog = await screen.findByRole('dialog', { name: 'Disable the account?' });
    expect(dialog.textContent).toContain('bob@example.org is signed out everywhere at once');
    expect(api.wasAsked('PUT')).toBe(false);
    await press('Disable');
    await screen.findByText('bob@example.org is disabled.');
    expect(api.last('PUT /api/admin/users/u_bob')).toEqual({ active: false });
  });

  it('that may not be changed say why', async () => {
    api.on('PUT /api/admin/users/u_bob', () =>
      refusal(409, 'last_administrator', 'This is the last active administrator.'),
    );
    await showTo(ADA, api, <AdminPages section="users" />);
    await choose('Make an administrator…');
    await press('Make an administrator');
    expect((await screen.findByRole('alert')).textContent).toBe('This is the last active administrator.');
  });

  it('get a reset link that is shown once', async () => {
    api.on('POST /api/admin/users/u_bob/reset', () =>
      reply(201, { id: 'l_1', link: 'https://desk.example.org/reset#x', expires_at: 1 }),
    );
    await showTo(ADA, api, <AdminPages section="users" />);
    await choose('Make a reset link…');
    await press('Make the link');
    const link = await screen.findByLabelText<HTMLInputElement>('Reset link for bob@example.org');
    expect(link.value).toBe('https://desk.example.org/reset#x');
  });
});

describe('invitations', () => {
  it('are made for one address or for whoever has the link', async () => {
    api.on('POST /api/admin/invitations', () =>
      reply(201, { id: 'l_1', link: 'https://desk.example.org/join#x', expires_at: 1 }),
    );
    await showTo(ADA, api, <AdminPages section="invitations" />);
    const field = screen.getByLabelText('For (e-mail address)');
    await userEvent.type(field, 'nobody{Enter}');
    expect(document.activeElement).toBe(field);
    await userEvent.type(field, '@example.org{Enter}');
    await screen.findByLabelText('Invitation for nobody@example.org');
    expect(api.last('POST /api/admin/invitations')).toEqual({
      email: 'nobody@example.org',
      role: 'user',
      expires_in_days: 7,
    });
    await press('Make the invitation');
    await screen.findByLabelText('Invitation');
    expect(api.last('POST /api/admin/invitations')).toMatchObject({ email: null });
  });
});

describe('the audit log', () => {
  it('says who did what to whom, and what changed', async () => {
    await showTo(ADA, api, <AdminPages section="audit" />);
    const row = (await screen.findByText('user.role')).closest('tr');
    expect(row?.textContent).toContain('2026-01-03 12:05:09');
    expect(row?.textContent).toContain('role user → admin');
    expect(row?.textContent).not.toContain('active');
    await userEvent.click(screen.getByRole('button', { name: ADA.email }));
    await waitFor(() => expect(api.asked.at(-1)?.what).toBe('GET /api/admin/audit?actor=u_ada&limit=50'));
    await userEvent.type(screen.getByLabelText('What'), 'user.');
    await waitFor(() =>
      expect(api.asked.at(-1)?.what).toBe('GET /api/admin/audit?action=user.&actor=u_ada&limit=50'),
    );
  });

  it('writes changes so that they can be read', () => {
    const changes = (before: Record<string, unknown> | null, after: Record<string, unknown> | null) =>
      changesOf({ before, after }, (time) => `at ${time}`).map(
        (one) => `${one.name}: ${one.before} > ${one.after}`,
      );
    expect(changes({ role: 'user' }, { role: 'admin' })).toEqual(['role: user > admin']);
    expect(changes(null, { scopes: ['read', 'write'], expires_at: 5, active: true })).toEqual([
      'scopes: null > read, write',
      'expires_at: null > at 5',
      'active: null > true',
    ]);
    expect(changes({ symbols: ['A'] }, { symbols: [] })).toEqual(['symbols: A > none']);
    expect(changes(null, { user_agent: 'Mozilla/5.0 (X11; Linux) Firefox/140.0' })).toEqual([
      'user_agent: null > Firefox on Linux',
    ]);
    expect(changes({ a: 1 }, { a: 1 })).toEqual([]);
    expect(changes({ gone: 'x' }, {})).toEqual(['gone: x > null']);
    expect(changes(null, null)).toEqual([]);
  });
});
