import { describe, expect, it } from 'vitest';
import { makeFormats } from '@/lib/formats';
import { strategyItemSchema } from '@/lib/lab/strategy-schemas';
import { sweepSchema } from '@/lib/lab/sweep-schemas';
import { STRATEGIES } from '@/lib/testing-strategies';
import { madeSweep } from '@/lib/testing-sweeps';
import { unixMs } from '@/lib/time';
import { FIRST_SETTINGS } from '../form/settings';
import { axisValues, cellCount, suggestedAxis } from './axes';
import { highest } from './best-cells';
import { cellRequest } from './cell-request';
import { farthestOf, heatMap, strengthOf } from './heat-map';
import { readOverfitting, readStability, readWalkForward } from './sweep-evidence';
import { sweepFacts, whyNoneHas } from './sweep-facts';
import { FIRST_SWEEP, fromSweepRequest, readSweep, sweepFaults, toSweepRequest } from './sweep-settings';
import { cellWords, objectiveName, objectiveText } from './sweep-words';

const [ema, rsi] = STRATEGIES.map((one) => strategyItemSchema.parse(one));
const inputOf = (name: string) => {
  const found = [...(ema?.inputs ?? []), ...(rsi?.inputs ?? [])].find((one) => one.name === name);
  if (!found) throw new Error(name);
  return found;
};
const settings = { ...FIRST_SETTINGS, symbol: 'BTCUSDT', inputs: { fast: '9', stop: '3' } };
const axes = { fast: '5:20:5', slow: '20:60:20' };

function sweepAt(cells: number) {
  const made = madeSweep({ id: 's_1', request: { symbol: 'BTCUSDT', axes, folds: 3, inputs: { stop: 3 } } });
  made.goOn(cells);
  return sweepSchema.parse(made.told());
}

describe('an axis', () => {
  it('is a range with its end in it, or a list', () => {
    expect(axisValues(inputOf('fast'), '5:20:5')).toEqual({ values: ['5', '10', '15', '20'] });
    expect(axisValues(inputOf('stop'), '0.1:0.5:0.2')).toEqual({ values: ['0.1', '0.3', '0.5'] });
    expect(axisValues(inputOf('fast'), ' 5, 9 ,30')).toEqual({ values: ['5', '9', '30'] });
    expect(axisValues(inputOf('kind'), 'ema,sma')).toEqual({ values: ['ema', 'sma'] });
  });
  it.each([
    ['fast', ''],
    ['fast', '20:5:5'],
    ['fast', '5:20:0'],
    ['fast', '1:20:1'],
    ['fast', '5:300:5'],
    ['fast', '5,,9'],
    ['fast', '5,5'],
    ['fast', '5.5'],
    ['fast', '2:9999999:0.0001'],
    ['kind', 'ema,wma'],
  ])('of %s as “%s” is refused', (name, text) => {
    expect(axisValues(inputOf(name), text)).toHaveProperty('fault');
  });
  it('begins with one that holds', () => {
    for (const input of [...(ema?.inputs ?? []), ...(rsi?.inputs ?? [])])
      expect(axisValues(input, suggestedAxis(input)), input.name).toHaveProperty('values');
  });
  it('makes a grid with the others', () => {
    expect(cellCount(ema?.inputs ?? [], axes)).toBe(12);
    expect(cellCount(ema?.inputs ?? [], {})).toBeNull();
    expect(cellCount(ema?.inputs ?? [], { ...axes, slow: '' })).toBeNull();
  });
});

