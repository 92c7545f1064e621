// @vitest-environment jsdom
import { expect, it } from 'vitest';
import { dropLinkToken, linkTokenOf, readLinkToken, takeLinkTokens } from './link-token';

const encode = (payload: object) => Buffer.from(JSON.stringify(payload)).toString('base64url');

it('a link says until when it is good', () => {
  const token = `eyJ.${encode({ typ: 'set_up', exp: 1_767_236_412, note: 'ü?~' })}.mac`;
  expect(readLinkToken(token)).toEqual({ token, expiresAt: 1_767_236_412_000 });
});

it.each(['', 'abc', 'a.b.c', `a.${encode({})}.c`, `a.${encode({ exp: 'soon' })}.c`])(
  'a mangled link (%s) says nothing, and the server is asked',
  (token) => expect(readLinkToken(token)).toEqual({ token, expiresAt: null }),
);

it('a token is taken out of the address at once, also when a link is pasted over it', () => {
  history.replaceState(null, '', '/setup?x=1#first');
  takeLinkTokens();
  expect(location.href).toMatch(/\/setup\?x=1$/);
  expect(linkTokenOf('/setup')).toBe('first');
  expect(linkTokenOf('/join')).toBeNull();
  history.replaceState(null, '', '/reset#second');
  dispatchEvent(new Event('hashchange'));
  expect(location.hash).toBe('');
  expect(linkTokenOf('/reset')).toBe('second');
  dropLinkToken();
  expect(linkTokenOf('/reset')).toBeNull();
});

it('other pages keep their anchors', () => {
  history.replaceState(null, '', '/chart/BTCUSDT#here');
  dispatchEvent(new Event('hashchange'));
  expect(location.hash).toBe('#here');
});
