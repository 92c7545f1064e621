import { describe, expect, it } from 'vitest';
import { strategyItemSchema } from '@/lib/lab/strategy-schemas';
import { STRATEGIES } from '@/lib/testing-strategies';
import { unixMs } from '@/lib/time';
import { COMMISSIONS, costText, costWords, FUNDINGS, readCost, SLIPPAGES } from './costs';
import { stepped } from './fields';
import { equalShare, LIMIT_FIELDS, limitFaults, limitsOf, limitsRequest, NO_LIMITS } from './limits';
import { readNumber } from './numbers';
import { boundsOf, dayText, periodFaults, periodOf, readDay } from './period';
import {
  changedFields,
  FIRST_SETTINGS,
  fromRequest,
  givenInputs,
  type LabSettings,
  readSettings,
  settingsFaults,
  toRequest,
} from './settings';
import { splitIdea } from './strategy-words';
import { blamedField } from './use-start';

const [ema, rsi] = STRATEGIES.map((one) => strategyItemSchema.parse(one));
const NOW = unixMs(Date.UTC(2026, 10, 29, 15, 30));
const EMA_HOURS = { strategy: 'ema-cross', timeframe: '1h' } as const;
const settings: LabSettings = { ...FIRST_SETTINGS, symbol: 'BTCUSDT' };

describe('a period', () => {
  it('begins with a UTC day, so that a repeated run is the same', () => {
    const { from, to } = boundsOf({ name: '30d', from: '', to: '' }, NOW);
    expect([dayText(from), to]).toEqual(['2026-10-30', null]);
    expect(boundsOf({ name: 'all', from: '2026-01-01', to: '' }, NOW)).toEqual({ from: null, to: null });
  });

  it('has its last day in it', () => {
    const bounds = boundsOf({ name: 'dates', from: '2026-01-01', to: '2026-01-31' }, NOW);
    expect(bounds).toEqual({ from: Date.UTC(2026, 0, 1), to: Date.UTC(2026, 1, 1) });
    expect(periodOf(bounds, NOW)).toEqual({ name: 'dates', from: '2026-01-01', to: '2026-01-31' });
  });

  it('is read back as the preset that it was', () => {
    for (const name of ['30d', '90d', '180d', '1y', '2y', '5y', 'all'] as const)
      expect(periodOf(boundsOf({ name, from: '', to: '' }, NOW), NOW).name).toBe(name);
  });

  it('knows days that are none, and an end before the begin', () => {
    expect(readDay('2026-02-29')).toBeNull();
    expect(readDay('2024-02-29')).toBe(Date.UTC(2024, 1, 29));
    expect(periodFaults({ name: 'dates', from: '1.2.2026', to: '' })).toHaveProperty('from');
    expect(periodFaults({ name: 'dates', from: '2026-02-02', to: '2026-02-01' })).toHaveProperty('to');
    expect(periodFaults({ name: '1y', from: 'old', to: 'old' })).toEqual({});
  });
});

describe('costs', () => {
  it.each(['bps:10', 'percent:0.08/0.1', 'fixed:1.5', 'binance', 'none'])(
    '%s is written as it is read',
    (text) => {
      expect(costText(COMMISSIONS, readCost(COMMISSIONS, text))).toBe(text);
    },
  );
  it.each(['none', 'fixed_bps:5', 'spread:4', 'volume_share:1'])('%s, too', (text) => {
    expect(costText(SLIPPAGES, readCost(SLIPPAGES, text))).toBe(text);
  });
  it.each(['none', 'perpetual:0.01', 'borrow:7.5'])('%s, too', (text) => {
    expect(costText(FUNDINGS, readCost(FUNDINGS, text))).toBe(text);
  });
  it('are told in words', () => {
    expect(costWords(COMMISSIONS, 'bps:10')).toBe('10 bps');
    expect(costWords(COMMISSIONS, 'kraken')).toBe('Kraken spot');
    expect(costWords(SLIPPAGES, 'spread:4')).toBe('Half the spread, 4 bps');
    expect(costWords(COMMISSIONS, 'of_tomorrow:1')).toBe('of_tomorrow:1');
  });
});

