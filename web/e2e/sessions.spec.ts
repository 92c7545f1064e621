// Sessions, passwords and keys, on the real server.
import { AccountPagesOf } from './support/account-pages.ts';
import { ADMIN } from './support/candlewick-server.ts';
import { DeskPage } from './support/desk-page.ts';
import { PageWatch } from './support/page-watch.ts';
import { device, somebody, THROWN_OUT_WITHIN_MS } from './support/people.ts';
import { expect, test } from './support/signed-in.ts';

test('another session that is revoked is thrown out within a second or two', async ({ browser, server }) => {
  const person = await somebody(server);
  const here = await device(browser, server, person);
  const there = await device(browser, server, person);
  await there.goto('/chart/BTCUSDT?tf=1h');
  await expect(new DeskPage(there).connection).toHaveText('Connected');
  await here.goto('/account/security');
  await expect(here.getByText('Chrome on Linux')).toHaveCount(2);
  await here.getByRole('button', { name: /^Sign out Chrome on Linux/ }).click();
  await here.getByRole('button', { name: 'Sign it out' }).click();
  await expect(new AccountPagesOf(there).over).toBeVisible({ timeout: THROWN_OUT_WITHIN_MS });
  await expect(here.getByText('Chrome on Linux')).toHaveCount(1);
  // Here nothing has ended.
  await expect(new AccountPagesOf(here).over).toBeHidden();
  await there.getByRole('button', { name: 'Leave this page' }).click();
  await expect(there).toHaveURL(/\/signin/);
  await here.context().close();
  await there.context().close();
});

test('a session that ends loses nothing of what was typed', async ({ browser, server }) => {
  const person = await somebody(server);
  const here = await device(browser, server, person);
  const watch = new PageWatch(here);
  watch.expectRefusals();
  const account = new AccountPagesOf(here);
  await here.goto('/account/security');
  await here.getByRole('button', { name: 'New key…' }).click();
  await here.getByLabel('Name').fill('half a sent');
  await here.getByRole('checkbox', { name: 'Write' }).check();
  // An administrator ends it.
  const admin = await device(browser, server, ADMIN);
  await admin.goto('/admin');
  await admin.getByRole('searchbox', { name: 'Search' }).fill(person.email);
  await admin.getByRole('button', { name: `Change ${person.email}` }).click();
  await admin.getByRole('menuitem', { name: 'End all sessions…' }).click();
  await admin.getByRole('button', { name: 'End them' }).click();
  await expect(account.over).toBeVisible({ timeout: THROWN_OUT_WITHIN_MS });
  await here.keyboard.press('Escape');
  await here.keyboard.press('Escape');
  await expect(account.over).toBeVisible();
  const password = account.over.getByLabel('Password', { exact: true });
  await expect(password).toBeFocused();
  await password.fill(person.password);
  await here.keyboard.press('Enter');
  await expect(account.over).toBeHidden();
  await expect(here.getByLabel('Name')).toHaveValue('half a sent');
  await expect(here.getByRole('checkbox', { name: 'Write' })).toBeChecked();
  await here.getByRole('button', { name: 'Make the key' }).click();
  await expect(here.getByLabel('The key “half a sent”')).toHaveValue(/^cw_/);
  await expect(new DeskPage(here).connection).toHaveText('Connected');
  expect(watch.faults).toEqual([]);
  await here.context().close();
  await admin.context().close();
});

test('a changed password throws the other sessions out and keeps this one', async ({ browser, server }) => {
  const person = await somebody(server);
  const here = await device(browser, server, person);
  const there = await device(browser, server, person);
  const account = new AccountPagesOf(here);
  await there.goto('/chart/BTCUSDT?tf=1h');
  await expect(new DeskPage(there).connection).toHaveText('Connected');
  await here.goto('/account/security');
  await here.getByLabel('Current password').fill('not this');
  await here.getByLabel('New password').fill('quite another sentence');
  await here.keyboard.press('Enter');
  await expect(here.getByLabel('Current password')).toBeFocused();
  await here.getByLabel('Current password').fill(person.password);
  await here.getByRole('button', { name: 'Change the password' }).click();
  await expect(here.getByText('The password is changed.')).toBeVisible();
  await expect(new AccountPagesOf(there).over).toBeVisible({ timeout: THROWN_OUT_WITHIN_MS });
  await expect(account.over).toBeHidden();
  await expect(new DeskPage(here).connection).toHaveText('Connected');
  await account.signOut();
  await account.signIn(person);
  await expect(here.getByRole('alert')).toBeVisible();
  await account.signIn({ ...person, password: 'quite another sentence' });
  await expect(here).toHaveURL(/\/chart\//);
  await here.context().close();
  await there.context().close();
});

test('an API key is shown once, works, and stops working when it is revoked', async ({
  browser,
  playwright,
  server,
}) => {
  const page = await device(browser, server, await somebody(server));
  await page.goto('/account/security');
  await page.getByRole('button', { name: 'New key…' }).click();
  await page.getByLabel('Name').fill('grafana');
  await page.getByRole('button', { name: 'Make the key' }).click();
  const key = await page.getByLabel('The key “grafana”').inputValue();
  const program = await playwright.request.newContext({
    baseURL: server.address,
    extraHTTPHeaders: { Authorization: `Bearer ${key}` },
  });
  expect((await program.get('/api/market/symbols')).status()).toBe(200);
  expect((await program.put('/api/me/watchlist', { data: { symbols: [] } })).status()).toBe(403);
  await page.reload();
  await expect(page.getByText('May read')).toBeVisible();
  expect(await page.content()).not.toContain(key);
  await page.getByRole('button', { name: 'Revoke grafana' }).click();
  await page.getByRole('button', { name: 'Revoke it' }).click();
  await expect(page.getByText('There is no key.')).toBeVisible();
  expect((await program.get('/api/market/symbols')).status()).toBe(401);
  await program.dispose();
  await page.context().close();
});
