import {
  FIRST_HORIZON,
  type Horizon,
  isHorizon,
  isSignalTimeframe,
  type SignalTimeframe,
} from '@/lib/signals/direction';
import { isTimeframe, type Timeframe } from '@/lib/timeframe';

/** By what the rows are sorted; a timeframe is its score. */
export type BoardColumn = 'symbol' | 'price' | 'score' | 'confidence' | 'probability' | SignalTimeframe;
export interface BoardSort {
  readonly by: BoardColumn;
  readonly falling: boolean;
}

/** A condition that a symbol must meet to be shown. */
export interface BoardFilter {
  readonly expression: string;
  readonly timeframe: Timeframe;
}

/** What the board shows, as its address says it. */
export interface BoardView {
  readonly horizon: Horizon;
  /** Null: as the server has them, followed symbols first. */
  readonly sort: BoardSort | null;
  /** Part of a symbol's name. */
  readonly text: string;
  readonly filter: BoardFilter | null;
}

export const FIRST_FILTER_TIMEFRAME: Timeframe = '1h';
const WORDS = ['symbol', 'price', 'score', 'confidence', 'probability'] as const;

function isColumn(text: string): text is BoardColumn {
  return isSignalTimeframe(text) || (WORDS as readonly string[]).includes(text);
}

function readSort(text: string | null): BoardSort | null {
  const [by = '', order = ''] = (text ?? '').split(' ');
  if (!isColumn(by) || (order !== 'asc' && order !== 'desc')) return null;
  return { by, falling: order === 'desc' };
}

export function readBoard(search: string): BoardView {
  const query = new URLSearchParams(search);
  const horizon = query.get('h');
  const expression = (query.get('e') ?? '').trim();
  const timeframe = query.get('tf') ?? '';
  return {
    horizon: isHorizon(horizon) ? horizon : FIRST_HORIZON,
    sort: readSort(query.get('sort')),
    text: query.get('q') ?? '',
    filter: expression
      ? { expression, timeframe: isTimeframe(timeframe) ? timeframe : FIRST_FILTER_TIMEFRAME }
      : null,
  };
}

export function boardPath({ horizon, sort, text, filter }: BoardView): string {
  const query = new URLSearchParams();
  if (horizon !== FIRST_HORIZON) query.set('h', horizon);
  if (sort) query.set('sort', `${sort.by} ${sort.falling ? 'desc' : 'asc'}`);
  if (text) query.set('q', text);
  if (filter) {
    query.set('e', filter.expression);
    query.set('tf', filter.timeframe);
  }
  const written = query.toString();
  return written ? `/signals?${written}` : '/signals';
}
