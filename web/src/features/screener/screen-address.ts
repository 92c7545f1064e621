import type { Screen } from '@/lib/language/language-client';
import { isTimeframe, type Timeframe } from '@/lib/timeframe';

/** By what the rows are sorted: the instrument, its price, or a column of numbers by its place, from 0. */
export interface Sort {
  readonly by: 'symbol' | 'price' | number;
  readonly falling: boolean;
}

/** What the screener looks for, as its address says it. */
export interface ScreenWanted {
  readonly expressions: readonly string[];
  readonly timeframe: Timeframe;
  readonly sort: Sort | null;
}

export const EXPRESSIONS_MAX = 10;
/** Rows that one answer has at most. */
export const ROWS_MAX = 500;
const FIRST_TIMEFRAME: Timeframe = '1h';

export function sortText({ by, falling }: Sort): string {
  return `${typeof by === 'number' ? by + 1 : by} ${falling ? 'desc' : 'asc'}`;
}

function readSort(text: string | null): Sort | null {
  const match = /^(symbol|price|[1-9]\d?) (asc|desc)$/.exec(text ?? '');
  if (!match) return null;
  const by = match[1] === 'symbol' || match[1] === 'price' ? match[1] : Number(match[1]) - 1;
  return { by, falling: match[2] === 'desc' };
}

/** Null: the address names nothing to look for. */
export function readScreen(search: string): ScreenWanted | null {
  const query = new URLSearchParams(search);
  const expressions = query
    .getAll('e')
    .map((text) => text.trim())
    .filter(Boolean)
    .slice(0, EXPRESSIONS_MAX);
  if (expressions.length === 0) return null;
  const timeframe = query.get('tf') ?? '';
  return {
    expressions,
    timeframe: isTimeframe(timeframe) ? timeframe : FIRST_TIMEFRAME,
    sort: readSort(query.get('sort')),
  };
}

export function screenPath({ expressions, timeframe, sort }: ScreenWanted): string {
  const query = new URLSearchParams(expressions.map((text) => ['e', text]));
  query.set('tf', timeframe);
  if (sort) query.set('sort', sortText(sort));
  return `/screener?${query}`;
}

/** What the server is asked. It sorts by columns of numbers alone; the rest is sorted here. */
export function screenRequest({ expressions, timeframe, sort }: ScreenWanted): Screen {
  const byColumn = sort !== null && typeof sort.by === 'number';
  return {
    expressions,
    timeframe,
    sort: byColumn ? sortText(sort) : null,
    limit: ROWS_MAX,
  };
}
