import { expect, it } from 'vitest';
import { guidesOf } from './guides';

it.each([
  ['ta.rsi(close, 14)', [70, 30]],
  ['ta.stoch(close, high, low, 14)', [80, 20]],
  ['ta.rsi(close, 14) - 50', []],
  ['ta.ema(ta.rsi(close, 14), 3)', []],
  ['ta.macd(close, 12, 26, 9)', []],
])('%s is read against %j', (text, levels) => {
  expect(guidesOf(text)).toEqual(levels);
});
