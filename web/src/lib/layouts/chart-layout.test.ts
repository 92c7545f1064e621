import { describe, expect, it } from 'vitest';
import {
  type ChartLayout,
  colorOf,
  EMPTY_LAYOUT,
  fullWords,
  INDICATORS_MAX,
  layoutNameFault,
  readDocument,
  sameLayout,
  withChange,
  withIndicator,
  withoutIndicator,
  writeDocument,
} from './chart-layout';

const RSI = { text: 'ta.rsi(close, 14)', inputs: {}, pane: 'own' } as const;
const EMA = { text: 'ta.ema(close, 12)', inputs: {}, pane: 'overlay' } as const;
const both = withIndicator(withIndicator(EMPTY_LAYOUT, RSI), EMA);
const ids = (layout: ChartLayout) => layout.indicators.map((one) => one.id);

describe('a layout', () => {
  it('gives each indicator an id and a colour of its own', () => {
    expect(ids(both)).toEqual(['i1', 'i2']);
    expect(both.indicators.map((one) => one.colors)).toEqual([['1'], ['2']]);
    // The id of one that is gone is free, that of one that is there is not.
    const again = withIndicator(withoutIndicator(both, 'i1'), RSI);
    expect(new Set(ids(again)).size).toBe(2);
    expect(again.indicators.at(-1)?.colors).toEqual(['1']);
  });

  it('gives what is drawn over the candles the colours that are used least there', () => {
    const BANDS = { text: 'ta.bb(close, 20, 2)', inputs: {}, pane: 'overlay', plots: 3 } as const;
    const layout = [RSI, BANDS, EMA, EMA, EMA].reduce(withIndicator, EMPTY_LAYOUT);
    expect(layout.indicators.map((one) => one.colors)).toEqual([['1'], ['2', '3', '4'], ['5'], ['6'], ['7']]);
    // Before a colour comes twice over the candles that of a pane is taken.
    const more = [EMA, EMA].reduce(withIndicator, layout);
    expect(more.indicators.slice(-2).map((one) => one.colors)).toEqual([['8'], ['1']]);
    expect(fullWords(INDICATORS_MAX - 1)).toBeNull();
    expect(fullWords(INDICATORS_MAX)).toContain('as many as it may');
  });

  it('takes no more than it may', () => {
    let layout = EMPTY_LAYOUT;
    for (let i = 0; i < INDICATORS_MAX + 3; i++) layout = withIndicator(layout, RSI);
    expect(layout.indicators).toHaveLength(INDICATORS_MAX);
    expect(new Set(ids(layout)).size).toBe(INDICATORS_MAX);
    expect(withIndicator(layout, EMA)).toBe(layout);
  });

  it('changes one and leaves the others', () => {
    const hidden = withChange(both, 'i1', { visible: false });
    expect(hidden.indicators.map((one) => one.visible)).toEqual([false, true]);
    expect(hidden.indicators[1]).toBe(both.indicators[1]);
  });

  it('has a colour for each plot: the chosen one, else those after the first', () => {
    expect(colorOf({ colors: ['7'] }, 0)).toBe('7');
    expect(colorOf({ colors: ['7'] }, 2)).toBe('1');
    expect(colorOf({ colors: ['7', '7'] }, 1)).toBe('7');
    expect(colorOf({ colors: [] }, 1)).toBe('2');
  });
});

describe('a document', () => {
  it('comes back as it was written', () => {
    const layout = { ...both, panes: { i1: 0.5 } };
    expect(readDocument(JSON.parse(JSON.stringify(writeDocument(layout, true))))).toEqual({
      layout,
      opens: true,
    });
    expect(readDocument(writeDocument(layout, false)).opens).toBe(false);
  });

  it('keeps no height of a pane that is gone, and such layouts are the same', () => {
    const dragged = { ...both, panes: { i1: 0.5, i9: 2 } };
    expect(readDocument(writeDocument(dragged, false)).layout.panes).toEqual({ i1: 0.5 });
    expect(sameLayout(dragged, { ...both, panes: { i1: 0.5 } })).toBe(true);
    expect(sameLayout(dragged, both)).toBe(false);
  });

  it.each([null, 7, 'text', [], {}, { indicators: 'none', panes: 3 }])(
    'that is none is an empty one: %j',
    (document) => {
      expect(readDocument(document)).toEqual({ layout: EMPTY_LAYOUT, opens: false });
    },
  );

  it('leaves out what cannot be read, and mends what can', () => {
    const { layout } = readDocument({
      indicators: [
        { id: 'a', text: 'close', pane: 'somewhere', colors: ['red'], inputs: 4 },
        { id: 'b' },
        { id: 'a', text: 'open' },
        'nothing',
      ],
      panes: { a: 1e9 },
    });
    expect(layout.indicators).toEqual([
      { id: 'a', text: 'open', inputs: {}, pane: 'own', colors: [], visible: true },
    ]);
    expect(layout.panes).toEqual({});
  });

  it('holds no more indicators than a chart may', () => {
    const many = Array.from({ length: 40 }, (_, index) => ({ id: `i${index}`, text: 'close' }));
    expect(readDocument({ indicators: many }).layout.indicators).toHaveLength(INDICATORS_MAX);
  });
});

it('a name is 1 to 60 characters and not taken', () => {
  expect(layoutNameFault('  ', [])).toBe('Give the layout a name.');
  expect(layoutNameFault(' Day ', ['Day'])).toBe('There is a layout “Day” already.');
  expect(layoutNameFault('😀'.repeat(60), [])).toBeUndefined();
  expect(layoutNameFault('😀'.repeat(61), [])).toBe('Use at most 60 characters: this has 61.');
});
