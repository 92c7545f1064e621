// Getting in and out, on the real server.
import { AccountPagesOf } from './support/account-pages.ts';
import { ADMIN, CandlewickServer } from './support/candlewick-server.ts';
import { DeskPage } from './support/desk-page.ts';
import { PageWatch } from './support/page-watch.ts';
import { device, somebody, THROWN_OUT_WITHIN_MS } from './support/people.ts';
import { expect, test } from './support/signed-in.ts';
import { nextTotp, totp } from './support/totp.ts';

test.describe('the set-up link', () => {
  test('makes the first administrator once, and leaves the address bar at once', async ({ browser }) => {
    const server = new CandlewickServer();
    try {
      await server.start();
      const link = await server.setUpLink();
      const page = await device(browser, server);
      const watch = new PageWatch(page);
      const account = new AccountPagesOf(page);
      await page.goto(link);
      await expect(page.getByRole('heading', { name: 'Set up Candlewick' })).toBeVisible();
      expect(page.url()).toBe(`${server.address}/setup`);
      await account.email.fill(ADMIN.email);
      await account.password.fill('short');
      await page.keyboard.press('Enter');
      await expect(account.password).toBeFocused();
      await expect(page.getByRole('alert')).toHaveText('Use at least 8 characters: this has 5.');
      await account.password.fill('password123');
      await page.keyboard.press('Enter');
      await expect(page.getByRole('alert')).toContainText('common');
      await account.signIn(ADMIN);
      await expect(page).toHaveURL(/\/chart\//);
      await expect(new DeskPage(page).connection).toHaveText('Connected');
      expect(await account.storage()).not.toContain(link.split('#')[1]);

      // A link is good once.
      const other = await device(browser, server);
      await other.goto(link);
      const again = new AccountPagesOf(other);
      await again.signIn({ ...ADMIN, email: 'eve@example.org' });
      await expect(other.getByRole('alert')).toContainText(/used|administrator/);
      expect(watch.complaints.filter((text) => !/status of (400|401)/.test(text))).toEqual([]);
    } finally {
      await server.remove();
    }
  });

  test('is said to be missing where it is', async ({ page }) => {
    await page.goto('/setup');
    await expect(page.getByRole('alert')).toContainText('the link is not there');
  });
});

test.describe('signing in', () => {
  test('leads to where one wanted to go, keeps no token, and says what is wrong without telling which', async ({
    browser,
    server,
  }) => {
    const person = await somebody(server);
    const page = await device(browser, server);
    const watch = new PageWatch(page);
    const account = new AccountPagesOf(page);
    await page.goto('/account/security');
    await expect(page).toHaveURL('/signin?to=%2Faccount%2Fsecurity');
    await expect(account.email).toBeFocused();
    await account.signIn({ ...person, password: 'not this one' });
    const wrong = page.getByRole('alert');
    await expect(wrong).toBeVisible();
    const words = await wrong.textContent();
    await expect(account.password).toBeFocused();
    const refused = page.waitForResponse((one) => one.url().endsWith('/login') && one.status() === 401);
    await account.signIn({ email: 'nobody@example.org', password: 'not this one' });
    await refused;
    await expect(page.getByRole('button', { name: 'Sign in', exact: true })).toBeEnabled();
    await expect(wrong).toHaveText(words ?? '');
    await account.signIn(person);
    await expect(page).toHaveURL(`${server.address}/account/security`);
    await expect(page.getByText('This device')).toBeVisible();
    // A token begins with what every JSON object begins with.
    expect(await account.storage()).not.toMatch(/eyJ/);
    expect(watch.faults).toEqual([]);
    await page.context().close();
  });

  test('by keyboard alone', async ({ browser, server }) => {
    const person = await somebody(server);
    const page = await device(browser, server);
    await page.goto('/signin');
    await expect(new AccountPagesOf(page).email).toBeFocused();
    await page.keyboard.type(person.email);
    await page.keyboard.press('Tab');
    await page.keyboard.type(person.password);
    await page.keyboard.press('Tab');
    await expect(page.getByRole('button', { name: 'Show the password' })).toBeFocused();
    await page.keyboard.press('Space');
    await expect(page.getByLabel('Password', { exact: true })).toHaveValue(person.password);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/\/chart\//);
    await page.context().close();
  });
});

test('the account menu is walked by keyboard', async ({ page }) => {
  await page.goto('/chart/BTCUSDT?tf=1h');
  const account = new AccountPagesOf(page);
  await account.menu.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menuitem', { name: 'Profile' })).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('menuitem', { name: 'Administration' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(account.menu).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menuitem', { name: 'Profile' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/account$/);
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
});

test.describe('signing out', () => {
  // What goes through a worker cannot be made to fail.
  test.use({ serviceWorkers: 'block' });

  test('signs out the other tabs too, and the connection ends', async ({ page, context, server }) => {
    const account = new AccountPagesOf(page);
    await page.goto('/chart/BTCUSDT?tf=1h');
    const other = await context.newPage();
    await other.goto(`${server.address}/account`);
    await expect(other.getByText(ADMIN.email).first()).toBeVisible();
    await account.signOut();
    await expect(other).toHaveURL(/\/signin\?to=/, { timeout: THROWN_OUT_WITHIN_MS });
    await page.reload();
    await expect(account.email).toBeVisible();
    // And they come back together.
    await account.signIn(ADMIN);
    await expect(page).toHaveURL(/\/chart\//);
    await expect(other).toHaveURL(`${server.address}/account`);
  });

  test('is not claimed while the server is away: the cookie would stay', async ({ page, context }) => {
    const account = new AccountPagesOf(page);
    await page.goto('/account');
    await expect(account.menu).toBeVisible();
    await context.route('**/api/auth/logout', (route) => route.abort('connectionrefused'));
    await account.choose('Sign out');
    await expect(page.getByRole('alert')).toContainText('You are still signed in');
    await context.unroute('**/api/auth/logout');
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(page).toHaveURL(/\/signin$/);
  });
});

test('two-factor: on with a scanned key, in with a code and with a recovery code, and off', async ({
  browser,
  server,
}) => {
  test.setTimeout(120_000);
  const person = await somebody(server);
  const page = await device(browser, server, person);
  const watch = new PageWatch(page);
  const account = new AccountPagesOf(page);
  await page.goto('/account/security');
  await page.getByRole('button', { name: 'Turn on…' }).click();
  await page.getByLabel('Your password').fill(person.password);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('img', { name: 'QR code for your authenticator app' })).toBeVisible();
  const secret = ((await page.locator('code').first().textContent()) ?? '').replaceAll(' ', '');
  await page.getByLabel('2. Enter the six digits that it shows').fill(totp(secret, Date.now()));
  await page.keyboard.press('Enter');
  const codes = page.getByRole('region', { name: 'Recovery codes' }).getByRole('listitem');
  await expect(codes).toHaveCount(10);
  const [recovery = ''] = await codes.allTextContents();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download as text' }).click();
  expect((await download).suggestedFilename()).toBe('candlewick-recovery-codes.txt');
  await expect(page.getByRole('button', { name: 'Done' })).toBeDisabled();
  await page.getByRole('checkbox', { name: 'I have stored them' }).check();
  await page.getByRole('button', { name: 'Done' }).click();
  await account.signOut();

  await account.signIn(person);
  const code = page.getByLabel('Six digits from your authenticator app');
  await expect(code).toBeFocused();
  await code.fill('000000');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toBeVisible();
  // Others have failed from this address before: there may be some seconds to wait.
  await expect(async () => {
    await code.fill(nextTotp(secret));
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/\/chart\//, { timeout: 3_000 });
  }).toPass({ timeout: 40_000 });
  await account.signOut();

  await account.signIn(person);
  await page.getByRole('button', { name: 'Use a recovery code instead' }).click();
  await page.getByLabel('Recovery code').fill(recovery);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/chart\//);

  await account.choose('Security');
  await page.getByRole('button', { name: 'Turn off…' }).click();
  await page.getByLabel('Your password').fill(person.password);
  // The one used before is gone.
  await page.getByLabel(/^Six digits from the app/).fill(recovery);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toBeVisible();
  expect(watch.complaints.filter((text) => !/status of 401/.test(text))).toEqual([]);
  await page.context().close();
});

// Last of all: what fails here makes this address wait, which is everybody's in these tests.
test('too often with a wrong password is slowed down, with a countdown', async ({ browser, server }) => {
  const person = await somebody(server);
  const page = await device(browser, server);
  const account = new AccountPagesOf(page);
  await page.goto('/signin');
  const waiting = page.getByRole('button', { name: /Sign in: wait \d+ s/ });
  await expect(async () => {
    await account.signIn({ ...person, password: 'wrong again' });
    await expect(waiting).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 30_000 });
  await expect(waiting).toBeDisabled();
  await expect(page.getByRole('button', { name: 'Sign in', exact: true })).toBeEnabled({ timeout: 30_000 });
  await account.signIn(person);
  await expect(page).toHaveURL(/\/chart\//);
  await page.context().close();
});
