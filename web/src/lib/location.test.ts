import { describe, expect, it } from 'vitest';
import { formatPlace, ownPath, parsePage, parsePlace, signalsPath, signInPath } from './location';

describe('the address bar', () => {
  it('names symbol and timeframe', () => {
    expect(parsePlace('/chart/BTCUSDT', '?tf=1h')).toEqual({ symbol: 'BTCUSDT', timeframe: '1h' });
    expect(formatPlace('BTCUSDT', '1h')).toBe('/chart/BTCUSDT?tf=1h');
  });

  it('keeps the colon of a full name readable, and reads it back', () => {
    const address = formatPlace('binance:BTCUSDT', '4h');
    expect(address).toBe('/chart/binance:BTCUSDT?tf=4h');
    const [path, search] = address.split('?');
    expect(parsePlace(path ?? '', `?${search}`).symbol).toBe('binance:BTCUSDT');
  });

  it('has no timeframe when it is not one, and no symbol elsewhere', () => {
    expect(parsePlace('/chart/BTCUSDT', '?tf=7m')).toEqual({ symbol: 'BTCUSDT', timeframe: null });
    expect(parsePlace('/', '')).toEqual({ symbol: null, timeframe: null });
    expect(parsePlace('/chart/%E0%A4%A', '')).toEqual({ symbol: null, timeframe: null });
  });
});

it('the address of a symbol’s signals is read back', () => {
  expect(signalsPath('BTCUSDT')).toBe('/signals/BTCUSDT');
  expect(signalsPath('binance:BTCUSDT', { h: '1d' })).toBe('/signals/binance:BTCUSDT?h=1d');
});

describe('pages', () => {
  it.each([
    ['/setup', { name: 'set-up' }],
    ['/account', { name: 'account', section: 'profile' }],
    ['/account/security/', { name: 'account', section: 'security' }],
    ['/admin', { name: 'admin', section: 'users' }],
    ['/admin/audit', { name: 'admin', section: 'audit' }],
    ['/signals', { name: 'signals', symbol: null }],
    ['/signals/', { name: 'signals', symbol: null }],
    ['/signals/binance:BTCUSDT', { name: 'signals', symbol: 'binance:BTCUSDT' }],
    ['/signals/%E0%A4%A', { name: 'signals', symbol: null }],
    ['/chart/BTCUSDT', { name: 'desk' }],
    ['/', { name: 'desk' }],
    ['/toString', { name: 'desk' }],
    ['/admin/nothing', { name: 'desk' }],
  ])('%s is %j', (path, page) => {
    expect(parsePage(path, '')).toEqual(page);
  });

  it('the sign-in page leads back to where one wanted to go', () => {
    const path = signInPath('/chart/BTCUSDT?tf=1h');
    const [name, query] = path.split('?');
    expect(parsePage(name ?? '', `?${query}`)).toEqual({ name: 'sign-in', to: '/chart/BTCUSDT?tf=1h' });
    expect(signInPath('/')).toBe('/signin');
  });

  it.each([
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example/',
    'javascript:alert(1)',
    '/signin?to=/signin',
    '',
    null,
  ])('it never leads to another site: %s', (to) => {
    expect(ownPath(to)).toBe('/');
  });
});
