// Strategies in the words of docs/openapi.yaml, for tests and for the fixture server.
import type { components } from './api/schema.ts';

type Contract = components['schemas'];

export const DOCUMENT = `name: ema-cross
title: EMA cross
description: >-
  Rides a trend from one crossing of two averages to the next: long while the fast one is over the slow one. It fails in ranges,
  where the averages cross back and forth.
tags: [trend]
timeframe: 1h
inputs:
  fast: {type: int, default: 12, min: 2, max: 200, title: Fast length}
  slow: {type: int, default: 26, min: 3, max: 400, title: Slow length}
let:
  fast_line: ta.ema(close, fast)
  slow_line: ta.ema(close, slow)
require:
  - fast < slow
long:
  entry: ta.crossover(fast_line, slow_line)
  exit: ta.crossunder(fast_line, slow_line)
  stop: {percent: 5}
sizing: {percent_of_equity: 100}
`;

const input = (
  name: string,
  type: Contract['StrategyInput']['type'],
  first: number | boolean | string,
  more: Partial<Contract['StrategyInput']> = {},
): Contract['StrategyInput'] => ({
  name,
  type,
  title: '',
  default: first,
  min: null,
  max: null,
  step: null,
  options: [],
  ...more,
});

export function strategyItem(more: Partial<Contract['StrategyItem']> = {}): Contract['StrategyItem'] {
  return {
    name: 'ema-cross',
    title: 'EMA cross',
    description:
      'Rides a trend from one crossing of two averages to the next: long while the fast one is over the slow one, short while it is under. It lives on a few long moves and pays for them with many small losses. It fails in ranges, where the averages cross back and forth and each crossing comes late.',
    tags: ['trend'],
    timeframe: '1h',
    inputs: [
      input('fast', 'int', 12, { title: 'Fast length', min: 2, max: 200 }),
      input('slow', 'int', 26, { title: 'Slow length', min: 3, max: 400 }),
      input('stop', 'float', 5, { title: 'Stop in percent', min: 0.1, max: 50, step: 0.5 }),
    ],
    built_in: true,
    version: 1,
    updated_at: null,
    ...more,
  };
}

export const STRATEGIES: readonly Contract['StrategyItem'][] = [
  strategyItem(),
  strategyItem({
    name: 'rsi-reversion',
    title: 'RSI mean reversion',
    description:
      'Buys what has fallen too fast and sells it back in the middle. It fails in trends, where what is oversold gets more so.',
    tags: ['reversion'],
    timeframe: '4h',
    inputs: [
      input('length', 'int', 14, { min: 2, max: 100 }),
      input('of', 'source', 'close', { options: ['open', 'high', 'low', 'close', 'hl2'] }),
      input('trend', 'timeframe', '1d', { options: ['4h', '1d', '1w'] }),
      input('kind', 'choice', 'ema', { title: 'Average', options: ['ema', 'sma'] }),
      input('shorts', 'bool', true, { title: 'Also short' }),
    ],
  }),
];
