import type { Browser, Page } from '@playwright/test';
import type { CandlewickServer, Person } from './candlewick-server.ts';

/** What ends a session closes its sockets within a second; the page then shows it. */
export const THROWN_OUT_WITHIN_MS = 2_500;

let count = 0;

/** Somebody who has an account of their own, so that tests do not meet. */
export async function somebody(server: CandlewickServer, role: 'user' | 'admin' = 'user'): Promise<Person> {
  count += 1;
  const person = { email: `somebody${count}@example.org`, password: 'sentences are easy to keep' };
  await server.addUser(person, role);
  return person;
}

/** Another device; with a person, one on which they are signed in. Its context is to be closed. */
export async function device(browser: Browser, server: CandlewickServer, person?: Person): Promise<Page> {
  const context = await browser.newContext({ baseURL: server.address });
  if (person) await server.signIn(context.request, person);
  return context.newPage();
}
