import { Button } from '@mantine/core';
import { useEffect, useMemo, useRef, useState } from 'react';
import { MessagePanel } from '@/components/message-panel';
import { Section } from '@/components/page-frame';
import { ProblemNote } from '@/components/problem-note';
import { useFormats } from '@/lib/formats';
import type { Trade } from '@/lib/lab/strategy-schemas';
import { durationMs, type Timeframe } from '@/lib/timeframe';
import styles from '../lab.module.css';
import { SortHeading } from '../sort-heading';
import { moneyText, shareText } from './figure-words';
import own from './result.module.css';
import { PAGE_ROWS, pageOf, sortedTrades, type TradeColumn, type TradeSort } from './trade-rows';
import type { SymbolView } from './use-symbol-view';
import type { Trades } from './use-trades';

/** Every trade; one that is chosen is shown on the chart, and the other way round. */
export function TradeTable({
  trades,
  view,
  timeframe,
  quote,
  selected,
  onSelect,
  onPoint,
}: {
  trades: Trades;
  view: SymbolView;
  timeframe: Timeframe;
  quote: string;
  selected: number | null;
  onSelect: (id: number | null) => void;
  /** The pointer rests on a trade; null: on none. */
  onPoint: (id: number | null) => void;
}) {
  const formats = useFormats();
  const resting = useResting(onPoint);
  const [sort, setSort] = useState<TradeSort>({ by: 'id', falling: false });
  const [page, setPage] = useState(0);
  const { only, isOnly } = view;
  const rows = useMemo(
    () => sortedTrades(only === null ? trades.all : trades.all.filter(isOnly), sort),
    [trades.all, sort, only, isOnly],
  );
  const pages = Math.max(1, Math.ceil(rows.length / PAGE_ROWS));
  // One that was chosen on the chart is turned to.
  useEffect(() => {
    setPage(
      selected === null ? (known) => (known * PAGE_ROWS < rows.length ? known : 0) : pageOf(rows, selected),
    );
  }, [selected, rows]);

  if (trades.all.length === 0) {
    return (
      <Section title="Trades">
        <MessagePanel title="No trades">It never entered the market in this period.</MessagePanel>
      </Section>
    );
  }
  const money = quote && `, ${quote}`;
  const heading = (by: TradeColumn, title: string, text = false) => (
    <SortHeading
      title={title}
      by={by}
      text={text}
      falls={!text && by !== 'entry_time'}
      sort={sort}
      onSort={setSort}
    />
  );
  const missing = trades.total - trades.all.length;
  return (
    <Section
      title="Trades"
      actions={
        <>
          <span className={styles.dim}>
            {view.alone && `${formats.formatCount(rows.length)} of ${view.alone.symbol}, `}
            {formats.formatCount(trades.total)} in all
            {missing > 0 && `, the first ${formats.formatCount(trades.all.length)} are here`}
          </span>
          {view.alone && (
            <Button size="compact-xs" variant="default" onClick={() => view.show(null)}>
              All symbols
            </Button>
          )}
        </>
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by keyboard */}
      <section className={styles.scroll} aria-label="Trades" tabIndex={0}>
        <table className={styles.table}>
          <thead>
            <tr>
              {heading('id', 'No.', true)}
              {view.several && heading('symbol', 'Symbol', true)}
              {heading('side', 'Side', true)}
              {heading('entry_time', 'Entry')}
              {heading('entry_price', 'at')}
              {heading('exit_time', 'Exit')}
              {heading('exit_price', 'at')}
              {heading('exit_reason', 'by', true)}
              {heading('pnl', `Profit${money}`)}
              {heading('pnl_pct', '%')}
              {heading('mae', 'MAE %')}
              {heading('mfe', 'MFE %')}
              {heading('bars', 'Bars')}
              {heading('fees', 'Fees')}
              {heading('quantity', 'Quantity')}
            </tr>
          </thead>
          <tbody onPointerLeave={() => resting(null)}>
            {rows.slice(page * PAGE_ROWS, (page + 1) * PAGE_ROWS).map((trade) => (
              <Row
                key={trade.id}
                trade={trade}
                barMs={durationMs(timeframe)}
                symbol={view.several ? (view.of(trade)?.symbol ?? trade.symbol) : null}
                tickSize={view.tickSize(trade)}
                chosen={trade.id === selected}
                onPoint={() => resting(trade.id)}
                onChoose={() => {
                  // What is chosen is shown, and nothing that was pointed at on the way there.
                  resting(null, 0);
                  onSelect(trade.id === selected ? null : trade.id);
                }}
              />
            ))}
          </tbody>
        </table>
      </section>
      <div className={own.pages}>
        <Button size="compact-xs" variant="default" disabled={page === 0} onClick={() => setPage(page - 1)}>
          Earlier rows
        </Button>
        <span className={styles.dim}>
          {formats.formatCount(Math.min(rows.length, page * PAGE_ROWS + 1))} to{' '}
          {formats.formatCount(Math.min(rows.length, (page + 1) * PAGE_ROWS))} of{' '}
          {formats.formatCount(rows.length)}
        </span>
        <Button
          size="compact-xs"
          variant="default"
          disabled={page + 1 >= pages}
          onClick={() => setPage(page + 1)}
        >
          Later rows
        </Button>
        {missing > 0 && (
          <Button size="compact-xs" variant="default" loading={trades.busy} onClick={trades.more}>
            Load more trades
          </Button>
        )}
      </div>
      {trades.problem && <ProblemNote>{trades.problem.message}</ProblemNote>}
    </Section>
  );
}