describe('a sweep', () => {
  it('is sent with its axes, and the other inputs as they are', () => {
    const sweep = { ...FIRST_SWEEP, axes, search: 'tpe' as const, trials: '50', folds: '6' };
    expect(sweepFaults(settings, sweep, ema)).toEqual({});
    expect(
      toSweepRequest({ ...settings, intrabar: 'magnifier' }, sweep, ema, unixMs(Date.UTC(2026, 0, 1))),
    ).toMatchObject({
      inputs: { stop: 3 },
      intrabar: 'magnifier',
      axes,
      search: 'tpe',
      trials: 50,
      objective: 'sharpe',
      folds: 6,
      walk_forward: 'rolling',
    });
  });
  it('is of all symbols of the test, in one account with its limits', () => {
    const several = {
      ...settings,
      symbol: 'BTCUSDT,ETHUSDT',
      limits: { positions: '1', exposure: '150', symbolExposure: '80' },
    };
    const sweep = { ...FIRST_SWEEP, axes };
    expect(sweepFaults(several, sweep, ema)).toEqual({});
    expect(toSweepRequest(several, sweep, ema, unixMs(Date.UTC(2026, 0, 1)))).toMatchObject({
      symbol: 'BTCUSDT,ETHUSDT',
      max_positions: 1,
      exposure_percent: 150,
      symbol_exposure_percent: 80,
    });
  });
  it('leaves bars unused between trainings and tests, where there are any', () => {
    const sent = (change: Partial<typeof FIRST_SWEEP>) =>
      toSweepRequest(settings, { ...FIRST_SWEEP, axes, ...change }, ema, unixMs(Date.UTC(2026, 0, 1)));
    expect(sent({ folds: '4', purge: '24', embargo: '12' })).toMatchObject({
      folds: 4,
      purge: 24,
      embargo: 12,
    });
    for (const without of [
      sent({ purge: '24', embargo: '12' }),
      sent({ folds: '4', purge: ' ', embargo: '0' }),
    ]) {
      expect(without).not.toHaveProperty('purge');
      expect(without).not.toHaveProperty('embargo');
    }
    const faults = (change: Partial<typeof FIRST_SWEEP>) =>
      Object.keys(sweepFaults(settings, { ...FIRST_SWEEP, axes, ...change }, ema));
    expect(faults({ folds: '4', purge: '1.5', embargo: '1000001' })).toEqual(['purge', 'embargo']);
    expect(faults({ folds: '4', purge: '-1', embargo: '1000000' })).toEqual(['purge']);
    expect(faults({ folds: '4', purge: '', embargo: '' })).toEqual([]);
    // Nobody sees the fields where there are no folds.
    expect(faults({ folds: '', purge: 'x' })).toEqual([]);
  });
  it('says at which field something is wrong', () => {
    expect(sweepFaults(settings, FIRST_SWEEP, ema)).toHaveProperty('axes');
    expect(sweepFaults(settings, { ...FIRST_SWEEP, axes: { fast: '5:1:1' } }, ema)).toHaveProperty([
      'axes.fast',
    ]);
    const wrong = { ...FIRST_SWEEP, axes, search: 'random' as const, trials: '0', folds: ' ' };
    expect(Object.keys(sweepFaults(settings, wrong, ema)).sort()).toEqual(['folds', 'trials']);
    const vast = { fast: '2:200:1', slow: '3:400:1', stop: '0.1:50:0.1' };
    expect(sweepFaults(settings, { ...FIRST_SWEEP, axes: vast }, ema)).toHaveProperty('axes');
    expect(sweepFaults(settings, { ...FIRST_SWEEP, axes: vast, search: 'random' }, ema)).toEqual({});
  });
  it('forgets axes of another strategy', () => {
    expect(sweepFaults(settings, { ...FIRST_SWEEP, axes: { length: '5:9:1' } }, ema)).toHaveProperty('axes');
  });
  it('is kept in the tab', () => {
    expect(readSweep(JSON.stringify({ ...FIRST_SWEEP, axes }))).toEqual({ ...FIRST_SWEEP, axes });
    expect(readSweep('{"axes":3}')).toEqual(FIRST_SWEEP);
    expect(readSweep(null)).toEqual(FIRST_SWEEP);
  });
});

describe('a heat map', () => {
  it('fills in as the cells come', () => {
    const sweep = sweepAt(5);
    const map = heatMap(sweep.axes, sweep.cells, 'fast', 'slow');
    expect(map?.rows.map((row) => row.map((spot) => spot !== null))).toEqual([
      [true, true, false, false],
      [true, true, false, false],
      [true, false, false, false],
    ]);
  });
  it('shows the best over the other axes, and bears one axis', () => {
    const { axes: all, cells } = sweepAt(12);
    const map = heatMap(all, cells, 'fast', null);
    const best = Math.max(...cells.filter((one) => one.inputs.fast === 10).map((one) => one.objective ?? -9));
    expect(map?.rows).toHaveLength(1);
    expect(map?.rows[0]?.[1]?.objective).toBe(best);
    expect(heatMap(all, cells, 'nobody', null)).toBeNull();
  });
  it('of more values than can be seen apart shows the best of neighbours', () => {
    const values = Array.from({ length: 250 }, (_, index) => index);
    const wide = [
      { name: 'fast', values },
      { name: 'slow', values: [1, 2] },
    ];
    const cells = values.flatMap((fast) =>
      [1, 2].map((slow) => ({ index: 2 * fast + slow, inputs: { fast, slow }, objective: (fast * 7) % 13 })),
    );
    const map = heatMap(wide, cells, 'fast', 'slow');
    expect([map?.x.each, map?.x.labels.length, map?.y?.each]).toEqual([5, 50, 1]);
    expect(map?.x.labels.slice(0, 3)).toEqual(['0', '5', '10']);
    map?.rows.forEach((row) => {
      row.forEach((spot, at) => {
        const own = values.slice(5 * at, 5 * at + 5).map((fast) => (fast * 7) % 13);
        expect(spot?.objective).toBe(Math.max(...own));
      });
    });
  });
  it('is coloured by the distance from zero', () => {
    expect(farthestOf(sweepAt(12).cells)).toBeGreaterThan(0.5);
    expect([0, 0.1, 0.5, 1].map((value) => strengthOf(value, 1))).toEqual([1, 1, 3, 6]);
    expect(strengthOf(3, 0)).toBe(1);
  });
  it('tells a share in per cent, a ratio as it is', () => {
    const formats = makeFormats({ timeZone: 'UTC', numberFormat: '1,234.56' });
    expect(objectiveText('total_return', 0.1534, formats)).toBe('15.34%');
    expect(objectiveText('sharpe', 0.1534, formats)).toBe('0.15');
  });
  it('opens a run with the inputs of a cell', () => {
    const sweep = sweepAt(12);
    const [cell] = highest(sweep.cells, 1);
    if (!cell) throw new Error('no cell');
    const request = cellRequest(sweep.request, cell);
    expect(request).toEqual({ symbol: 'BTCUSDT', inputs: { stop: 3, ...cell.inputs } });
    const several = { ...sweep.request, symbol: 'BTCUSDT,ETHUSDT', max_positions: 1, purge: 24, embargo: 12 };
    expect(cellRequest(several, cell)).toEqual({
      symbol: 'BTCUSDT,ETHUSDT',
      max_positions: 1,
      inputs: { stop: 3, ...cell.inputs },
    });
  });
});

