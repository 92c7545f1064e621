import { describe, expect, it } from 'vitest';
import {
  direction,
  formatChange,
  formatDifference,
  formatFixed,
  formatPrice,
  formatShare,
  formatVolume,
  priceDecimals,
} from './format';

describe('prices', () => {
  it.each([
    [87_610.05, '0.01', '87,610.05'],
    [87_610, '0.01000000', '87,610.00'],
    [0.1243, '0.00001', '0.12430'],
    [2971, '1', '2,971'],
    [12.5, '0.5', '12.5'],
    [0.00001234, '0.00000001', '0.00001234'],
  ])('%d with tick %s is %s', (price, tick, text) => {
    expect(formatPrice(price, tick)).toBe(text);
  });

  it('have six significant digits, at least two decimals, where the exchange has not told its tick', () => {
    expect(formatPrice(43_250.171, '0.00000001')).toBe('43,250.17');
    expect(formatPrice(1.234567, '0.00000001')).toBe('1.23457');
  });

  it('that stand together have the same decimals', () => {
    expect([9.9995, 10.0005].map((one) => formatFixed(one, priceDecimals('0.00000001', 10.0005)))).toEqual([
      '9.9995',
      '10.0005',
    ]);
  });
});

describe('changes', () => {
  it.each([
    [-103.111, '0.01', 87_000, '\u2212103.11'],
    [1234.5, '0.5', 87_000, '+1,234.5'],
    [0.00000001, '0.00000001', 0.00000882, '+0.00000001'],
    [-0.001, '0.01', 87_000, '0.00'],
  ])('of %d at tick %s near %d are %s', (difference, tick, price, text) => {
    expect(formatDifference(difference, tick, price)).toBe(text);
  });

  it('are signed with a real minus', () => {
    expect(formatChange(0.0124)).toBe('+1.24%');
    expect(formatChange(-0.0124)).toBe('\u22121.24%');
  });

  it('have neither sign nor colour when they round to nothing', () => {
    expect(formatChange(-0.00001)).toBe('0.00%');
    expect(direction(-0.00001)).toBe('flat');
    expect(direction(null)).toBe('flat');
    expect(direction(12)).toBe('up');
    expect(direction(-0.01)).toBe('down');
  });
});

it('volumes take few characters', () => {
  expect([0, 0.00123, 412.519, 10_412.77, 3_210_000].map(formatVolume)).toEqual([
    '0',
    '0.00123',
    '412.5',
    '10.41K',
    '3.21M',
  ]);
});

it('a share is 100 % only when all of it is there, and not 0 % once it has begun', () => {
  expect([0, 0.001, 0.42, 0.9999, 1].map(formatShare)).toEqual(['0%', '1%', '42%', '99%', '100%']);
});
