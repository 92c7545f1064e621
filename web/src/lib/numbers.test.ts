import { describe, expect, it } from 'vitest';
import { direction, formatShare, makeNumbers, priceDecimals } from './numbers';

const { formatChange, formatDifference, formatFixed, formatPrice, formatVolume } = makeNumbers('1,234.56');

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

  it('have no sign where they round to nothing', () => {
    expect([-0.001, -0, -0.006].map((one) => formatFixed(one, 2))).toEqual(['0.00', '0.00', '\u22120.01']);
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

describe('a person’s number format', () => {
  const all = (format: Parameters<typeof makeNumbers>[0], locale?: string) => {
    const numbers = makeNumbers(format, locale);
    return [
      numbers.formatPrice(1_234_567.891, '0.01'),
      numbers.formatPrice(0.00001234, '0.00000001'),
      numbers.formatDifference(-1234.5, '0.5', 87_000),
      numbers.formatChange(12.345678),
      numbers.formatVolume(10_412.77),
      numbers.formatVolume(0.00123),
      numbers.formatCount(12_345),
    ].join(' | ');
  };

  it.each([
    ['1,234.56', '1,234,567.89 | 0.00001234 | −1,234.5 | +1,234.57% | 10.41K | 0.00123 | 12,345'],
    ['1.234,56', '1.234.567,89 | 0,00001234 | −1.234,5 | +1.234,57% | 10,41K | 0,00123 | 12.345'],
    ['1 234,56', '1 234 567,89 | 0,00001234 | −1 234,5 | +1 234,57% | 10,41K | 0,00123 | 12 345'],
    ["1'234.56", '1’234’567.89 | 0.00001234 | −1’234.5 | +1’234.57% | 10.41K | 0.00123 | 12’345'],
  ] as const)('%s is used for every number, tiny prices among them', (format, text) => {
    expect(all(format).replaceAll('\u202f', ' ')).toBe(text);
  });

  it.each([
    ['en-US', '1,234,567.89 | 0.00001234 | −1,234.5 | +1,234.57% | 10.41K | 0.00123 | 12,345'],
    ['de-DE', '1.234.567,89 | 0,00001234 | −1.234,5 | +1.234,57% | 10,41K | 0,00123 | 12.345'],
    ['en-IN', '12,34,567.89 | 0.00001234 | −1,234.5 | +1,234.57% | 10.41K | 0.00123 | 12,345'],
    ['ar-EG', '1,234,567.89 | 0.00001234 | −1,234.5 | +1,234.57% | 10.41K | 0.00123 | 12,345'],
  ])('auto is as a device set to %s writes them, always in these digits', (locale, text) => {
    expect(all('auto', locale)).toBe(text);
  });

  it('changes neither sign nor direction', () => {
    for (const format of ['1.234,56', "1'234.56", '1 234,56'] as const) {
      const numbers = makeNumbers(format);
      expect(numbers.formatChange(-0.00004)).not.toContain('\u2212');
      expect(numbers.formatDifference(-0.001, '0.01', 87_000)).not.toContain('\u2212');
    }
  });
});

describe('a number of an indicator', () => {
  const { formatReading, formatOnScale } = makeNumbers('1.234,56');

  it.each([
    [61.239, '61,24'],
    [-0.00123, '\u22120,001230'],
    [0.00008761, '0,00008761'],
    [8.7614e-6, '8,761e\u22126'],
    [-1e-300, '\u22121e\u2212300'],
    [1_204_000, '1,204M'],
    [2.5e14, '250T'],
    [1.5e15, '1,5e15'],
    [-1.2345e300, '\u22121,234e300'],
    [0, '0,00'],
  ])('%d is %s', (value, text) => {
    expect(formatReading(value)).toBe(text);
  });

  it.each([
    [87_610.05, 1, '87.610,1'],
    [8.761e-5, 2, '0,00008761'],
    [1e300, 2, '1e300'],
    [3e12, 2, '3T'],
    [0, 2, '0,00'],
    [-0.01, 2, '\u22120,01'],
  ])('%d with %d decimals on a scale of prices is %s', (value, decimals, text) => {
    expect(formatOnScale(value, decimals)).toBe(text);
  });
});
