import { SortIcon } from '@/components/icons';
import { Link } from '@/components/link';
import type { Instrument } from '@/lib/api/schemas';
import { useFormats } from '@/lib/formats';
import { textName } from '@/lib/language/text-name';
import type { ScreenAnswer, ScreenRow } from '@/lib/language/types';
import { formatPlace } from '@/lib/location';
import { findInstrument, instrumentId, shortName } from '@/lib/market/instrument';
import { useInstruments } from '@/lib/market/use-instruments';
import { durationMs, timeframeName } from '@/lib/timeframe';
import type { Sort } from './screen-address';
import { sorted } from './screen-rows';
import styles from './screener.module.css';

const NONE: readonly Instrument[] = [];

/** What was found, one instrument a row; each opens its chart. */
export function ScreenTable({
  answer,
  sort,
  onSort,
}: {
  answer: ScreenAnswer;
  sort: Sort | null;
  onSort: (sort: Sort) => void;
}) {
  const { data: all = NONE } = useInstruments();
  const rows = sorted(answer.rows, sort);
  const heading = (by: Sort['by'], title: string, number: boolean) => (
    <Heading key={by} title={title} number={number} by={by} sort={sort} onSort={onSort} />
  );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by keyboard
    <section className={styles.scroll} aria-label="Result" tabIndex={0}>
      <table className={styles.table}>
        <caption className={styles.hidden}>
          Instruments found on {timeframeName(answer.timeframe)} bars
        </caption>
        <thead>
          <tr>
            {heading('symbol', 'Instrument', false)}
            {heading('price', 'Price', true)}
            {answer.columns.map(({ title, expr }, index) => heading(index, title || textName(expr), true))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Found key={instrumentId(row)} row={row} answer={answer} all={all} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Heading({
  title,
  number,
  by,
  sort,
  onSort,
}: {
  title: string;
  number: boolean;
  by: Sort['by'];
  sort: Sort | null;
  onSort: (sort: Sort) => void;
}) {
  const order = sort?.by !== by ? 'none' : sort.falling ? 'falling' : 'rising';
  const words = { none: 'none', falling: 'descending', rising: 'ascending' } as const;
  // Numbers are mostly wanted highest first, names from A on.
  const next = { by, falling: order === 'none' ? number : order === 'rising' };
  return (
    <th scope="col" aria-sort={words[order]} data-number={number || undefined}>
      <button type="button" className={styles.sort} title={title} onClick={() => onSort(next)}>
        <span className={styles.columnTitle}>{title}</span>
        <SortIcon order={order} />
      </button>
    </th>
  );
}

function Found({ row, answer, all }: { row: ScreenRow; answer: ScreenAnswer; all: readonly Instrument[] }) {
  const formats = useFormats();
  const instrument = findInstrument(instrumentId(row), all);
  const name = instrument ? shortName(instrument, all) : instrumentId(row);
  const price = instrument
    ? formats.formatPrice(row.price, instrument.tick_size)
    : formats.formatReading(row.price);
  const old = answer.newest_bar !== null && row.time < answer.newest_bar;
  return (
    <tr>
      <th scope="row">
        <Link href={formatPlace(name, answer.timeframe)} className={styles.symbol}>
          {name}
        </Link>
        {old && (
          <span className={styles.old} title="Its newest bar is older than that of the others">
            {formats.formatOpen(row.time, durationMs(answer.timeframe))}
          </span>
        )}
      </th>
      <td>{price}</td>
      {row.values.map((value, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
        <td key={index}>{value === null ? '–' : formats.formatReading(value)}</td>
      ))}
    </tr>
  );
}