describe('what a sweep found out besides', () => {
  it('is read as the server tells it', () => {
    const sweep = sweepAt(12);
    expect(readOverfitting(sweep.pbo)?.probability).toBe(0.42);
    expect(readStability(sweep.stability)?.kept).toBe(0.69);
    const walked = readWalkForward(sweep.walk_forward);
    expect(walked?.folds).toHaveLength(3);
    expect(walked?.equity.length).toBeGreaterThan(10);
  });
  it('may be absent, or of a shape that nobody knows', () => {
    for (const part of [null, undefined, {}, { folds: [] }, { probability: 'high' }, 3]) {
      expect(readOverfitting(part)).toBeNull();
      expect(readStability(part)).toBeNull();
      expect(readWalkForward(part)).toBeNull();
    }
  });
  it('is told in words', () => {
    const formats = makeFormats({ timeZone: 'UTC', numberFormat: '1,234.56' });
    const cell = { index: 0, inputs: { fast: 10 }, objective: 1.2, total_return: 0.3, trades: 40 };
    expect(cellWords(cell, 'sharpe', formats)).toBe('fast 10: Sharpe ratio 1.20, return +30.00%, 40 trades');
    expect(
      cellWords({ index: 0, inputs: { fast: 10 }, objective: null, why: 'require' }, 'total_return', formats),
    ).toBe('fast 10: no total return, its conditions leave it out');
    expect(objectiveName('profit_factor')).toBe('profit factor');
  });
});

describe('a sweep is asked for again', () => {
  it('as it was, its axes, search and folds with it', () => {
    const typed = { ...FIRST_SWEEP, axes, search: 'tpe', trials: '50', folds: '6', purge: '24' } as const;
    const request = toSweepRequest(settings, typed, ema, unixMs(Date.UTC(2026, 0, 1)));
    expect(fromSweepRequest(request)).toEqual(typed);
    expect(fromSweepRequest({ symbol: 'BTCUSDT', axes })).toEqual({ ...FIRST_SWEEP, axes });
  });
});

describe('what a sweep is of', () => {
  const formats = makeFormats({ timeZone: 'UTC', numberFormat: '1,234.56' });
  it('is said before anything came of it, from what was asked', () => {
    const [market, tried, account] = sweepFacts(sweepAt(0), formats);
    expect(market).toContain('stop 3');
    expect(tried).toContain('fast 5, 10, 15, 20 × slow 20, 40, 60');
    expect(account).toContain('commission 10 bps');
  });
  it('is said of the bars that it ran over', () => {
    const [market, tried, account] = sweepFacts(
      {
        ...sweepAt(3),
        from: unixMs(Date.UTC(2025, 0, 1)),
        to: unixMs(Date.UTC(2025, 6, 1)),
        bars: 4344,
        warm_up_bars: 60,
        symbol: 'BTCUSDT,ETHUSDT',
        limits: { max_positions: 1, exposure_percent: 150, symbol_exposure_percent: 75 },
        folds: { count: 3, kind: 'anchored', purge: 24, embargo: 12 },
        costs: { commission: 'binance', slippage_model: 'fixed_bps:5', funding_model: 'borrow:7.5' },
      },
      formats,
    );
    expect(market).toContain('4,344 bars after 60 to warm up');
    expect(tried).toContain('walk-forward, anchored, 3 steps, purge 24 and embargo 12 bars');
    for (const words of [
      'slippage 5 bps',
      'holding borrowed coins',
      'at most 1 positions',
      '150% in all, 75.0% in one',
    ])
      expect(account).toContain(words);
  });
  it('where no cell has the figure, the reasons are counted', () => {
    const cell = (index: number, why: string | null) => ({ index, inputs: {}, objective: null, why });
    const cells = [
      cell(0, 'too_few_trades'),
      cell(1, "forbidden: 'fast < slow' does not hold with fast 9, slow 5"),
      cell(2, 'too_few_trades'),
    ];
    expect(whyNoneHas(cells, 'sharpe', formats)).toBe(
      "No cell has a Sharpe ratio. 2 cells: too few trades; 1 cell: left out by the conditions ('fast < slow' does not hold with fast 9, slow 5).",
    );
    expect(whyNoneHas([], 'sharpe', formats)).toBeNull();
  });
});
