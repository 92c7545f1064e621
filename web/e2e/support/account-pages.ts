import { expect, type Locator, type Page } from '@playwright/test';
import type { Person } from './candlewick-server.ts';

/** The sign-in page, the account menu and the pages behind it, as a person uses them. */
export class AccountPagesOf {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get email(): Locator {
    return this.page.getByRole('textbox', { name: 'E-mail address' });
  }
  get password(): Locator {
    return this.page.getByLabel('Password', { exact: true });
  }
  get menu(): Locator {
    return this.page.getByRole('button', { name: /^Account:/ });
  }
  /** What is laid over the page when its session has ended. */
  get over(): Locator {
    return this.page.getByRole('dialog', { name: 'Your session has ended: sign in to go on' });
  }

  async signIn({ email, password }: Person): Promise<void> {
    await this.email.fill(email);
    await this.password.fill(password);
    await this.page.keyboard.press('Enter');
  }

  async choose(item: string): Promise<void> {
    await this.menu.click();
    await this.page.getByRole('menuitem', { name: item }).click();
  }

  async signOut(): Promise<void> {
    await this.choose('Sign out');
    await expect(this.page).toHaveURL(/\/signin$/);
  }

  /** Whatever the browser keeps for the page, as one text. */
  async storage(): Promise<string> {
    return this.page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href]),
    );
  }
}
