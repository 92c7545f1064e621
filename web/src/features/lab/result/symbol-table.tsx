import { Button } from '@mantine/core';
import { useState } from 'react';
import { Section } from '@/components/page-frame';
import { useFormats } from '@/lib/formats';
import type { Run, SymbolPart } from '@/lib/lab/run-schemas';
import { symbolId } from '@/lib/lab/symbols';
import styles from '../lab.module.css';
import { SortHeading, type Sorting } from '../sort-heading';
import { moneyText, shareText } from './figure-words';
import own from './result.module.css';
import { limitsWords, type SymbolColumn, sortedParts, winRate } from './symbol-rows';

/** Rows before the others are asked for. */
const FIRST_ROWS = 12;

/** What each symbol added; one that is chosen is shown alone. */
export function SymbolTable({
  run,
  quote,
  only,
  onOnly,
}: {
  run: Run;
  quote: string;
  /** The one that is shown alone; null: all are. */
  only: string | null;
  onOnly: (id: string | null) => void;
}) {
  const formats = useFormats();
  const [sort, setSort] = useState<Sorting<SymbolColumn>>({ by: 'net_profit', falling: true });
  const [all, setAll] = useState(false);
  const parts = run.symbols ?? [];
  if (parts.length < 2) return null;
  const rows = sortedParts(parts, sort);
  const shown = all ? rows : rows.slice(0, FIRST_ROWS);
  const money = quote && `, ${quote}`;
  const venues = new Set(parts.map((one) => one.venue)).size > 1;
  const heading = (by: SymbolColumn, title: string) => (
    <SortHeading title={title} by={by} text={by === 'symbol'} sort={sort} onSort={setSort} />
  );
  const percent = (value: number) => `${formats.formatFixed(value, Number.isInteger(value) ? 0 : 2)}\u00a0%`;
  return (
    <Section
      title="By symbol"
      about={
        <>
          {run.limits && limitsWords(run.limits, parts.length, percent)} Choose a symbol to see its trades
          alone.
        </>
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by keyboard */}
      <section className={styles.scroll} aria-label="Result by symbol" tabIndex={0}>
        <table className={styles.table}>
          <thead>
            <tr>
              {heading('symbol', 'Symbol')}
              {heading('net_profit', `Profit${money}`)}
              {heading('trades', 'Trades')}
              {heading('won', 'Won')}
              {heading('fees', 'Fees')}
              {heading('slippage', 'Slippage')}
            </tr>
          </thead>
          <tbody>
            {shown.map((part) => (
              <Row
                key={symbolId(part)}
                part={part}
                venue={venues}
                chosen={symbolId(part) === only}
                onChoose={() => onOnly(symbolId(part) === only ? null : symbolId(part))}
              />
            ))}
          </tbody>
        </table>
      </section>
      {rows.length > FIRST_ROWS && (
        <div className={own.pages}>
          <Button size="compact-xs" variant="default" aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? `The first ${FIRST_ROWS}` : `All ${rows.length} symbols`}
          </Button>
        </div>
      )}
    </Section>
  );
}

function Row({
  part,
  venue,
  chosen,
  onChoose,
}: {
  part: SymbolPart;
  venue: boolean;
  chosen: boolean;
  onChoose: () => void;
}) {
  const formats = useFormats();
  const { net_profit: profit } = part;
  const won = winRate(part);
  return (
    // By keyboard the button in its first cell does the same.
    <tr className={own.row} data-current={chosen || undefined} onClick={onChoose}>
      <th scope="row">
        <button type="button" className={own.choose} aria-pressed={chosen}>
          {part.symbol}
        </button>
        {venue && <span className={styles.dim}> {part.venue}</span>}
      </th>
      <td data-tone={profit > 0 ? 'up' : profit < 0 ? 'down' : undefined}>
        {moneyText(formats, profit, true)}
      </td>
      <td>{formats.formatCount(part.trades)}</td>
      <td data-absent={won === null || undefined}>{won === null ? 'n/a' : shareText(formats, won)}</td>
      <td>{moneyText(formats, part.fees)}</td>
      <td>{moneyText(formats, part.slippage)}</td>
    </tr>
  );
}
