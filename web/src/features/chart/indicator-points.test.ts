import { describe, expect, it } from 'vitest';
import type { Bar } from '@/lib/api/schemas';
import type { Plot } from '@/lib/language/types';
import { unixMs } from '@/lib/time';
import { emptySeries } from './candle-series';
import { dotPoints, faded, histogramPoints, linePoints, marks, shapeOf } from './indicator-points';
import type { IndicatorValues } from './indicator-values';

const MINUTE = 60_000;
const COLORS = { line: '#112233', soft: '#11223374', above: '#00ff004d', below: '#ff00004d' };
const PLOT: Plot = { title: 'rsi', type: 'float', overlay: false, event: false };

function bar(minute: number): Bar {
  return { time: unixMs(minute * MINUTE), open: 1, high: 2, low: 0.5, close: 1, volume: 1 };
}

function series(minutes: readonly number[], forming: number | null = null) {
  return { ...emptySeries('1m'), bars: minutes.map(bar), forming: forming === null ? null : bar(forming) };
}

function values(
  entries: readonly (readonly [number, number | null])[],
  provisional?: [number, number | null],
  plot = PLOT,
): IndicatorValues {
  return {
    plots: [plot],
    times: entries.map(([minute]) => unixMs(minute * MINUTE)),
    columns: [entries.map(([, value]) => value)],
    provisional: provisional ? { time: unixMs(provisional[0] * MINUTE), values: [provisional[1]] } : null,
  };
}

const written = (points: readonly { time: unknown; value: number; color?: string }[]) =>
  points.map(
    ({ time, value, color }) => `${Number(time) / 60}:${value}${color === COLORS.line ? '' : ` ${color}`}`,
  );

describe('the shape of a plot', () => {
  it('follows from its type, its name and where it is drawn', () => {
    expect(shapeOf(PLOT, 'own')).toBe('line');
    expect(shapeOf({ ...PLOT, title: 'hist' }, 'own')).toBe('histogram');
    expect(shapeOf({ ...PLOT, title: 'Histogram' }, 'overlay')).toBe('histogram');
    expect(shapeOf({ ...PLOT, type: 'bool' }, 'own')).toBe('marks');
    expect(shapeOf({ ...PLOT, type: 'string' }, 'own')).toBe('none');
    const direction = { ...PLOT, type: 'int', overlay: false } as const;
    expect(shapeOf(direction, 'overlay', [{ ...PLOT, overlay: true }, direction])).toBe('none');
    expect(shapeOf(direction, 'overlay', [direction])).toBe('line');
    expect(shapeOf(direction, 'own', [{ ...PLOT, overlay: true }, direction])).toBe('line');
    // A pivot is a price; a pattern is a sign.
    expect(shapeOf({ ...PLOT, event: true, overlay: true }, 'overlay')).toBe('dots');
    expect(shapeOf({ ...PLOT, event: true }, 'own')).toBe('dots');
    expect(shapeOf({ ...PLOT, event: true }, 'overlay')).toBe('marks');
  });
});

describe('a line', () => {
  it('has a point at each bar of the chart that has a value, and at no other time', () => {
    const points = linePoints(
      series([2, 3, 4]),
      values([
        [1, 10],
        [2, 20],
        [3, 30],
        [4, 40],
        [5, 50],
      ]),
      0,
      COLORS,
    );
    expect(written(points)).toEqual(['2:20', '3:30', '4:40']);
  });

  it('is broken where there is no value', () => {
    const points = linePoints(
      series([1, 2, 3, 4, 5]),
      values([
        [1, null],
        [2, 20],
        [3, null],
        [4, null],
        [5, 50],
      ]),
      0,
      COLORS,
    );
    expect(written(points)).toEqual(['2:20 transparent', '5:50']);
  });

  it('is light on the way to the forming bar', () => {
    const points = linePoints(
      series([1, 2], 3),
      values(
        [
          [1, 10],
          [2, 20],
        ],
        [3, 30],
      ),
      0,
      COLORS,
    );
    expect(written(points)).toEqual(['1:10', `2:20 ${COLORS.soft}`, `3:30 ${COLORS.soft}`]);
  });

  it('shows no value of a forming bar that is not there', () => {
    const known = values([[1, 10]], [2, 20]);
    expect(written(linePoints(series([1]), known, 0, COLORS))).toEqual(['1:10']);
    expect(written(linePoints(series([1], 3), known, 0, COLORS))).toEqual(['1:10']);
  });

  it('of the newest bars alone is the end of the whole one', () => {
    const bars = series([1, 2, 3, 4, 5, 6], 7);
    const known = values(
      [
        [1, 1],
        [2, 2],
        [3, null],
        [4, 4],
        [5, 5],
        [6, 6],
      ],
      [7, 7],
    );
    const whole = linePoints(bars, known, 0, COLORS);
    expect(linePoints(bars, known, 0, COLORS, 3)).toEqual(whole.slice(2));
  });
});

describe('other shapes', () => {
  it('dots stand alone', () => {
    const points = dotPoints(
      series([1, 2, 3], 4),
      values(
        [
          [1, 1],
          [2, null],
          [3, 3],
        ],
        [4, 4],
      ),
      0,
      COLORS,
    );
    expect(written(points)).toEqual(['1:1', '3:3', `4:4 ${COLORS.soft}`]);
  });

  it('columns have the colour of their side, the forming one fainter', () => {
    const points = histogramPoints(
      series([1, 2, 3], 4),
      values(
        [
          [1, 1],
          [2, -2],
          [3, 0],
        ],
        [4, -4],
      ),
      0,
      COLORS,
    );
    expect(written(points)).toEqual([
      `1:1 ${COLORS.above}`,
      `2:-2 ${COLORS.below}`,
      `3:0 ${COLORS.above}`,
      `4:-4 ${faded(COLORS.below)}`,
    ]);
  });

  it('marks stand where a condition holds, and of a sign above or below', () => {
    const condition = { ...PLOT, type: 'bool' as const };
    const held = marks(
      series([1, 2, 3], 4),
      values(
        [
          [1, 1],
          [2, 0],
          [3, null],
        ],
        [4, 1],
        condition,
      ),
      0,
      COLORS,
    );
    expect(held.map((one) => [Number(one.time) / 60, one.position, one.shape, one.color])).toEqual([
      [1, 'belowBar', 'circle', COLORS.line],
      [4, 'belowBar', 'circle', COLORS.soft],
    ]);
    const signs = marks(
      series([1, 2]),
      values([
        [1, 100],
        [2, -100],
      ]),
      0,
      COLORS,
    );
    expect(signs.map((one) => [one.position, one.shape])).toEqual([
      ['belowBar', 'arrowUp'],
      ['aboveBar', 'arrowDown'],
    ]);
  });

  it('marks of a condition that speaks for one side point that way, from that side of the bar', () => {
    const held = values([[1, 1]], undefined, { ...PLOT, type: 'bool' as const });
    const of = (speaksFor: 'rise' | 'fall') => marks(series([1]), held, 0, COLORS, speaksFor)[0];
    expect(of('rise')).toMatchObject({ position: 'belowBar', shape: 'arrowUp' });
    expect(of('fall')).toMatchObject({ position: 'aboveBar', shape: 'arrowDown' });
  });

  it('a colour fades by its strength', () => {
    expect(faded('#112233')).toBe('#11223374');
    expect(faded('#1122334d')).toBe('#11223323');
  });
});
