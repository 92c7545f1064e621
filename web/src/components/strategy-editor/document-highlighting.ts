import { StreamLanguage, type StringStream } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { tags } from '@lezer/highlight';
import { COLORING, readToken, type Words, wordsOf } from '@/components/expression-editor/highlighting';
import type { LanguageTable } from '@/lib/language/types';

/** Members whose value is text for people. */
const PROSE = new Set(['name', 'title', 'description']);

export interface DocumentState {
  /** Lines that are indented more than this belong to a text for people; null: there is none. */
  prose: number | null;
  /** So does the rest of this line. */
  rest: boolean;
}

const MEMBER = /^(?:"[^"]*"|'[^']*'|\[[^\]\n]*\]|[A-Za-z_][\w.-]*(?:\([^)]*\))?)(?=\s*:(?:\s|$))/;

/** Reads one token of a document: members, marks of YAML, and the language in between. */
export function readDocumentToken(stream: StringStream, state: DocumentState, words: Words): string | null {
  if (stream.sol()) {
    state.rest = false;
    const blank = /^\s*$/.test(stream.string);
    if (state.prose !== null && !blank && stream.indentation() <= state.prose) state.prose = null;
  }
  if (stream.eatSpace()) return null;
  if (state.rest && stream.match(/^:(?=\s|$)/)) return null;
  // Its first line has the member's name.
  if ((state.prose !== null && stream.indentation() > state.prose) || state.rest) {
    stream.skipToEnd();
    return 'string';
  }
  const before = stream.string[stream.pos - 1];
  if (stream.peek() === '#' && (before === undefined || /\s/.test(before))) {
    stream.skipToEnd();
    return 'comment';
  }
  const begins = /^[\s-]*$|[{,]\s*$/.test(stream.string.slice(0, stream.pos));
  const member = begins ? stream.match(MEMBER) : null;
  if (member && typeof member !== 'boolean') {
    if (PROSE.has(member[0]) && !/\{/.test(stream.string.slice(0, stream.pos))) {
      if (/^\s*:\s*[>|][-+]?\s*$/.test(stream.string.slice(stream.pos))) state.prose = stream.indentation();
      else state.rest = true;
    }
    return 'propertyName';
  }
  if (stream.match(/^:(?=\s|$)/)) return null;
  if (stream.match(/^[>|][-+]?\s*$/)) return 'operator';
  return readToken(stream, words);
}

/** Colours a strategy’s document by the language’s table. */
export function documentHighlighting(table: LanguageTable | undefined): Extension {
  const words = wordsOf(table);
  const language = StreamLanguage.define<DocumentState>({
    name: 'candlewick-strategy',
    startState: () => ({ prose: null, rest: false }),
    copyState: (state) => ({ ...state }),
    token: (stream, state) => readDocumentToken(stream, state, words),
    languageData: { commentTokens: { line: '#' }, closeBrackets: { brackets: ['(', '[', '{', '"'] } },
    tokenTable: {
      function: tags.function(tags.variableName),
      builtin: tags.standard(tags.variableName),
    },
  });
  return [language, COLORING];
}
