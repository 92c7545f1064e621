import { describe, expect, it } from 'vitest';
import type { EvalAnswer } from '@/lib/language/types';
import { unixMs } from '@/lib/time';
import { applyAnswer, applyValues, type IndicatorValues, NO_VALUES, valuesAt } from './indicator-values';

const MINUTE = 60_000;
const at = (minute: number) => unixMs(minute * MINUTE);

/** Values that are the minute itself, and its double. */
function answer(first: number, last: number): EvalAnswer {
  const minutes = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  const plot = { type: 'float' as const, overlay: false, event: false };
  return {
    symbol: 'BTCUSDT',
    timeframe: '1m',
    times: minutes.map(at),
    plots: [
      { ...plot, title: 'one', values: minutes },
      { ...plot, title: 'two', values: minutes.map((one) => 2 * one) },
    ],
  };
}

const minutes = (values: IndicatorValues) => values.times.map((time) => time / MINUTE);
const live = (minute: number, provisional: boolean, value: number | null = minute) => ({
  time: at(minute),
  provisional,
  values: [value, value],
});
const loaded = applyAnswer(NO_VALUES, answer(10, 14));

describe('answers', () => {
  it('are joined in order, whichever comes first', () => {
    for (const parts of [
      [answer(10, 14), answer(5, 9)],
      [answer(5, 9), answer(10, 14)],
      [answer(5, 12), answer(11, 14)],
    ]) {
      const all = parts.reduce(applyAnswer, NO_VALUES);
      expect(minutes(all)).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
      expect(all.columns[1]).toEqual([10, 12, 14, 16, 18, 20, 22, 24, 26, 28]);
    }
  });

  it('replace what they cover, also bars that are no more', () => {
    const again = {
      ...answer(11, 13),
      times: [at(11), at(13)],
      plots: answer(11, 13).plots.map((plot) => ({ ...plot, values: [1, null] })),
    };
    const all = applyAnswer(loaded, again);
    expect(minutes(all)).toEqual([10, 11, 13, 14]);
    expect(all.columns[0]).toEqual([10, 1, null, 14]);
  });

  it('without a bar still tell the plots; of another shape they begin anew', () => {
    expect(applyAnswer(NO_VALUES, answer(1, 0)).plots).toHaveLength(2);
    expect(applyAnswer(loaded, answer(1, 0)).times).toBe(loaded.times);
    const single = { ...answer(3, 4), plots: answer(3, 4).plots.slice(0, 1) };
    expect(minutes(applyAnswer(loaded, single))).toEqual([3, 4]);
  });

  it('end what was provisional for a bar that they hold', () => {
    const forming = applyValues(loaded, live(15, true));
    expect(applyAnswer(forming, answer(11, 14)).provisional?.time).toBe(at(15));
    expect(applyAnswer(forming, answer(11, 15)).provisional).toBeNull();
  });
});

describe('live values', () => {
  it('stand beside the closed ones while the bar is forming, and become one of them when it closes', () => {
    const forming = applyValues(loaded, live(15, true, 7));
    expect(forming.columns).toBe(loaded.columns);
    expect(forming.provisional).toEqual({ time: at(15), values: [7, 7] });
    const closed = applyValues(forming, live(15, false, 8));
    expect(minutes(closed)).toEqual([10, 11, 12, 13, 14, 15]);
    expect(closed.columns[1]?.at(-1)).toBe(8);
    expect(closed.provisional).toBeNull();
  });

  it('of an older bar replace it or fill its hole, but do not come before what is loaded', () => {
    expect(applyValues(loaded, live(12, false, 1)).columns[0]).toEqual([10, 11, 1, 13, 14]);
    const holed = applyValues(applyAnswer(NO_VALUES, answer(10, 11)), live(14, false));
    expect(minutes(applyValues(holed, live(12, false)))).toEqual([10, 11, 12, 14]);
    expect(applyValues(loaded, live(3, false))).toBe(loaded);
  });

  it('that are old news or of another shape change nothing', () => {
    expect(applyValues(loaded, live(14, true))).toBe(loaded);
    const forming = applyValues(loaded, live(16, true));
    expect(applyValues(forming, live(15, true))).toBe(forming);
    expect(applyValues(loaded, { time: at(15), provisional: false, values: [1] })).toBe(loaded);
    expect(applyValues(NO_VALUES, live(1, true))).toBe(NO_VALUES);
  });
});

describe('the values at a bar', () => {
  it('are those of that bar; without one the newest there are', () => {
    const forming = applyValues(loaded, live(15, true, 7));
    expect(valuesAt(forming, at(11))).toEqual({ values: [11, 22], provisional: false });
    expect(valuesAt(forming, null)).toEqual({ values: [7, 7], provisional: true });
    expect(valuesAt(loaded, null)).toEqual({ values: [14, 28], provisional: false });
    expect(valuesAt(loaded, at(9))).toBeNull();
    expect(valuesAt(NO_VALUES, null)).toBeNull();
  });
});
