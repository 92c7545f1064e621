import type { StrategyFault } from '@/lib/lab/strategy-schemas';
import type { LanguageError } from '@/lib/language/types';

/** A fault as the editor underlines it. One without a column is the whole line's; without a line, the first line's. */
export function toLanguageError(fault: StrategyFault, document: string): LanguageError {
  const line = Math.max(1, fault.line);
  const text = document.split('\n')[line - 1] ?? '';
  const blank = text.length - text.trimStart().length;
  const whole = fault.column < 1;
  return {
    code: fault.code,
    message: fault.field ? `${fault.field}: ${fault.message}` : fault.message,
    line,
    column: whole ? blank + 1 : fault.column,
    length: Math.max(1, whole ? text.trim().length : fault.length),
    line_text: text,
    suggestions: fault.suggestions,
    signature: '',
  };
}

/** The name that a document gives itself; null: none that is seen at once. */
export function nameOf(document: string): string | null {
  return (
    /^\s*(?:"name"\s*:\s*"([^"]*)"|name:\s*["']?([^"'\s#]+))/m.exec(document)?.slice(1).find(Boolean) ?? null
  );
}

/** The same document under another name, for a copy. */
export function renamed(document: string, name: string): string {
  const line = /^name:.*$/m;
  if (line.test(document)) return document.replace(line, `name: ${name}`);
  return /^\s*\{/.test(document)
    ? document.replace(/("name"\s*:\s*")[^"]*"/, `$1${name}"`)
    : `name: ${name}\n${document}`;
}

/** A name that nobody has: `ema-cross-copy`, `ema-cross-copy-2`. */
export function freeName(wanted: string, taken: readonly string[]): string {
  if (!taken.includes(wanted)) return wanted;
  for (let number = 2; ; number++) {
    const name = `${wanted}-${number}`;
    if (!taken.includes(name)) return name;
  }
}

/** Where somebody begins who has nothing yet. */
export const TEMPLATE = `name: my-strategy
title: My strategy
description: >-
  What it lives on. It fails when …
timeframe: 1h
inputs:
  length: {type: int, default: 20, min: 2, max: 200, title: Length}
let:
  average: ta.sma(close, length)
long:
  entry: ta.crossover(close, average)
  exit: ta.crossunder(close, average)
  stop: {percent: 3}
sizing: {percent_of_equity: 100}
`;