/** A pointer on its way over the rows is no wish to see each. */
const RESTS_MS = 150;

function useResting(tell: (id: number | null) => void): (id: number | null, afterMs?: number) => void {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (id, afterMs = RESTS_MS) => {
    clearTimeout(timer.current);
    if (afterMs === 0) tell(id);
    else timer.current = setTimeout(() => tell(id), afterMs);
  };
}

function Row({
  trade,
  symbol,
  barMs,
  tickSize,
  chosen,
  onPoint,
  onChoose,
}: {
  trade: Trade;
  /** Null: there is but one. */
  symbol: string | null;
  barMs: number;
  tickSize: string;
  chosen: boolean;
  onPoint: () => void;
  onChoose: () => void;
}) {
  const formats = useFormats();
  const tone = trade.pnl > 0 ? 'up' : trade.pnl < 0 ? 'down' : undefined;
  const open = trade.exit_reason === 'open';
  return (
    // By keyboard the button in its first cell does the same.
    <tr
      className={own.row}
      data-current={chosen || undefined}
      onPointerEnter={(event) => event.pointerType === 'mouse' && onPoint()}
      onClick={onChoose}
    >
      <td data-text>
        <button
          type="button"
          className={own.choose}
          aria-pressed={chosen}
          aria-label={`Show trade ${trade.id} on the chart`}
        >
          {trade.id}
        </button>
      </td>
      {symbol !== null && <td data-text>{symbol}</td>}
      <td data-text>{trade.side === 'long' ? '▲ long' : '▼ short'}</td>
      <td>{formats.formatOpen(trade.entry_time, barMs)}</td>
      <td>{formats.formatPrice(trade.entry_price, tickSize)}</td>
      <td>{open ? 'open' : formats.formatOpen(trade.exit_time, barMs)}</td>
      <td>{formats.formatPrice(trade.exit_price, tickSize)}</td>
      <td data-text>{trade.exit_reason.replaceAll('_', ' ')}</td>
      <td data-tone={tone}>{moneyText(formats, trade.pnl, true)}</td>
      <td data-tone={tone}>{formats.formatChange(trade.pnl_pct / 100)}</td>
      <td>{shareText(formats, trade.mae / 100)}</td>
      <td>{shareText(formats, trade.mfe / 100)}</td>
      <td>{formats.formatCount(trade.bars)}</td>
      <td>{moneyText(formats, trade.fees)}</td>
      <td>{formats.formatReading(trade.quantity)}</td>
    </tr>
  );
}
