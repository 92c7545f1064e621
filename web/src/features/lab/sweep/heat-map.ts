import type { SweepAxis, SweepCell } from '@/lib/lab/sweep-schemas';

/** One place of a heat map: the best of all cells that lie there; null: none is done yet. */
export type Spot = SweepCell | null;

export interface HeatMap {
  readonly x: SweepAxis;
  /** Null: there is one axis alone. */
  readonly y: SweepAxis | null;
  /** Rows by the values of `y`, in them columns by those of `x`. */
  readonly rows: readonly (readonly Spot[])[];
}

const keyOf = (value: unknown) => String(value);

/** The better of two: a cell without an objective is worse than any with one. */
function better(a: Spot, b: SweepCell): SweepCell {
  if (a === null || a.objective === null) return b;
  return b.objective !== null && b.objective > a.objective ? b : a;
}

/** Lays the cells out by two axes; over the others each place has its best. Null: no such axis. */
export function heatMap(
  axes: readonly SweepAxis[],
  cells: readonly SweepCell[],
  xName: string,
  yName: string | null,
): HeatMap | null {
  const x = axes.find((one) => one.name === xName);
  const y = yName === null ? null : (axes.find((one) => one.name === yName) ?? null);
  if (!x) return null;
  const column = new Map(x.values.map((value, index) => [keyOf(value), index]));
  const line = new Map(y?.values.map((value, index) => [keyOf(value), index]));
  const rows: Spot[][] = Array.from({ length: y?.values.length ?? 1 }, () =>
    new Array<Spot>(x.values.length).fill(null),
  );
  for (const cell of cells) {
    const at = column.get(keyOf(cell.inputs[x.name]));
    const row = rows[y ? (line.get(keyOf(cell.inputs[y.name])) ?? -1) : 0];
    if (at === undefined || !row) continue;
    row[at] = better(row[at] ?? null, cell);
  }
  return { x, y, rows };
}

/** How strong a place is coloured: 1 to 6, by where it lies between zero and the farthest. */
export function strengthOf(value: number, farthest: number): number {
  if (!(farthest > 0)) return 1;
  return Math.min(6, Math.max(1, Math.ceil((Math.abs(value) / farthest) * 6)));
}

/** The largest distance from zero. */
export function farthestOf(cells: readonly SweepCell[]): number {
  return cells.reduce((most, one) => Math.max(most, Math.abs(one.objective ?? 0)), 0);
}
