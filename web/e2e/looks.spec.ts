// Every page of accounts in both themes and widths: nothing is hard to read or to reach, and nothing is too wide.
import type { Page } from '@playwright/test';
import { accessibilityFaults } from './support/accessibility.ts';
import { AccountPagesOf } from './support/account-pages.ts';
import { DeskPage } from './support/desk-page.ts';
import { PageWatch } from './support/page-watch.ts';
import { somebody } from './support/people.ts';
import { expect, test } from './support/signed-in.ts';

const SIZES = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
] as const;

async function looksGood(page: Page, what: string): Promise<void> {
  expect(await accessibilityFaults(page), what).toEqual([]);
  expect(await new DeskPage(page).overflows(), `${what} is too wide`).toBe(false);
  await expect(page, what).toHaveTitle(/\S+ · Candlewick$/);
}

for (const colorScheme of ['dark', 'light'] as const) {
  for (const viewport of SIZES) {
    test.describe(`${colorScheme}, ${viewport.width} wide`, () => {
      // Whatever fades in is half see-through for a moment.
      test.use({ colorScheme, viewport, contextOptions: { reducedMotion: 'reduce' } });

      test('pages for strangers', async ({ browser, server }) => {
        const context = await browser.newContext({
          colorScheme,
          viewport,
          baseURL: server.address,
          reducedMotion: 'reduce',
        });
        const page = await context.newPage();
        const watch = new PageWatch(page);
        await page.goto('/signin');
        await page.getByRole('button', { name: 'Sign in' }).click();
        await expect(page.getByRole('alert')).toHaveCount(2);
        await looksGood(page, 'the sign-in page');
        for (const path of ['/setup', '/join', '/reset']) {
          await page.goto(path);
          await expect(page.getByRole('alert')).toBeVisible();
          await looksGood(page, `${path} without a link`);
          await page.goto(`${path}#eyJ.eyJ.x`);
          await expect(page.getByRole('form')).toBeVisible();
          await page.getByRole('button', { name: /^(Create|Set)/ }).click();
          await looksGood(page, path);
        }
        expect(watch.faults).toEqual([]);
        await context.close();
      });

      test('the account’s pages', async ({ page }) => {
        await page.goto('/account');
        await expect(page.getByRole('heading', { level: 1, name: 'Your account' })).toBeVisible();
        await expect(page.getByLabel('How it looks')).toBeVisible();
        await looksGood(page, 'the profile');
        await page.getByRole('combobox', { name: 'Time zone' }).click();
        await expect(page.getByRole('option', { name: 'UTC', exact: true })).toBeVisible();
        await looksGood(page, 'the time zones');
        await page.goto('/account/security');
        await expect(page.getByText('This device')).toBeVisible();
        await page.getByRole('button', { name: 'New key…' }).click();
        await page.getByLabel('Name').fill('grafana');
        await page.getByRole('button', { name: 'Make the key' }).click();
        await expect(page.getByLabel('The key “grafana”')).toBeVisible();
        await page.getByRole('button', { name: 'Turn on…' }).click();
        await page.getByRole('button', { name: 'Go on' }).click();
        await expect(page.getByRole('alert')).toBeVisible();
        await looksGood(page, 'security');
        await page.getByRole('button', { name: 'Revoke grafana' }).first().click();
        await expect(page.getByRole('dialog')).toBeVisible();
        await looksGood(page, 'a question');
      });

      test('the administrator’s pages', async ({ page, server }) => {
        const person = await somebody(server);
        await page.goto('/admin');
        await page.getByRole('button', { name: `Change ${person.email}` }).click();
        await expect(page.getByRole('menuitem').first()).toBeVisible();
        await looksGood(page, 'users');
        await page.goto('/admin/invitations');
        await page.getByRole('button', { name: 'Make the invitation' }).click();
        await expect(page.getByLabel('Invitation', { exact: true })).toBeVisible();
        await looksGood(page, 'invitations');
        await page.goto('/admin/audit');
        await expect(page.getByRole('table', { name: 'Audit log' })).toBeVisible();
        await looksGood(page, 'the audit log');
        await new AccountPagesOf(page).menu.click();
        await expect(page.getByRole('menuitem', { name: 'Sign out' })).toBeVisible();
        await looksGood(page, 'the account menu');
      });

      test('the watch list being edited, and a session that has ended', async ({ page, watch, request }) => {
        watch.expectRefusals();
        await page.goto('/chart/BTCUSDT?tf=1h');
        await new DeskPage(page).hasBars();
        if (viewport.width < 720) await page.getByRole('button', { name: /^Watch list,/ }).click();
        await page.getByRole('button', { name: 'Edit the watch list' }).click();
        await page.getByRole('button', { name: 'Remove SOLUSDT' }).click();
        await looksGood(page, 'the watch list');
        await request.delete('/api/auth/sessions');
        await expect(new AccountPagesOf(page).over).toBeVisible();
        await looksGood(page, 'a session that has ended');
      });
    });
  }
}
