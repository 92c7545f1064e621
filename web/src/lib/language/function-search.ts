import type { LanguageFunction } from '@/lib/language/types';

export interface FunctionGroup {
  readonly name: string;
  readonly functions: readonly LanguageFunction[];
}

/** Those that can be drawn by themselves: indicators, not arithmetic. Of overloads the one with the most to set. */
export function drawable(functions: readonly LanguageFunction[]): readonly LanguageFunction[] {
  const fullest = new Map<string, LanguageFunction>();
  for (const row of functions) {
    const known = fullest.get(row.name);
    if (!known || row.parameters.length > known.parameters.length) fullest.set(row.name, row);
  }
  return functions.filter((row) => row.name.startsWith('ta.') && fullest.get(row.name) === row);
}

/** How well a row fits; 0: not at all. The name counts most, then the title, then the rest. */
function closeness(row: LanguageFunction, words: readonly string[]): number {
  const short = row.name.split('.').at(-1)?.toLowerCase() ?? '';
  const title = row.title.toLowerCase();
  const talib = row.talib?.toLowerCase() ?? '';
  const rest = `${row.name} ${row.group} ${row.pine ?? ''} ${row.summary}`.toLowerCase();
  let least = Number.POSITIVE_INFINITY;
  for (const word of words) {
    let score = 0;
    if (short === word || talib.split(/\W+/).includes(word)) score = 5;
    else if (short.startsWith(word)) score = 4;
    else if (title.split(/\W+/).some((part) => part.startsWith(word))) score = 3;
    else if (title.includes(word) || short.includes(word) || talib.includes(word)) score = 2;
    else if (rest.includes(word)) score = 1;
    least = Math.min(least, score);
  }
  return least;
}

/** The rows that hold every word of `query`, the best first; all of them, in the table's order, where there is none. */
export function searchFunctions(
  query: string,
  functions: readonly LanguageFunction[],
): readonly LanguageFunction[] {
  const words = query
    .toLowerCase()
    .split(/[\s,/()]+/)
    .filter(Boolean);
  if (words.length === 0) return functions;
  return functions
    .map((row, index) => ({ row, index, score: closeness(row, words) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .map(({ row }) => row);
}

/** The rows under their headings, each heading where its first row stands. */
export function grouped(functions: readonly LanguageFunction[]): readonly FunctionGroup[] {
  const groups = new Map<string, LanguageFunction[]>();
  for (const row of functions) groups.set(row.group, [...(groups.get(row.group) ?? []), row]);
  return [...groups].map(([name, rows]) => ({ name, functions: rows }));
}

/** What tells overloads of one name apart. */
export function functionKey({ name, signature }: LanguageFunction): string {
  return `${name} ${signature}`;
}