describe('a test', () => {
  it('is sent with what differs from the defaults, and read back', () => {
    const asked = { ...settings, inputs: { fast: '10', slow: '26' } };
    const request = toRequest(asked, ema, NOW);
    expect(request).toEqual({
      strategy: 'ema-cross',
      symbol: 'BTCUSDT',
      timeframe: '1h',
      from: Date.UTC(2025, 10, 29),
      inputs: { fast: 10 },
      capital: 10_000,
      commission: 'bps:10',
      slippage: 'fixed_bps:5',
      fill: 'next_open',
      intrabar: 'pessimistic',
      protections: 'default',
      close_at_end: false,
    });
    expect(fromRequest(request, EMA_HOURS, NOW)).toEqual({ ...asked, inputs: { fast: '10' } });
  });

  it('says what holding costs where it costs anything', () => {
    expect(toRequest(settings, ema, NOW)).not.toHaveProperty('funding');
    const asked = { ...settings, funding: { kind: 'borrow', value: '8' } };
    const request = toRequest(asked, ema, NOW);
    expect(request.funding).toBe('borrow:8');
    expect(fromRequest(request, EMA_HOURS, NOW).funding).toEqual(asked.funding);
  });

  it('of a document that is not kept is sent with the document', () => {
    // Asked without a timeframe it ran at its strategy's own.
    const made = { strategy: 'mine', timeframe: '4h' } as const;
    const taken = fromRequest({ symbol: 'BTCUSDT', document: 'name: mine' }, made, NOW);
    expect(taken.timeframe).toBe('4h');
    expect(toRequest(taken, undefined, NOW)).toMatchObject({ document: 'name: mine' });
    expect(toRequest(taken, undefined, NOW)).not.toHaveProperty('strategy');
  });

  it('takes inputs of every type', () => {
    const inputs = { length: '21', of: 'hl2', trend: '4h', kind: 'ema', shorts: 'false' };
    expect(givenInputs({ ...settings, inputs }, rsi)).toEqual({
      length: 21,
      of: 'hl2',
      trend: '4h',
      shorts: false,
    });
  });

  it('says at which field something is wrong', () => {
    const wrong = { ...settings, symbol: '', capital: '-3', inputs: { fast: '500', slow: '3.5', stop: 'x' } };
    expect(settingsFaults(wrong, ema)).toEqual({
      symbol: 'Choose a symbol.',
      capital: 'It must be above zero.',
      'inputs.fast': 'At most 200.',
      'inputs.slow': 'Write a whole number.',
      'inputs.stop': 'Write a number.',
    });
    expect(
      settingsFaults({ ...settings, commission: { kind: 'percent', value: '0.1/' } }, ema),
    ).toHaveProperty('commission');
    expect(
      settingsFaults({ ...settings, commission: { kind: 'percent', value: '-0.01/0.04' } }, ema),
    ).toEqual({});
  });

  it('over several symbols is sent as one text with its limits, and read back', () => {
    const limits = { positions: '2', exposure: '150', symbolExposure: '60' };
    const asked = { ...settings, symbol: 'BTCUSDT,ETHUSDT,SOLUSDT', limits };
    expect(settingsFaults(asked, ema)).toEqual({});
    const request = toRequest(asked, ema, NOW);
    expect(request).toMatchObject({
      symbol: 'BTCUSDT,ETHUSDT,SOLUSDT',
      max_positions: 2,
      exposure_percent: 150,
      symbol_exposure_percent: 60,
    });
    expect(fromRequest(request, EMA_HOURS, NOW)).toEqual(asked);
  });

  it('is over at most fifty symbols', () => {
    const many = Array.from({ length: 51 }, (_, i) => `S${i}USDT`);
    expect(settingsFaults({ ...settings, symbol: many.join(',') }, ema)).toHaveProperty('symbol');
    expect(settingsFaults({ ...settings, symbol: many.slice(1).join(',') }, ema)).toEqual({});
  });

  it('knows which fields a change is about', () => {
    expect(changedFields({ capital: '1' })).toEqual(['capital']);
    expect(changedFields({ period: settings.period })).toEqual(['period', 'from', 'to']);
    expect(changedFields({ limits: NO_LIMITS })).toEqual(['limits', ...LIMIT_FIELDS]);
  });

  it('of a tab from before there were limits keeps the rest', () => {
    const { limits: _, ...before } = { ...settings, capital: '777' };
    expect(readSettings(JSON.stringify(before))).toEqual({ ...settings, capital: '777' });
    expect(readSettings(JSON.stringify({ ...settings, limits: 'none' }))).toEqual(FIRST_SETTINGS);
  });

  it('is kept in the tab, and begins anew where that is not understood', () => {
    expect(readSettings(JSON.stringify(settings))).toEqual(settings);
    for (const text of [null, '', '{', '3', '{"timeframe":"7h"}', '{"period":3}'])
      expect(readSettings(text)).toEqual(FIRST_SETTINGS);
  });
});

