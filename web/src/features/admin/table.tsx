import type { ReactNode, TdHTMLAttributes } from 'react';
import styles from './admin.module.css';

/*
 * A table that a narrow screen lays out as blocks. That takes its meaning from it, so each part names its role; the linter
 * takes the roles for superfluous.
 */

export function Table({
  name,
  columns,
  children,
}: {
  name: string;
  /** A heading that is only read out stands in brackets: `[What can be done]`. */
  columns: readonly string[];
  children: ReactNode;
}) {
  return (
    // biome-ignore lint/a11y/noRedundantRoles: see above
    <table className={styles.table} role="table" aria-label={name}>
      {/* biome-ignore lint/a11y/noRedundantRoles: see above */}
      <thead role="rowgroup">
        <Row>
          {columns.map((column) => (
            // biome-ignore lint/a11y/noRedundantRoles: see above
            <th key={column} scope="col" role="columnheader">
              {column.startsWith('[') ? <span className={styles.hidden}>{column.slice(1, -1)}</span> : column}
            </th>
          ))}
        </Row>
      </thead>
      {/* biome-ignore lint/a11y/noRedundantRoles: see above */}
      <tbody role="rowgroup">{children}</tbody>
    </table>
  );
}

export function Row({ children }: { children: ReactNode }) {
  // biome-ignore lint/a11y/noRedundantRoles: see above
  return <tr role="row">{children}</tr>;
}

/** `label` is what a narrow screen, which shows no headings, sets before it. `full`: it has a line of its own there. */
export function Cell({
  label,
  full = false,
  actions = false,
  ...rest
}: TdHTMLAttributes<HTMLTableCellElement> & { label?: string; full?: boolean; actions?: boolean }) {
  return (
    <td
      {...rest}
      // biome-ignore lint/a11y/noRedundantRoles: see above
      role="cell"
      data-label={label}
      data-full={full || undefined}
      data-actions={actions || undefined}
    />
  );
}
