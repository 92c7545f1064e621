import type { SweepAxis, SweepCell } from '@/lib/lab/sweep-schemas';

/** One place of a heat map: the best of all cells that lie there; null: none is done yet. */
export type Spot = SweepCell | null;

/** An axis as it is drawn: each place stands for so many of its values that follow each other. */
export interface HeatAxis {
  readonly name: string;
  /** The first value of each place. */
  readonly labels: readonly string[];
  readonly each: number;
}

export interface HeatMap {
  readonly x: HeatAxis;
  /** Null: there is one axis alone. */
  readonly y: HeatAxis | null;
  /** Rows by the places of `y`, in them columns by those of `x`. */
  readonly rows: readonly (readonly Spot[])[];
}

/** Places along an axis: more are too small to be seen apart, and too many to be drawn. */
const PLACES_MAX = 60;

const keyOf = (value: unknown) => String(value);

function heatAxis({ name, values }: SweepAxis): HeatAxis {
  const each = Math.ceil(values.length / PLACES_MAX);
  return { name, labels: values.filter((_, index) => index % each === 0).map(keyOf), each };
}

/** The place of each value. */
function placesOf({ values }: SweepAxis, { each }: HeatAxis): ReadonlyMap<string, number> {
  return new Map(values.map((value, index) => [keyOf(value), Math.floor(index / each)]));
}

/** The better of two: a cell without an objective is worse than any with one. */
function better(a: Spot, b: SweepCell): SweepCell {
  if (a === null || a.objective === null) return b;
  return b.objective !== null && b.objective > a.objective ? b : a;
}

/** Lays the cells out by two axes; each place has the best of what lies there, over the other axes too. Null: no such axis. */
export function heatMap(
  axes: readonly SweepAxis[],
  cells: readonly SweepCell[],
  xName: string,
  yName: string | null,
): HeatMap | null {
  const across = axes.find((one) => one.name === xName);
  const down = yName === null ? null : (axes.find((one) => one.name === yName) ?? null);
  if (!across) return null;
  const [x, y] = [heatAxis(across), down && heatAxis(down)];
  const column = placesOf(across, x);
  const line = down && y && placesOf(down, y);
  const rows: Spot[][] = Array.from({ length: y?.labels.length ?? 1 }, () =>
    new Array<Spot>(x.labels.length).fill(null),
  );
  for (const cell of cells) {
    const at = column.get(keyOf(cell.inputs[x.name]));
    const row = rows[y && line ? (line.get(keyOf(cell.inputs[y.name])) ?? -1) : 0];
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
