import { describe, expect, it } from 'vitest';
import { parsePage } from '../location';
import {
  beginPath,
  comparePath,
  newStrategyPath,
  parseLabPlace,
  runPath,
  strategyPath,
  sweepPath,
} from './lab-place';

const at = (address: string) => {
  const { pathname, search } = new URL(address, 'https://desk.invalid');
  return parseLabPlace(pathname, search);
};

describe('the lab’s addresses', () => {
  it('say where one is, and are read back', () => {
    expect(at('/lab')).toEqual({ kind: 'test', run: null });
    expect(at(runPath('b_1'))).toEqual({ kind: 'test', run: 'b_1' });
    expect(at('/lab/runs')).toEqual({ kind: 'runs' });
    expect(at(comparePath(['b_1', 'b_2']))).toEqual({ kind: 'compare', runs: ['b_1', 'b_2'] });
    expect(at('/lab/sweep')).toEqual({ kind: 'sweep', sweep: null });
    expect(at('/lab/sweeps')).toEqual({ kind: 'sweeps' });
    expect(at(sweepPath('s_1'))).toEqual({ kind: 'sweep', sweep: 's_1' });
    expect(at('/lab/strategies')).toEqual({ kind: 'strategies' });
    expect(at(strategyPath('my.cross'))).toEqual({ kind: 'strategy', name: 'my.cross', copyOf: null });
    expect(at(newStrategyPath(null))).toEqual({ kind: 'strategy', name: null, copyOf: null });
    expect(at(newStrategyPath('ema-cross'))).toEqual({ kind: 'strategy', name: null, copyOf: 'ema-cross' });
    expect(at(beginPath('test', { strategy: 'ema-cross', symbol: 'BTCUSDT' }))?.kind).toBe('test');
    expect(beginPath('sweep', {})).toBe('/lab/sweep');
  });

  it('are of the lab alone', () => {
    for (const other of ['/laboratory', '/lab/elsewhere', '/lab/runs/b_1/more', '/'])
      expect(at(other)).toBeNull();
    expect(parsePage('/lab/runs/', '')).toEqual({ name: 'lab', place: { kind: 'runs' } });
    expect(parsePage('/lab/elsewhere', '')).toEqual({ name: 'desk' });
  });
});
