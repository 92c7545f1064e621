/** A link of the board: whose row, and the how manieth of its links. */
export interface GridPlace {
  readonly row: string;
  readonly column: number;
}

/** Where a key leads from a place in a grid of so many rows and columns; null: it is no key of a grid. */
export function nextPlace(
  key: string,
  { row, column }: { readonly row: number; readonly column: number },
  rows: number,
  columns: number,
): { readonly row: number; readonly column: number } | null {
  const within = (value: number, size: number) => Math.min(Math.max(0, size - 1), Math.max(0, value));
  switch (key) {
    case 'ArrowUp':
      return { row: within(row - 1, rows), column };
    case 'ArrowDown':
      return { row: within(row + 1, rows), column };
    case 'ArrowLeft':
      return { row, column: within(column - 1, columns) };
    case 'ArrowRight':
      return { row, column: within(column + 1, columns) };
    case 'Home':
      return { row, column: 0 };
    case 'End':
      return { row, column: within(columns, columns) };
    case 'PageUp':
      return { row: 0, column };
    case 'PageDown':
      return { row: within(rows, rows), column };
    default:
      return null;
  }
}

/** Moves the focus among the links of a table's rows; false where the key means nothing there. */
export function moveInGrid(body: HTMLTableSectionElement, key: string): boolean {
  const rows = [...body.rows].map((row) => [...row.querySelectorAll('a')]);
  const focused = document.activeElement;
  const row = rows.findIndex((links) => links.some((link) => link === focused));
  const links = rows[row];
  if (!links) return false;
  const column = links.indexOf(focused as HTMLAnchorElement);
  const next = nextPlace(key, { row, column }, rows.length, links.length);
  if (!next) return false;
  rows[next.row]?.[next.column]?.focus();
  return true;
}
