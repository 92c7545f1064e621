import { type CSSProperties, useRef, useState } from 'react';
import { DirectionMark } from '@/components/direction-mark';
import { SortIcon } from '@/components/icons';
import { Link } from '@/components/link';
import { PracticeBadge } from '@/components/practice-badge';
import type { Instrument } from '@/lib/api/schemas';
import { useFormats } from '@/lib/formats';
import { navigate, signalsPath } from '@/lib/location';
import { findInstrument, instrumentId, shortName } from '@/lib/market/instrument';
import { useInstruments } from '@/lib/market/use-instruments';
import { FIRST_HORIZON, type Horizon, SIGNAL_TIMEFRAMES, toneOf } from '@/lib/signals/direction';
import type { SignalSummary } from '@/lib/signals/schemas';
import { noProbability, percent, scoreText } from '@/lib/signals/words';
import { timeframeName } from '@/lib/timeframe';
import { StaleMark } from '../stale-mark';
import styles from './board.module.css';
import type { BoardColumn, BoardSort } from './board-address';
import { type GridPlace, moveInGrid } from './grid-keys';
import { HeatCell } from './heat-cell';

const NONE: readonly Instrument[] = [];

/** Every symbol a row, every timeframe a cell. */
export function BoardTable({
  rows,
  horizon,
  sort,
  marked,
  onSort,
}: {
  rows: readonly SignalSummary[];
  horizon: Horizon;
  sort: BoardSort | null;
  /** Whether each practice symbol is marked as such; else the table as a whole is. */
  marked: boolean;
  onSort: (sort: BoardSort) => void;
}) {
  const { data: all = NONE } = useInstruments();
  const heading = (by: BoardColumn, title: string, about?: string) => (
    <Heading key={by} by={by} title={title} about={about ?? title} sort={sort} onSort={onSort} />
  );
  const [active, setActive] = useState<GridPlace>({ row: '', column: 0 });
  const body = useRef<HTMLTableSectionElement>(null);
  // Where the focus enters: the cell that had it last, else the first.
  const entry = rows.some((one) => instrumentId(one) === active.row)
    ? active
    : { row: rows[0] ? instrumentId(rows[0]) : '', column: 0 };
  return (
    <section className={styles.scroll} aria-label="Signals of all symbols">
      {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: arrows move in it, and it is one stop of the tab key */}
      <table className={styles.table} role="grid">
        <caption className={styles.hidden}>What each symbol says over a horizon of {horizon}</caption>
        <thead>
          <tr>
            {heading('symbol', 'Symbol')}
            {heading('price', 'Price', 'Price at the newest closed bar')}
            {heading('score', 'Score', 'Score of the timeframe that leads, confirmed by the longer ones')}
            {SIGNAL_TIMEFRAMES.map((one) => heading(one, one, `Score on ${timeframeName(one)}`))}
            {heading('confidence', 'Confidence', 'Share of the votes that points the way of the score')}
            {heading('probability', 'Probability', 'Chance that a trade that way ends above its costs')}
          </tr>
        </thead>
        <tbody
          ref={body}
          onKeyDown={(event) => {
            if (body.current && moveInGrid(body.current, event.key)) event.preventDefault();
          }}
        >
          {rows.map((row) => (
            <Row
              key={instrumentId(row)}
              row={row}
              all={all}
              horizon={horizon}
              marked={marked}
              entry={entry.row === instrumentId(row) ? entry.column : null}
              onFocus={(column) => setActive({ row: instrumentId(row), column })}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Heading({
  by,
  title,
  about,
  sort,
  onSort,
}: {
  by: BoardColumn;
  title: string;
  about: string;
  sort: BoardSort | null;
  onSort: (sort: BoardSort) => void;
}) {
  const order = sort?.by !== by ? 'none' : sort.falling ? 'falling' : 'rising';
  const words = { none: 'none', falling: 'descending', rising: 'ascending' } as const;
  // Numbers are mostly wanted highest first, names from A on.
  const next = { by, falling: order === 'none' ? by !== 'symbol' : order === 'rising' };
  return (
    <th scope="col" aria-sort={words[order]} data-column={by}>
      <button type="button" className={styles.sort} title={about} onClick={() => onSort(next)}>
        {title}
        <SortIcon order={order} />
      </button>
    </th>
  );
}

function Row({
  row,
  all,
  horizon,
  marked,
  entry,
  onFocus,
}: {
  row: SignalSummary;
  all: readonly Instrument[];
  horizon: Horizon;
  marked: boolean;
  /** Which of its links the tab key leads to; null: none. */
  entry: number | null;
  onFocus: (column: number) => void;
}) {
  const formats = useFormats();
  const instrument = findInstrument(instrumentId(row), all);
  const name = instrument ? shortName(instrument, all) : instrumentId(row);
  // Before the instruments are known, nobody can say whether the bare name would do.
  const shown = all.length === 0 ? row.symbol : name;
  const shared = horizon === FIRST_HORIZON ? {} : { h: horizon };
  const price =
    row.price === null
      ? '–'
      : instrument
        ? formats.formatPrice(row.price, instrument.tick_size)
        : formats.formatReading(row.price);
  const href = signalsPath(name, shared);
  const reach = (column: number) => ({
    tabIndex: entry === column ? 0 : -1,
    onFocus: () => onFocus(column),
  });
  return (
    <tr
      data-stale={row.stale || undefined}
      onClick={({ target }) => {
        if (!(target as Element).closest('a')) navigate(href);
      }}
    >
      <th scope="row">
        <span className={styles.who}>
          <Link href={href} className={styles.symbol} {...reach(0)}>
            {shown}
          </Link>
          {marked && row.practice && <PracticeBadge market="practice" short />}
        </span>
        <span className={styles.priceBelow}>{price}</span>
        <span className={styles.old}>
          <StaleMark stale={row.stale} since={row.stale_since} />
        </span>
      </th>
      <td data-column="price">{price}</td>
      <td data-column="score">
        <Score row={row} />
      </td>
      {SIGNAL_TIMEFRAMES.map((timeframe, index) => {
        const cell = row.timeframes.find((one) => one.timeframe === timeframe);
        return cell ? (
          <HeatCell
            key={timeframe}
            cell={cell}
            href={signalsPath(name, { ...shared, tf: timeframe })}
            reach={reach(1 + index)}
          />
        ) : (
          <td key={timeframe}>–</td>
        );
      })}
      <td>{row.confidence === null ? '–' : percent(formats, row.confidence)}</td>
      <td className={styles.probability}>
        {row.probability === null ? (
          <span className={styles.absent}>{noProbability(row.direction)}</span>
        ) : (
          percent(formats, row.probability)
        )}
      </td>
    </tr>
  );
}

/** The score with its word, and a bar from the middle to it. */
function Score({ row }: { row: SignalSummary }) {
  const score = row.score ?? 50;
  const bar = { '--from': Math.min(50, score), '--to': Math.max(50, score) } as CSSProperties;
  return (
    <div className={styles.score}>
      <span className={styles.scoreLine}>
        <b>{scoreText(row.score)}</b> <DirectionMark direction={row.direction} />
      </span>
      <span className={styles.bar} data-tone={toneOf(row.direction)} style={bar} aria-hidden="true" />
    </div>
  );
}
