import { SortIcon } from '@/components/icons';
import styles from './lab.module.css';

/** By which column a table stands, and which way. */
export interface Sorting<Column extends string> {
  readonly by: Column;
  readonly falling: boolean;
}

const WORDS = { none: 'none', falling: 'descending', rising: 'ascending' } as const;

/** The head of a column that the table is sorted by when it is pressed. */
export function SortHeading<Column extends string>({
  title,
  by,
  text = false,
  falls = !text,
  sort,
  onSort,
}: {
  title: string;
  by: Column;
  /** It stands left. */
  text?: boolean;
  /** Pressed first, the greatest comes first. */
  falls?: boolean;
  sort: Sorting<Column>;
  onSort: (sort: Sorting<Column>) => void;
}) {
  const order = sort.by !== by ? 'none' : sort.falling ? 'falling' : 'rising';
  return (
    <th scope="col" aria-sort={WORDS[order]} data-text={text || undefined}>
      <button
        type="button"
        className={styles.sort}
        onClick={() => onSort({ by, falling: order === 'none' ? falls : order === 'rising' })}
      >
        {title}
        <SortIcon order={order} />
      </button>
    </th>
  );
}
