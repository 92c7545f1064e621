import { memo, type ReactNode, type RefObject, useEffect, useRef, useState } from 'react';
import { SignalBadge } from '@/components/signal-badge';
import type { Instrument } from '@/lib/api/schemas';
import { useFormats } from '@/lib/formats';
import { signalsPath } from '@/lib/location';
import { useTicker } from '@/lib/market/use-tickers';
import { direction } from '@/lib/numbers';
import type { SignalSummary } from '@/lib/signals/schemas';
import { sparklinePath } from './sparkline';
import { useSparkline } from './use-sparkline';
import styles from './watch-row.module.css';

const LINE_WIDTH = 60;
const LINE_HEIGHT = 26;

/** True once the element has been in view: rows further down cost no request until they are looked at. */
function useSeen(element: RefObject<HTMLElement | null>): boolean {
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (!element.current || seen) return;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) setSeen(true);
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element, seen]);
  return seen;
}

/** The price; it is tinted for a moment in the direction it moved. */
function LivePrice({ price, tickSize }: { price: number | null; tickSize: string }) {
  const { formatPrice } = useFormats();
  const before = useRef(price);
  const [move, setMove] = useState<{ tone: 'up' | 'down' | 'flat'; count: number }>({
    tone: 'flat',
    count: 0,
  });
  useEffect(() => {
    const last = before.current;
    before.current = price;
    if (price === null || last === null || price === last) return;
    setMove(({ count }) => ({ tone: price > last ? 'up' : 'down', count: count + 1 }));
  }, [price]);
  if (price === null) return <span className={styles.price}>–</span>;
  return (
    // Another key starts the tint anew.
    <span key={move.count} className={styles.price} data-move={move.tone}>
      {formatPrice(price, tickSize)}
    </span>
  );
}

function Cell({ className, children }: { className: string | undefined; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive: blocks in a grid, whose rows take the focus
    <span className={className} role="gridcell">
      {children}
    </span>
  );
}

interface WatchRowProps {
  readonly instrument: Instrument;
  /** What its signals say: null where they say nothing, undefined while that is not known. */
  readonly signal: SignalSummary | null | undefined;
  /** As it is written in an address. */
  readonly name: string;
  readonly selected: boolean;
  readonly focusable: boolean;
  readonly onSelect: (instrument: Instrument) => void;
}

export const WatchRow = memo(function WatchRow({
  instrument,
  signal,
  name,
  selected,
  focusable,
  onSelect,
}: WatchRowProps) {
  const { formatChange, formatDay } = useFormats();
  const row = useRef<HTMLDivElement>(null);
  const seen = useSeen(row);
  const ticker = useTicker(instrument, seen);
  const closes = useSparkline(instrument, seen);
  const price = ticker?.price ?? null;
  const values = price === null || !instrument.followed ? closes : [...closes, price];
  const change = ticker?.change_24h ?? null;
  const tone = direction(change);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a row of blocks
    <div
      ref={row}
      role="row"
      aria-selected={selected}
      tabIndex={focusable ? 0 : -1}
      className={styles.row}
      onClick={(event) => {
        if (!(event.target as Element).closest('a')) onSelect(instrument);
      }}
      onKeyDown={(event) => {
        const { target, currentTarget, key } = event;
        const link = currentTarget.querySelector('a');
        if (key === 'ArrowRight') link?.focus();
        if (target !== currentTarget) {
          if (key === 'ArrowLeft') currentTarget.focus();
          return;
        }
        if (key !== 'Enter' && key !== ' ') return;
        event.preventDefault();
        onSelect(instrument);
      }}
    >
      <Cell className={styles.name}>
        <span className={styles.base}>{instrument.base}</span>
        <span className={styles.quote}>
          {instrument.followed || !ticker?.time
            ? instrument.quote
            : `${instrument.quote} · ${formatDay(ticker.time)}`}
        </span>
      </Cell>
      <Cell className={styles.signal}>
        <SignalBadge name={name} href={signalsPath(name)} signal={signal} tabIndex={-1} />
      </Cell>
      <svg
        className={styles.line}
        data-tone={tone}
        width={LINE_WIDTH}
        height={LINE_HEIGHT}
        viewBox={`0 0 ${LINE_WIDTH} ${LINE_HEIGHT}`}
        aria-hidden="true"
      >
        <path d={sparklinePath(values, LINE_WIDTH, LINE_HEIGHT)} />
      </svg>
      <Cell className={styles.numbers}>
        <LivePrice price={price} tickSize={instrument.tick_size} />
        <span className={styles.change} data-tone={tone}>
          {change === null ? '–' : formatChange(change)}
        </span>
      </Cell>
    </div>
  );
});
