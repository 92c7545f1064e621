import type { ScreenRow } from '@/lib/language/types';
import type { Sort } from './screen-address';

function keyOf(row: ScreenRow, { by }: Sort): number | string | null {
  if (by === 'symbol') return row.symbol;
  return by === 'price' ? row.price : (row.values[by] ?? null);
}

/** The rows in order. Those without a value come last, whichever way it goes; equal ones stay as they came. */
export function sorted(rows: readonly ScreenRow[], sort: Sort | null): readonly ScreenRow[] {
  if (!sort) return rows;
  const sign = sort.falling ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [first, second] = [keyOf(a, sort), keyOf(b, sort)];
    if (first === null || second === null) return Number(first === null) - Number(second === null);
    if (first === second) return 0;
    return first < second ? -sign : sign;
  });
}
