import { Button, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, type RefObject, useMemo, useRef, useState } from 'react';
import { PencilIcon, SearchIcon } from '@/components/icons';
import { MessagePanel } from '@/components/message-panel';
import { PracticeBadge } from '@/components/practice-badge';
import type { Instrument } from '@/lib/api/schemas';
import { type InstrumentId, instrumentId, searchInstruments, shortName } from '@/lib/market/instrument';
import type { Tickers } from '@/lib/market/tickers';
import { badgeOf, type SignalBadges } from '@/lib/signals/use-signals';
import { recall, remember } from '@/lib/storage';
import { isOrder, ORDER_NAMES, type Order, orderInstruments } from './order';
import { WatchEditor } from './watch-editor';
import styles from './watch-list.module.css';
import { WatchRow } from './watch-row';

const NO_TICKERS: Tickers = {};

/** The tickers that an order needs; none for those that do not look at prices. */
function useOrderTickers(order: Order): Tickers {
  const query = useQuery({
    queryKey: ['tickers'],
    queryFn: () => NO_TICKERS,
    enabled: false,
    select: (tickers: Tickers) => (order === 'gainers' || order === 'losers' ? tickers : NO_TICKERS),
  });
  return query.data ?? NO_TICKERS;
}

export function WatchList({
  instruments,
  own,
  signals,
  selected,
  market,
  live,
  absent,
  search,
  onSelect,
  onSave,
}: {
  instruments: readonly Instrument[];
  /** The person's own list, in its order; null: all instruments. */
  own: readonly Instrument[] | null;
  /** What the symbols say; null while that is not known. */
  signals: SignalBadges | null;
  selected: InstrumentId | null;
  market: 'live' | 'practice' | 'replay';
  /** False while the prices may be old; they are dimmed then. */
  live: boolean;
  /** Why `instruments` is empty, when it is. */
  absent: 'none' | 'loading' | 'failed';
  /** The search field, so that a shortcut can move to it. */
  search: RefObject<HTMLInputElement | null>;
  onSelect: (instrument: Instrument) => void;
  /** Keeps another list; none in it: all instruments. */
  onSave: (own: readonly Instrument[]) => Promise<unknown>;
}) {
  const [editing, setEditing] = useState(false);
  const [query, setQuery] = useState('');
  const [order, setOrder] = useState<Order>(() => {
    const known = recall('watch-order');
    return isOrder(known) ? known : 'desk';
  });
  const list = useRef<HTMLDivElement>(null);
  const tickers = useOrderTickers(order);
  const shown = useMemo(() => {
    const mine = searchInstruments(query, orderInstruments(own ?? instruments, order, tickers));
    // A search looks through everything that is there; what is in the own list comes first.
    if (own === null || query.trim() === '') return mine;
    return [...mine, ...searchInstruments(query, instruments).filter((one) => !own.includes(one))];
  }, [instruments, order, own, query, tickers]);
  const focusable = shown.find((one) => instrumentId(one) === selected) ?? shown[0];

  const rows = () => [...(list.current?.querySelectorAll<HTMLElement>('[role="row"]') ?? [])];
  const onListKey = (event: KeyboardEvent) => {
    const all = rows();
    const here = (event.target as Element).closest<HTMLElement>('[role="row"]');
    const at = here ? all.indexOf(here) : -1;
    const target = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    if (target < 0) search.current?.focus();
    else all[Math.min(target, all.length - 1)]?.focus();
  };
  const onSearchKey = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') {
      event.preventDefault();
      rows()[0]?.focus();
    } else if (event.key === 'Enter' && shown[0] && !editing) {
      onSelect(shown[0]);
    } else if (event.key === 'Escape') {
      if (query === '') search.current?.blur();
      setQuery('');
    }
  };

  return (
    <nav className={styles.watch} aria-label="Watch list" data-stale={!live || undefined}>
      <div className={styles.head}>
        <TextInput
          ref={search}
          className={styles.search ?? ''}
          size="sm"
          value={query}
          placeholder={editing ? 'Search what to add' : 'Search'}
          aria-label="Search the watch list"
          aria-keyshortcuts="/"
          leftSection={<SearchIcon />}
          rightSection={<kbd className={styles.key}>/</kbd>}
          onChange={(event) => setQuery(event.currentTarget.value)}
          onKeyDown={onSearchKey}
        />
        <div className={styles.line}>
          {!editing && <OrderField order={order} mine={own !== null} onChange={setOrder} />}
          {market !== 'live' && <PracticeBadge market={market} short />}
          <Button
            className={styles.edit ?? ''}
            variant="subtle"
            color="gray"
            size="compact-xs"
            leftSection={editing ? undefined : <PencilIcon />}
            disabled={instruments.length === 0}
            aria-label={editing ? 'Done with the watch list' : 'Edit the watch list'}
            onClick={() => {
              setEditing(!editing);
              setQuery('');
            }}
          >
            {editing ? 'Done' : 'Edit'}
          </Button>
        </div>
      </div>
      {editing ? (
        <WatchEditor instruments={instruments} own={own} query={query} onSave={onSave} />
      ) : shown.length === 0 ? (
        <Nothing query={instruments.length === 0 ? '' : query} absent={absent} onClear={() => setQuery('')} />
      ) : (
        // biome-ignore lint/a11y/useSemanticElements: its rows are blocks, and as many as a market has
        <div
          ref={list}
          className={styles.rows}
          role="grid"
          aria-label="Instruments"
          tabIndex={-1}
          onKeyDown={onListKey}
        >
          {shown.map((instrument) => (
            <WatchRow
              key={instrumentId(instrument)}
              instrument={instrument}
              name={shortName(instrument, instruments)}
              signal={badgeOf(signals, instrumentId(instrument))}
              selected={instrumentId(instrument) === selected}
              focusable={instrument === focusable}
              onSelect={onSelect}
            />
          ))}
        </div>
      )}
    </nav>
  );
}

function OrderField({
  order,
  mine,
  onChange,
}: {
  order: Order;
  /** Whether the order of the list is the person's own. */
  mine: boolean;
  onChange: (order: Order) => void;
}) {
  return (
    <label className={styles.order}>
      <span className={styles.hidden}>Order of the watch list</span>
      <select
        value={order}
        onChange={(event) => {
          const wanted = event.currentTarget.value;
          if (!isOrder(wanted)) return;
          onChange(wanted);
          remember('watch-order', wanted);
        }}
      >
        {Object.entries(ORDER_NAMES).map(([value, name]) => (
          <option key={value} value={value}>
            {value === 'desk' && mine ? 'My order' : name}
          </option>
        ))}
      </select>
    </label>
  );
}

function Nothing({
  query,
  absent,
  onClear,
}: {
  query: string;
  absent: 'none' | 'loading' | 'failed';
  onClear: () => void;
}) {
  if (query === '' && absent === 'loading')
    return <MessagePanel title="Loading the markets…">One moment.</MessagePanel>;
  if (query === '' && absent === 'failed') {
    return (
      <MessagePanel title="Not loaded">The instruments come as soon as the server gives them.</MessagePanel>
    );
  }
  if (query === '') {
    return (
      <MessagePanel title="No instruments">
        The server follows none and has none stored. Name some under “follow” in its configuration, or import
        a file of candles.
      </MessagePanel>
    );
  }
  return (
    <MessagePanel
      title="Nothing found"
      actions={
        <Button size="xs" variant="default" onClick={onClear}>
          Show all
        </Button>
      }
    >
      No instrument has “{query}” in its name.
    </MessagePanel>
  );
}
