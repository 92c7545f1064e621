import { expect, it } from 'vitest';
import { textName } from './text-name';
import type { Plot } from './types';

const plot = (title: string): Plot => ({ title, type: 'float', overlay: false, event: false });

it.each([
  ['ta.rsi(close,\n  14)', 'ta.rsi(close, 14)'],
  ['close > open', 'close > open'],
  ['plot(close, "LV")', 'LV'],
  ['plot(ta.ema(ta.sma(close, 3), 9), title = "Smooth")', 'Smooth'],
  ['indicator("My study", overlay = true)\nplot(close, "LV")', 'My study'],
  ["//@version=6\nstudy(title = 'Old one')\nplot(close)", 'Old one'],
  ['a = ta.sma(close, 3)\nplot(a, "Mean")\nplot(a > 3, "High")', 'Mean, High'],
  ['// indicator("no")\nfast = ta.ema(close, 12)\nfast - close', 'fast = ta.ema(close, 12)'],
  [`x = ${'1 + '.repeat(40)}1\nx`, `${`x = ${'1 + '.repeat(40)}`.slice(0, 59).trim()}…`],
])('%j is called %s', (text, name) => {
  expect(textName(text)).toBe(name);
});

it('a script without titles of its own is called as the server calls its plots', () => {
  const text = 'fast = ta.ema(close, 12)\nfast - close';
  expect(textName(text, [plot('fast - close')])).toBe('fast - close');
  expect(textName('ta.macd(close, 12, 26, 9)', [plot('macd'), plot('signal')])).toBe(
    'ta.macd(close, 12, 26, 9)',
  );
});
