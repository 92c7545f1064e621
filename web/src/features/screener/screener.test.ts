import { describe, expect, it } from 'vitest';
import type { ScreenRow } from '@/lib/language/types';
import { AFTER_CLOSE_MS, nextAskMs } from '@/lib/language/use-screen';
import { unixMs } from '@/lib/time';
import { PRESETS } from './presets';
import { EXPRESSIONS_MAX, readScreen, type ScreenWanted, screenPath, screenRequest } from './screen-address';
import { sorted } from './screen-rows';

const WANTED: ScreenWanted = {
  expressions: ['ta.rsi(close, 14) < 30', 'close / open & "x+y"'],
  timeframe: '4h',
  sort: { by: 1, falling: true },
};
const queryOf = (path: string) => path.slice(path.indexOf('?'));

describe('the address', () => {
  it('says all that is looked for', () => {
    expect(readScreen(queryOf(screenPath(WANTED)))).toEqual(WANTED);
    for (const sort of [null, { by: 'symbol', falling: false }, { by: 'price', falling: true }] as const) {
      expect(readScreen(queryOf(screenPath({ ...WANTED, sort })))?.sort).toEqual(sort);
    }
  });

  it('that names no expression means nothing; what is no timeframe or order is left out', () => {
    expect(readScreen('')).toBeNull();
    expect(readScreen('?e=%20&tf=1h')).toBeNull();
    expect(readScreen('?e=close&tf=7m&sort=0 desc')).toEqual({
      expressions: ['close'],
      timeframe: '1h',
      sort: null,
    });
    const many = new URLSearchParams(Array.from({ length: 40 }, () => ['e', 'close']));
    expect(readScreen(`?${many}`)?.expressions).toHaveLength(EXPRESSIONS_MAX);
  });

  it('becomes a request that the server sorts by columns alone', () => {
    expect(screenRequest(WANTED)).toMatchObject({
      expressions: WANTED.expressions,
      timeframe: '4h',
      sort: '2 desc',
    });
    expect(screenRequest({ ...WANTED, sort: { by: 'price', falling: true } }).sort).toBeNull();
  });
});

function row(symbol: string, price: number, ...values: (number | null)[]): ScreenRow {
  return { symbol, venue: 'practice', time: unixMs(0), price, values };
}

describe('the rows', () => {
  const rows = [row('B', 2, 5), row('A', 3, null), row('C', 4, 1), row('D', 1, 5)];
  const order = (sort: Parameters<typeof sorted>[1]) =>
    sorted(rows, sort)
      .map((one) => one.symbol)
      .join('');

  it('are sorted by what is asked for; those without a value come last either way', () => {
    expect(order(null)).toBe('BACD');
    expect(order({ by: 'symbol', falling: false })).toBe('ABCD');
    expect(order({ by: 'price', falling: false })).toBe('DBAC');
    expect(order({ by: 'price', falling: true })).toBe('CABD');
    expect(order({ by: 0, falling: true })).toBe('BDCA');
    expect(order({ by: 0, falling: false })).toBe('CBDA');
    expect(order({ by: 9, falling: false })).toBe('BACD');
  });
});

describe('the next look', () => {
  const HOUR = 3_600_000;
  const noon = 12 * HOUR;

  it('comes a moment after the next bar has closed', () => {
    expect(nextAskMs(unixMs(noon - HOUR), '1h', unixMs(noon + HOUR - 1000))).toBe(1000 + AFTER_CLOSE_MS);
    expect(nextAskMs(null, '1h', unixMs(noon))).toBe(HOUR + AFTER_CLOSE_MS);
  });

  it('comes soon while the bar that has just closed is not in the answer, but not for ever', () => {
    expect(nextAskMs(unixMs(noon - 2 * HOUR), '1h', unixMs(noon + 2000))).toBe(5000);
    expect(nextAskMs(unixMs(noon - 2 * HOUR), '1h', unixMs(noon + 40_000))).toBe(
      HOUR - 40_000 + AFTER_CLOSE_MS,
    );
  });
});

it('what is ready-made fits into a screen and is sorted by a column that it has', () => {
  for (const { name, expressions, sort } of PRESETS) {
    expect(expressions.length, name).toBeLessThanOrEqual(EXPRESSIONS_MAX);
    expect(readScreen(queryOf(screenPath({ expressions, timeframe: '1h', sort }))), name).toMatchObject({
      expressions,
      sort,
    });
    // Each of them gives one column unless it is a condition; the server knows which are (e2e/screener.spec.ts).
    const conditions = expressions.filter((text) => /[<>]|ta\.cross/.test(text));
    expect(sort?.by, name).toBeLessThan(expressions.length - conditions.length);
  }
  expect(new Set(PRESETS.map((one) => one.name)).size).toBe(PRESETS.length);
});
