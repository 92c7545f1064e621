import { describe, expect, it } from 'vitest';
import { callAround } from '@/lib/language/call-around';
import { defaultValues, readCall, settingFault, writeCall } from '@/lib/language/call-text';
import { drawable, grouped, searchFunctions } from '@/lib/language/function-search';
import { placeOf, withSuggestion } from '@/lib/language/place';
import { checkAnswerSchema, type LanguageError, languageTableSchema } from '@/lib/language/types';
import {
  EMA,
  HIGHEST,
  HIGHEST_SHORT,
  MACD,
  OBV,
  series,
  TABLE,
  TABLE_REPLY,
  VWAP,
  whole,
} from '@/lib/testing-language';

const names = (rows: readonly { readonly name: string }[]) => rows.map((one) => one.name);

function fault(line: number, column: number, length: number): LanguageError {
  return {
    code: 'unknown_name',
    message: '',
    line,
    column,
    length,
    line_text: '',
    suggestions: [],
    signature: '',
  };
}

describe('the table of functions', () => {
  it('knows no name where the server writes an empty one', () => {
    const { functions } = languageTableSchema.parse(TABLE_REPLY);
    expect(functions).toEqual(TABLE.functions);
    expect(functions.find((one) => one.name === 'ta.highest')?.talib).toBeNull();
  });

  it('is searched by name, title, group and TA-Lib’s name, the best first', () => {
    const find = (query: string) => names(searchFunctions(query, TABLE.functions));
    expect(find('ema')).toEqual(['ta.ema']);
    expect(find('relative strength')).toEqual(['ta.rsi']);
    expect(find('average')[0]).toBe('ta.ema');
    expect(find('momentum')).toEqual(['ta.rsi', 'ta.macd']);
    expect(find('OBV')).toEqual(['ta.obv']);
    expect(find('macd close')).toEqual([]);
    expect(find('  ')).toHaveLength(TABLE.functions.length);
  });

  it('lists what can be drawn under its headings', () => {
    const groups = grouped(drawable(TABLE.functions));
    expect(groups.map((one) => one.name)).toEqual(['Averages', 'Momentum', 'Volume', 'Levels']);
    expect(names(groups[2]?.functions ?? [])).toEqual(['ta.vwap', 'ta.obv']);
    // Of two overloads the one that can be told more.
    expect(groups[3]?.functions).toEqual([HIGHEST]);
  });
});

describe('a call as a form', () => {
  it('begins with the defaults and is written in full', () => {
    expect(writeCall(EMA, defaultValues(EMA))).toBe('ta.ema(close, 14)');
    expect(writeCall(VWAP, defaultValues(VWAP))).toBe('ta.vwap(hlc3, "session", false)');
    expect(writeCall(OBV, {})).toBe('ta.obv');
    expect(writeCall({ ...OBV, variable: false }, {})).toBe('ta.obv()');
    const seeded = { ...EMA, seeded: true };
    expect(writeCall(seeded, defaultValues(seeded))).toBe('ta.ema(close, 14)');
    expect(writeCall(seeded, { ...defaultValues(seeded), seed: 'pine' })).toBe(
      'ta.ema(close, 14, seed = "pine")',
    );
    expect(writeCall(EMA, { ...defaultValues(EMA), seed: 'pine' })).toBe('ta.ema(close, 14)');
  });

  it.each([
    [EMA, { source: 'hl2', length: '3' }],
    [MACD, { source: 'ta.rsi(close, 14)', fastlen: '5', slowlen: '35', siglen: '5' }],
    [VWAP, { source: 'hlc3', anchor: 'week', bands: 'true' }],
    [OBV, {}],
    [
      { ...EMA, seeded: true },
      { source: 'close', length: '3', seed: 'pine' },
    ],
    [HIGHEST, { source: 'high', length: '20' }],
  ])('is read back as it was written: %#', (row, values) => {
    expect(readCall(writeCall(row, values), [row])).toEqual({ row, values });
  });

  it('has an empty choice where that is the default: the timeframe of the chart', () => {
    const timeframe = {
      ...series('timeframe'),
      type: 'string' as const,
      qualifier: 'simple' as const,
      default: '',
    };
    const score = { ...EMA, name: 'signal.score', parameters: [{ ...timeframe, options: ['1m', '1h'] }] };
    expect(writeCall(score, defaultValues(score))).toBe('signal.score("")');
    for (const text of ['signal.score("")', 'signal.score()'])
      expect(readCall(text, [score])?.values).toEqual({ timeframe: '' });
    expect(readCall('signal.score("1h")', [score])?.values).toEqual({ timeframe: '1h' });
    expect(readCall('signal.score("2h")', [score])).toBeNull();
    expect(settingFault(score.parameters[0] ?? timeframe, '')).toBeUndefined();
  });

  it('takes the overload that the arguments fit', () => {
    expect(readCall('ta.highest(20)', TABLE.functions)?.row).toBe(HIGHEST_SHORT);
    expect(readCall('ta.highest(high, 20)', TABLE.functions)?.row).toBe(HIGHEST);
  });

  it('reads named arguments and what was left out', () => {
    expect(readCall('ta.rsi(length = 9)', TABLE.functions)?.values).toEqual({
      source: 'close',
      length: '9',
      seed: 'talib',
    });
    expect(readCall(' ta.ema( close ,\n length=2 ) ', TABLE.functions)?.values.length).toBe('2');
    expect(readCall('ta.ema(math.max(open, close), 5)', TABLE.functions)?.values.source).toBe(
      'math.max(open, close)',
    );
  });

  it.each([
    'ta.ema(close, 12) - 1',
    'ta.ema(close, len)',
    'ta.ema(close)(2)',
    'ta.ema(length = 3)',
    'ta.ema(close, 12, 3)',
    'ta.ema(length = 3, close)',
    'ta.ema(close, source = open)',
    'ta.vwap(hlc3, "month", false)',
    'ta.ema(close, 12',
    'ta.ema("close, 12)',
    'ta.none(close)',
    'ta.ema',
    'x = ta.ema(close, 12)\nx',
  ])('is none of the form’s: %s', (text) => {
    expect(readCall(text, TABLE.functions)).toBeNull();
  });

  it('says what is wrong with a setting by the range of the table', () => {
    const length = whole('length', 14);
    expect(settingFault(length, '14')).toBeUndefined();
    expect(settingFault(length, '')).toBe('Enter a value.');
    expect(settingFault(length, 'many')).toBe('“many” is no number.');
    expect(settingFault(length, '1.5')).toBe('Use a whole number.');
    expect(settingFault(length, '0')).toBe('At least 1, at most 5000.');
    expect(settingFault(length, '5001')).toBe('At most 5000, at least 1.');
    expect(settingFault({ ...length, type: 'float', max: null }, '0.5')).toBe('At least 1.');
    expect(settingFault({ ...length, type: 'float', min: null, max: null }, '-1e3')).toBeUndefined();
    expect(settingFault(series(), ' ')).toBe('Name a series.');
  });
});

