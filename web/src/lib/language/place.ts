import type { LanguageError } from '@/lib/language/types';

/** A stretch of a text, in the units of JavaScript's strings. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Where `count` characters (code points) end that begin at `from`. */
function after(text: string, from: number, count: number): number {
  let at = from;
  for (let i = 0; i < count && at < text.length; i++) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return at;
}

/** Where an error lies in the text it is about. What lies past the end of a text is at its end. */
export function placeOf(text: string, { line, column, length }: LanguageError): Span {
  let start = 0;
  for (let i = 1; i < line; i++) {
    const end = text.indexOf('\n', start);
    if (end < 0) return { from: text.length, to: text.length };
    start = end + 1;
  }
  const found = text.indexOf('\n', start);
  const lineText = text.slice(start, found < 0 ? text.length : found);
  const from = after(lineText, 0, column - 1);
  return { from: start + from, to: start + after(lineText, from, length) };
}

/** The text with an error's place replaced by one of its suggestions. */
export function withSuggestion(text: string, error: LanguageError, suggestion: string): string {
  const { from, to } = placeOf(text, error);
  return text.slice(0, from) + suggestion + text.slice(to);
}
