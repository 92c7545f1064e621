import { HighlightStyle, StreamLanguage, type StringStream, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { tags } from '@lezer/highlight';
import type { LanguageTable } from '@/lib/language/types';

/** What the words of a text are, by the language's table. */
export interface Words {
  readonly keywords: ReadonlySet<string>;
  readonly variables: ReadonlySet<string>;
  readonly functions: ReadonlySet<string>;
}

export function wordsOf(table: LanguageTable | undefined): Words {
  return {
    keywords: new Set(['true', 'false', 'na', ...(table?.keywords ?? [])]),
    variables: new Set(table?.variables.map((one) => one.name)),
    functions: new Set(table?.functions.map((one) => one.name)),
  };
}

/** Reads one token and names it in the words of CodeMirror's highlighting. */
export function readToken(stream: StringStream, words: Words): string | null {
  if (stream.eatSpace()) return null;
  if (stream.match('//')) {
    stream.skipToEnd();
    return 'comment';
  }
  if (stream.match(/^(["'])(?:\\.|(?!\1).)*(?:\1|$)/)) return 'string';
  if (stream.match(/^(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/)) return 'number';
  const word = stream.match(/^[A-Za-z_][\w.]*/);
  if (word && typeof word !== 'boolean') return wordKind(word[0], stream, words);
  if (stream.match(/^(?:==|!=|<=|>=|=>|:=|[-+*/%<>=?:])/)) return 'operator';
  stream.next();
  return null;
}

function wordKind(word: string, stream: StringStream, words: Words): string | null {
  if (words.keywords.has(word)) return 'keyword';
  if (stream.match(/^\s*\(/, false)) return 'function';
  if (words.variables.has(word) || words.functions.has(word)) return 'builtin';
  return 'variableName';
}

const COLORS = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--cw-line-3)' },
  { tag: tags.function(tags.variableName), color: 'var(--cw-line-1)' },
  { tag: tags.standard(tags.variableName), color: 'var(--cw-line-6)' },
  { tag: tags.number, color: 'var(--cw-line-2)' },
  { tag: tags.string, color: 'var(--cw-line-4)' },
  { tag: tags.propertyName, color: 'var(--cw-text)', fontWeight: '600' },
  { tag: tags.comment, color: 'var(--cw-text-dim)', fontStyle: 'italic' },
]);

/** The colours of the words. */
export const COLORING: Extension = syntaxHighlighting(COLORS);

/** Colours the text by the language's table. */
export function highlighting(table: LanguageTable | undefined): Extension {
  const words = wordsOf(table);
  const language = StreamLanguage.define({
    name: 'candlewick',
    token: (stream) => readToken(stream, words),
    languageData: { commentTokens: { line: '//' }, closeBrackets: { brackets: ['(', '[', '"'] } },
    tokenTable: {
      function: tags.function(tags.variableName),
      builtin: tags.standard(tags.variableName),
    },
  });
  return [language, COLORING];
}
