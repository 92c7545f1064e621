// @vitest-environment jsdom
import { CompletionContext } from '@codemirror/autocomplete';
import { StringStream } from '@codemirror/language';
import { EditorState } from '@codemirror/state';
import { describe, expect, it } from 'vitest';
import { callAround } from '@/lib/language/call-around';
import { EMA, HIGHEST, HIGHEST_SHORT, MACD, TABLE, VWAP, whole } from '@/lib/testing-language';
import { complete, ownNames } from './completion';
import { diagnosticsOf } from './diagnostics';
import { readToken, wordsOf } from './highlighting';
import { activeParameter, fittingOverload, rangeText } from './signature-help';

const words = wordsOf(TABLE);

/** `word:kind` for everything on a line that has a kind. */
function tokens(line: string): string {
  const stream = new StringStream(line, 2, 2);
  const found: string[] = [];
  while (!stream.eol()) {
    stream.start = stream.pos;
    const kind = readToken(stream, words);
    if (stream.pos === stream.start) throw new Error(`stands still at ${stream.pos} of ${line}`);
    if (kind) found.push(`${stream.current()}:${kind}`);
  }
  return found.join(' ');
}

describe('colours', () => {
  it.each([
    ['ta.ema(close, 12)', 'ta.ema:function close:builtin 12:number'],
    ['fast = ta.obv', 'fast:variableName =:operator ta.obv:builtin'],
    ['a and not b', 'a:variableName and:keyword not:keyword b:variableName'],
    ['"4h" + \'x\'', '"4h":string +:operator \'x\':string'],
    ['"open', '"open:string'],
    ['1.5e-3 .5 7.', '1.5e-3:number .5:number 7.:number'],
    ['close // the rest', 'close:builtin // the rest:comment'],
    [
      'x >= 1 ? na : true',
      'x:variableName >=:operator 1:number ?:operator na:keyword ::operator true:keyword',
    ],
    ['close[1] § €', 'close:builtin 1:number'],
    ['request.security("4h", close)', 'request.security:keyword "4h":string close:builtin'],
  ])('%s', (line, kinds) => {
    expect(tokens(line)).toBe(kinds);
  });
});

/** What is offered where the bar stands. */
function offered(text: string, explicit = false) {
  const pos = text.indexOf('|');
  const state = EditorState.create({ doc: text.replace('|', '') });
  const result = complete(new CompletionContext(state, pos, explicit), TABLE);
  return result && { from: result.from, labels: result.options.map((one) => one.label) };
}

describe('completion', () => {
  it('has the functions once each, the variables, the keywords and the text’s own names', () => {
    const found = offered('fast = ta.ema(close, 3)\n[m, _, h] = ta.macd(close)\nfa|');
    expect(found?.from).toBe('fast = ta.ema(close, 3)\n[m, _, h] = ta.macd(close)\n'.length);
    for (const name of ['fast', 'm', 'h', 'ta.ema', 'close', 'not']) expect(found?.labels).toContain(name);
    expect(found?.labels.filter((one) => one === 'ta.highest')).toHaveLength(1);
    expect(found?.labels).not.toContain('_');
  });

  it('begins with the whole dotted name', () => {
    expect(offered('close - ta.e|')?.from).toBe(8);
  });

  it('offers timeframes in the quotes of a request, and nothing in other quotes and in comments', () => {
    expect(offered('request.security("4|", close)')).toEqual({ from: 18, labels: TABLE.timeframes });
    expect(offered('plot(close, "clo|")')).toBeNull();
    expect(offered('ta.vwap(hlc3, "w|")')).toEqual({ from: 15, labels: ['session', 'week'] });
    expect(offered('ta.rsi(close, 9, seed = "|")')).toEqual({ from: 25, labels: ['talib', 'pine'] });
    expect(offered('ta.ema(close, 9, seed = "|")')).toBeNull();
    expect(offered('close // clo|')).toBeNull();
    expect(offered('"a//b" + clo|')).not.toBeNull();
  });

  it('says nothing unasked where no word begins', () => {
    expect(offered('close + |')).toBeNull();
    expect(offered('close + |', true)?.labels).toContain('ta.ema');
  });

  it('knows a name from a comparison', () => {
    expect(ownNames('a = 1\nfloat b = 2\nc == 3\nf(x) => x\n[d, e] = ta.macd(close)')).toEqual([
      'a',
      'b',
      'd',
      'e',
    ]);
  });
});

describe('signature help', () => {
  const call = (text: string) =>
    callAround(text, text.length) ?? { name: '', open: 0, argument: 0, named: null };

  it('is at the parameter that is given now', () => {
    expect(activeParameter(EMA, call('ta.ema(close, '))).toBe(1);
    expect(activeParameter(MACD, call('ta.macd(close, siglen = '))).toBe(3);
  });

  it('is of the overload that has one there', () => {
    expect(fittingOverload([HIGHEST_SHORT, HIGHEST], call('ta.highest('))).toBe(HIGHEST_SHORT);
    expect(fittingOverload([HIGHEST_SHORT, HIGHEST], call('ta.highest(high, '))).toBe(HIGHEST);
    expect(fittingOverload([EMA], call('ta.ema(a, b, c, '))).toBe(EMA);
    expect(fittingOverload([], call('x('))).toBeUndefined();
  });

  it('says the range of a setting', () => {
    expect(rangeText(whole('length', 14))).toBe('Length: whole, 1 to 5000');
    expect(rangeText({ ...whole('length', 14), max: null })).toBe('Length: whole, at least 1');
    const [source, anchor, bands] = VWAP.parameters;
    expect([source, anchor, bands].map((one) => one && rangeText(one))).toEqual([
      'Source: a series',
      'Anchor: "session", "week"',
      'Bands: true or false',
    ]);
  });
});

it('an error is underlined at its place, at least one character of it', () => {
  const error = {
    code: 'unknown_name',
    message: 'There is no ta.emaa.',
    line: 1,
    column: 1,
    length: 7,
    line_text: '',
    suggestions: ['ta.ema'],
    signature: '',
  };
  const [found] = diagnosticsOf('ta.emaa(close, 3)', [error]);
  expect(found).toMatchObject({ from: 0, to: 7, severity: 'error', message: 'There is no ta.emaa.' });
  expect(found?.actions?.map((one) => one.name)).toEqual(['Use ta.ema']);
  const [end] = diagnosticsOf('close +', [{ ...error, column: 8, length: 1 }]);
  expect(end).toMatchObject({ from: 7, to: 7 });
});