describe('the limits of an account', () => {
  const limits = (positions: string, exposure: string, symbolExposure = '') => ({
    positions,
    exposure,
    symbolExposure,
  });
  it('are sent where they are not the defaults, and read back', () => {
    expect(limitsRequest(NO_LIMITS)).toEqual({});
    expect(limitsRequest(limits('0', '100', ''))).toEqual({});
    expect(limitsRequest(limits('3', '250', '33,5'))).toEqual({
      max_positions: 3,
      exposure_percent: 250,
      symbol_exposure_percent: 33.5,
    });
    expect(limitsOf({ symbol: 'A', max_positions: 0, exposure_percent: 100 })).toEqual(NO_LIMITS);
  });
  it('say which of them is none', () => {
    expect(limitFaults(NO_LIMITS)).toEqual({});
    expect(Object.keys(limitFaults(limits('1.5', '0', 'x')))).toEqual([...LIMIT_FIELDS]);
    expect(Object.keys(limitFaults(limits('1001', '10001', '-1')))).toEqual([...LIMIT_FIELDS]);
    expect(limitFaults(limits('1000', '10 000', '0.5'))).toEqual({});
  });
  it('give each symbol an equal share of the smaller of positions and symbols', () => {
    expect(equalShare(NO_LIMITS, 4)).toBe(25);
    expect(equalShare(limits('2', '150'), 4)).toBe(75);
    expect(equalShare(limits('9', ''), 4)).toBe(25);
    expect(equalShare(NO_LIMITS, 0)).toBe(100);
    expect(equalShare(limits('many', ''), 4)).toBeNull();
  });
});

describe('numbers as they are typed', () => {
  it('are read', () => {
    expect(['10 000', '0,5', '.5', '1e3', '-2'].map(readNumber)).toEqual([10_000, 0.5, 0.5, 1000, -2]);
    expect(['', 'ten', '1..2', '1/2', 'Infinity'].map(readNumber)).toEqual([null, null, null, null, null]);
  });
  it('are stepped without the digits of binary fractions', () => {
    expect(stepped('0.1', 0.2)).toBe('0.3');
    expect(stepped('x', 1)).toBe('x');
  });
});

describe('a description', () => {
  it('is cut where it says when the strategy fails', () => {
    expect(splitIdea('Rides a trend. It fails in ranges, e.g. in summer.')).toEqual({
      idea: 'Rides a trend.',
      fails: 'It fails in ranges, e.g. in summer.',
    });
    expect(splitIdea('A rule.')).toEqual({ idea: 'A rule.', fails: null });
    expect(splitIdea('')).toEqual({ idea: '', fails: null });
  });
});

describe('a refusal', () => {
  it('is shown at the field that it is about', () => {
    expect(blamedField({ code: 'bad_backtest', field: 'inputs.fast' })).toBe('inputs.fast');
    expect(blamedField({ code: 'bad_backtest', field: 'max_positions' })).toBe('max_positions');
    expect(blamedField({ code: 'unknown_symbol', field: undefined })).toBe('symbol');
    expect(blamedField({ code: 'bad_backtest', field: 'protections' })).toBeNull();
    // The field is one of the document.
    expect(blamedField({ code: 'bad_strategy', field: 'long.entry' })).toBeNull();
  });
});