describe('the place of an error', () => {
  it('is found by line and column', () => {
    const text = 'fast = ta.ema(close, 12)\nta.emaa(fast, 3)';
    const { from, to } = placeOf(text, fault(2, 1, 7));
    expect(text.slice(from, to)).toBe('ta.emaa');
    expect(withSuggestion(text, fault(2, 1, 7), 'ta.ema')).toBe('fast = ta.ema(close, 12)\nta.ema(fast, 3)');
  });

  it('counts characters and not the halves that some are made of', () => {
    const text = '"😀😀" + clos';
    const { from, to } = placeOf(text, fault(1, 8, 4));
    expect(text.slice(from, to)).toBe('clos');
  });

  it('past the end is at the end, and never on another line', () => {
    expect(placeOf('close', fault(1, 6, 1))).toEqual({ from: 5, to: 5 });
    expect(placeOf('close', fault(3, 1, 1))).toEqual({ from: 5, to: 5 });
    expect(placeOf('a\nb', fault(1, 1, 99))).toEqual({ from: 0, to: 1 });
  });
});

describe('the call around a place', () => {
  const at = (text: string) => {
    const place = text.indexOf('|');
    return callAround(text.replace('|', ''), place);
  };

  it('is the innermost one, with the argument that is being given', () => {
    expect(at('ta.ema(|')).toMatchObject({ name: 'ta.ema', argument: 0 });
    expect(at('ta.ema(close, |')).toMatchObject({ name: 'ta.ema', argument: 1 });
    expect(at('ta.ema(ta.rsi(close, 3), |)')).toMatchObject({ name: 'ta.ema', argument: 1 });
    expect(at('ta.ema(ta.rsi(close, |3), 2)')).toMatchObject({ name: 'ta.rsi', argument: 1 });
    expect(at('ta.ema((close + |open), 2)')).toMatchObject({ name: 'ta.ema', argument: 0 });
    expect(at('ta.ema(close[|1], 2)')).toMatchObject({ name: 'ta.ema', argument: 0 });
    expect(at('ta.macd(close,\n  slowlen = |')).toMatchObject({ argument: 1, named: 'slowlen' });
  });

  it('is none outside, after the end, in strings’ and comments’ brackets', () => {
    expect(at('close|')).toBeNull();
    expect(at('ta.ema(close, 2)|')).toBeNull();
    expect(at('(close|)')).toBeNull();
    expect(at('"ta.ema(" + |')).toBeNull();
    expect(at('// ta.ema(\n|close')).toBeNull();
    expect(at('ta.ema(input.string("a, b", |')).toMatchObject({ name: 'input.string', argument: 1 });
  });
});

describe('answers', () => {
  it('of a check are good or name at least one error', () => {
    const good = {
      ok: true,
      canonical: 'close',
      lookback: 0,
      plots: [
        { title: 'close', type: 'float', qualifier: 'series', lookback: 13, overlay: true, event: false },
      ],
      inputs: [],
      notes: [],
    };
    expect(checkAnswerSchema.parse(good)).toMatchObject({ ok: true, plots: [{ overlay: true }] });
    expect(checkAnswerSchema.safeParse({ ok: false, errors: [] }).success).toBe(false);
    const bad = checkAnswerSchema.parse({
      ok: false,
      errors: [fault(1, 2, 1)],
    });
    expect(bad).toMatchObject({ errors: [{ column: 2, length: 1 }] });
  });
});
