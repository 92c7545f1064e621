import { CompletionContext } from '@codemirror/autocomplete';
import { StringStream } from '@codemirror/language';
import { EditorState } from '@codemirror/state';
import { describe, expect, it } from 'vitest';
import { wordsOf } from '@/components/expression-editor/highlighting';
import { TABLE } from '@/lib/testing-language';
import { DOCUMENT } from '@/lib/testing-strategies';
import { completeDocument } from './document-completion';
import { type DocumentState, readDocumentToken } from './document-highlighting';
import { isExpressionAt, isNumberAt, membersAt } from './document-members';
import { documentNames, documentPlace } from './document-place';

/** The place of the mark `|` in a text. */
function placeIn(text: string) {
  const at = text.indexOf('|');
  const place = documentPlace(text.replace('|', ''), at);
  return place && `${place.path.join('.')} ${place.part} ${at - place.from}`;
}

describe('where one is in a document', () => {
  it.each([
    ['na|', ' name 2'],
    ['name: my|', 'name value 2'],
    ['long:\n  en|', 'long name 2'],
    ['long:\n  entry: ta.|', 'long.entry value 3'],
    ['long:\n  stop: {per|', 'long.stop name 3'],
    ['long:\n  stop: {percent: 3, le|', 'long.stop name 2'],
    ['long:\n  stop: {percent: lo|', 'long.stop.percent value 2'],
    ['long:\n  stop: {percent: 3}\n  ex|', 'long name 2'],
    ['long: {entry: clo|', 'long.entry value 3'],
    ['long: {stop: {perc|', 'long.stop name 4'],
    ['inputs:\n  fast: {type: i|', 'inputs.fast.type value 1'],
    ['inputs:\n  fast:\n    ty|', 'inputs.fast name 2'],
    ['let:\n  "[a, b]": ta.m|', 'let.[a, b] value 4'],
    ['require:\n  - fa|', 'require value 2'],
    ['long:\n  entry: >-\n    clo|', 'long.entry value 3'],
    ['long:\n  entry: close\nsi|', ' name 2'],
  ])('%j', (text, wanted) => {
    expect(placeIn(text)).toBe(wanted);
  });

  it('is nowhere in a comment, and a hash in quotes is none', () => {
    expect(placeIn('name: x # wh|')).toBeNull();
    expect(placeIn('title: "a # b|')).not.toBeNull();
  });
});

describe('the names that a document gives', () => {
  it('are those of its inputs and of let', () => {
    expect(documentNames(DOCUMENT)).toEqual(['fast', 'slow', 'fast_line', 'slow_line']);
    expect(documentNames('let:\n  "[macd, _, hist]": ta.macd(close)\n  spread(a, b): a - b\n')).toEqual([
      'macd',
      'hist',
      'spread',
    ]);
  });
});

describe('what is offered', () => {
  const offered = (text: string) => {
    const at = text.indexOf('|');
    const state = EditorState.create({ doc: text.replace('|', '') });
    return (
      completeDocument(new CompletionContext(state, at, false), TABLE)?.options.map((one) => one.label) ?? []
    );
  };
  it('as a member is what may stand there', () => {
    expect(offered('lo|')).toContain('long');
    expect(offered('long:\n  tr|')).toEqual(expect.arrayContaining(['entry', 'exit', 'trailing_stop']));
    expect(offered('long:\n  stop: {a|')).toEqual(['percent', 'atr', 'length', 'amount', 'expression']);
    expect(offered('sizing: {k|')).toContain('kelly');
  });
  it('in an expression is the language with the document’s own names', () => {
    const all = offered(`${DOCUMENT}short:\n  entry: f|`);
    expect(all).toEqual(expect.arrayContaining(['fast', 'fast_line', 'ta.ema', 'close']));
  });
  it('as a number are the inputs alone', () => {
    expect(offered(`${DOCUMENT}short:\n  stop: {percent: s|`)).toEqual(expect.arrayContaining(['slow']));
    expect(offered(`${DOCUMENT}short:\n  stop: {percent: s|`)).not.toContain('ta.ema');
  });
  it('as a word is what may be chosen', () => {
    expect(offered('timeframe: 1|')).toContain('1h');
    expect(offered('inputs:\n  x: {type: i|')).toEqual([
      'int',
      'float',
      'bool',
      'choice',
      'source',
      'timeframe',
    ]);
    expect(offered('title: wh|')).toEqual([]);
  });
  it('knows which values are expressions', () => {
    expect(isExpressionAt(['long', 'exit'])).toBe(true);
    expect(isExpressionAt(['long', 'order', 'limit'])).toBe(true);
    expect(isExpressionAt(['description'])).toBe(false);
    expect(isNumberAt(['short', 'target', 'atr'])).toBe(true);
    expect(membersAt(['let'])).toEqual([]);
  });
});

describe('the colours of a document', () => {
  const words = wordsOf(TABLE);
  /** Each token as `text kind`; what has no kind is left out. */
  function tokens(text: string): string[] {
    const state: DocumentState = { prose: null, rest: false };
    return text.split('\n').flatMap((line) => {
      const stream = new StringStream(line, 2, 2);
      const found: string[] = [];
      while (!stream.eol()) {
        stream.start = stream.pos;
        const kind = readDocumentToken(stream, state, words);
        if (kind) found.push(`${stream.current().trim()} ${kind}`);
        if (stream.pos === stream.start) throw new Error(`nothing was read of ${line}`);
      }
      return found;
    });
  }
  it('tell members, the language and text for people apart', () => {
    expect(
      tokens('description: >-\n  It is long: 3 of them.\nlong:\n  entry: ta.ema(close, 3) # why'),
    ).toEqual([
      'description propertyName',
      '>- operator',
      'It is long: 3 of them. string',
      'long propertyName',
      'entry propertyName',
      'ta.ema function',
      'close builtin',
      '3 number',
      '# why comment',
    ]);
    expect(tokens('title: Buys at 3')).toEqual(['title propertyName', 'Buys at 3 string']);
    expect(tokens('inputs:\n  fast: {type: int, default: 12}')).toContain('default propertyName');
  });
});
