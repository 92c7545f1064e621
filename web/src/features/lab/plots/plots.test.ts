import { describe, expect, it } from 'vitest';
import { histogram } from './histogram';
import { acrossOf, niceStep, quantile, spanOf, ticksOf, upOf } from './scale';

describe('an axis', () => {
  it('has round ticks within its ends', () => {
    expect(ticksOf(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(ticksOf(-3, 7, 5)).toEqual([-2, 0, 2, 4, 6]);
    expect(ticksOf(0.1, 0.3, 2)).toEqual([0.1, 0.2, 0.3]);
    expect(niceStep(0, 5)).toBe(1);
  });
  it('goes to the right and upwards, and bears a single value', () => {
    expect(acrossOf(0, 10).at(10)).toBeGreaterThan(acrossOf(0, 10).at(0));
    expect(upOf(0, 10).at(10)).toBeLessThan(upOf(0, 10).at(0));
    expect(Number.isFinite(acrossOf(3, 3).at(3))).toBe(true);
    expect(spanOf([])).toEqual([0, 1]);
    const [low, high] = spanOf([5]);
    expect(low).toBeLessThan(5);
    expect(high).toBeGreaterThan(5);
  });
});

describe('a distribution', () => {
  const returns = Array.from({ length: 200 }, (_, i) => ((i * 37) % 200) / 20 - 4);

  it('counts each value once', () => {
    expect(histogram(returns).reduce((sum, bin) => sum + bin.n, 0)).toBe(returns.length);
    expect(histogram([...returns, 900, -900]).reduce((sum, bin) => sum + bin.n, 0)).toBe(returns.length + 2);
  });
  it('has no bin that holds both gains and losses', () => {
    for (const { from, to } of histogram(returns)) expect(from < -1e-9 && to > 1e-9).toBe(false);
  });
  it('counts what lies far outside to the outermost bins, which say so', () => {
    const bins = histogram([...returns, 900]);
    expect(bins.at(-1)?.to).toBe(Number.POSITIVE_INFINITY);
    expect(bins[0]?.from).not.toBe(Number.NEGATIVE_INFINITY);
    expect(bins.length).toBeLessThan(62);
  });
  it('bears nothing, and one value', () => {
    expect(histogram([])).toEqual([]);
    expect(histogram([2]).map((bin) => bin.n)).toEqual([1]);
    expect(histogram([Number.NaN])).toEqual([]);
  });
});

describe('a quantile', () => {
  it('is linear between the values', () => {
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
    expect(quantile([1], 0.99)).toBe(1);
  });
});
