// What administrators do, on the real server.
import { AccountPagesOf } from './support/account-pages.ts';
import { ADMIN } from './support/candlewick-server.ts';
import { DeskPage } from './support/desk-page.ts';
import { device, somebody, THROWN_OUT_WITHIN_MS } from './support/people.ts';
import { expect, test } from './support/signed-in.ts';

test.describe('administration', () => {
  test('is there for administrators only, and a demotion holds at once', async ({
    browser,
    server,
    request,
  }) => {
    const user = await somebody(server);
    const plain = await device(browser, server, user);
    const asked: string[] = [];
    plain.on('request', (one) => asked.push(new URL(one.url()).pathname));
    await plain.goto('/admin/audit');
    await expect(plain.getByText('There is nothing here for you')).toBeVisible();
    await new AccountPagesOf(plain).menu.click();
    await expect(plain.getByRole('menuitem', { name: 'Security' })).toBeVisible();
    await expect(plain.getByRole('menuitem', { name: 'Administration' })).toHaveCount(0);
    expect(asked.filter((path) => path.startsWith('/api/admin'))).toEqual([]);
    await plain.context().close();

    const other = await somebody(server, 'admin');
    const page = await device(browser, server, other);
    await page.goto('/chart/BTCUSDT?tf=1h');
    await new AccountPagesOf(page).choose('Administration');
    await expect(page.getByRole('table', { name: 'Users' })).toContainText(ADMIN.email);
    const users = await (await request.get(`/api/admin/users?search=${other.email}`)).json();
    await request.put(`/api/admin/users/${users.items[0].id}`, { data: { role: 'user' } });
    await expect(page.getByText('There is nothing here for you')).toBeVisible({
      timeout: THROWN_OUT_WITHIN_MS,
    });
    await page.context().close();
  });

  test('finds, changes and disables accounts, and the audit log tells of it', async ({
    page,
    browser,
    server,
  }) => {
    const user = await somebody(server);
    const theirs = await device(browser, server, user);
    await theirs.goto('/chart/BTCUSDT?tf=1h');
    await expect(new DeskPage(theirs).connection).toHaveText('Connected');
    await page.goto('/admin');
    await page.getByRole('searchbox', { name: 'Search' }).fill(user.email.toUpperCase());
    const rows = page.getByRole('table', { name: 'Users' }).getByRole('row');
    await expect(rows).toHaveCount(2);
    await page.getByRole('button', { name: `Change ${user.email}` }).click();
    await page.getByRole('menuitem', { name: 'Disable…' }).click();
    await page.getByRole('button', { name: 'Disable', exact: true }).click();
    await expect(page.getByText(`${user.email} is disabled.`)).toBeVisible();
    await expect(new AccountPagesOf(theirs).over).toBeVisible({ timeout: THROWN_OUT_WITHIN_MS });
    await page.getByRole('link', { name: 'Audit log' }).click();
    const entries = page.getByRole('table', { name: 'Audit log' });
    const entry = entries.getByRole('row').filter({ hasText: user.email }).filter({ hasText: 'active' });
    await expect(entry.first()).toContainText(/active\s*true\s*→\s*false/);
    const wrong = { email: user.email, password: 'not this one' };
    await page.request.post(`${server.address}/api/auth/login`, { data: wrong });
    await page.getByLabel('Who').selectOption('stranger');
    await expect(entries.getByRole('row').nth(1)).toContainText('A stranger');
    await theirs.context().close();
  });

  test('invites somebody, who joins by the link', async ({ page, browser, server }) => {
    const guest = { email: 'guest@example.org', password: 'sentences are easy to keep' };
    await page.goto('/admin/invitations');
    await page.getByLabel('For (e-mail address)').fill(guest.email);
    await page.getByRole('button', { name: 'Make the invitation' }).click();
    const link = await page.getByLabel(`Invitation for ${guest.email}`, { exact: true }).inputValue();
    await expect(page.getByRole('table', { name: 'Open invitations' })).toContainText(guest.email);
    const theirs = await device(browser, server);
    await theirs.goto(link.replace(/^https?:\/\/[^/]+/, server.address));
    expect(theirs.url()).toBe(`${server.address}/join`);
    await new AccountPagesOf(theirs).signIn(guest);
    await expect(theirs).toHaveURL(/\/chart\//);
    await new AccountPagesOf(theirs).menu.click();
    await expect(theirs.getByRole('menu').getByText(guest.email)).toBeVisible();
    await page.reload();
    await expect(page.getByText('There is none.')).toBeVisible();
    await theirs.context().close();
  });

  test('makes a reset link, by which a password is chosen', async ({ page, browser, server }) => {
    const user = await somebody(server);
    await page.goto('/admin');
    await page.getByRole('searchbox', { name: 'Search' }).fill(user.email);
    await page.getByRole('button', { name: `Change ${user.email}` }).click();
    await page.getByRole('menuitem', { name: 'Make a reset link…' }).click();
    await page.getByRole('button', { name: 'Make the link' }).click();
    const link = await page.getByLabel(`Reset link for ${user.email}`).inputValue();
    const theirs = await device(browser, server);
    const account = new AccountPagesOf(theirs);
    await theirs.goto(link.replace(/^https?:\/\/[^/]+/, server.address));
    await theirs.getByLabel('New password', { exact: true }).fill('a sentence that is new');
    await theirs.keyboard.press('Enter');
    await expect(theirs.getByRole('heading', { name: 'The password is changed' })).toBeVisible();
    await theirs.getByRole('link', { name: 'Go to the sign-in page' }).click();
    await account.signIn({ ...user, password: 'a sentence that is new' });
    await expect(theirs).toHaveURL(/\/chart\//);
    await theirs.context().close();
  });
});
