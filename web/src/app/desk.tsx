import { Button, Drawer } from '@mantine/core';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { MessagePanel } from '@/components/message-panel';
import { HistoryCard } from '@/features/feed-status/history-card';
import { WatchList } from '@/features/watchlist/watch-list';
import { ApiProblem } from '@/lib/api/problem';
import type { Instrument } from '@/lib/api/schemas';
import { usePlace } from '@/lib/location';
import { findInstrument, instrumentId, nearestSymbols, shortName } from '@/lib/market/instrument';
import { useInstruments } from '@/lib/market/use-instruments';
import { useStaleReason } from '@/lib/market/use-live';
import { useMarketStatus } from '@/lib/market/use-market-status';
import { ownInstruments, useWatchlist } from '@/lib/market/use-watchlist';
import { badgeOf, useSignalBadges } from '@/lib/signals/use-signals';
import { recall, remember } from '@/lib/storage';
import { isTimeframe, neighbourTimeframe, type Timeframe } from '@/lib/timeframe';
import styles from './desk.module.css';
import { DeskChart } from './desk-chart';
import type { DeskInBar } from './top-bar';
import { useNarrow } from './use-narrow';
import { useShortcuts } from './use-shortcuts';

const FIRST_TIMEFRAME: Timeframe = '15m';

/** The timeframe wanted, or the nearest coarser one that the instrument has. */
function usableTimeframe(wanted: Timeframe, instrument: Instrument): Timeframe {
  if (instrument.timeframes.includes(wanted)) return wanted;
  const coarser = neighbourTimeframe(wanted, 1, instrument.timeframes);
  return coarser === wanted ? neighbourTimeframe(wanted, -1, instrument.timeframes) : coarser;
}

/** The chart of one instrument, and the watch list beside it. */
export function Desk({
  scheme,
  defaultSymbol,
  bar,
}: {
  scheme: 'dark' | 'light';
  /** What the bare address shows; null: what was shown last; undefined: it is not known yet. */
  defaultSymbol: string | null | undefined;
  /** What stands across the top. */
  bar: (desk: DeskInBar) => ReactNode;
}) {
  const instruments = useInstruments();
  const { data: status } = useMarketStatus();
  const [place, go] = usePlace();
  const narrow = useNarrow();
  const [listOpen, setListOpen] = useState(false);
  const search = useRef<HTMLInputElement>(null);

  const all = useMemo(() => instruments.data ?? [], [instruments.data]);
  const watchlist = useWatchlist();
  const signals = useSignalBadges();
  const own = useMemo(() => ownInstruments(watchlist.symbols, all), [watchlist.symbols, all]);
  const instrument = place.symbol === null ? undefined : findInstrument(place.symbol, all);
  const remembered = recall('timeframe') ?? '';
  const wanted = place.timeframe ?? (isTimeframe(remembered) ? remembered : FIRST_TIMEFRAME);
  const timeframe = instrument ? usableTimeframe(wanted, instrument) : wanted;

  // An address without a symbol or with a timeframe that is not there becomes one that says what is shown.
  useEffect(() => {
    const first = all[0];
    if (place.symbol === null && first) {
      if (defaultSymbol === undefined) return;
      const last = findInstrument(defaultSymbol ?? recall('symbol') ?? '', all) ?? first;
      go(shortName(last, all), wanted, 'replace');
    } else if (instrument && place.timeframe !== timeframe) {
      go(shortName(instrument, all), timeframe, 'replace');
    }
  }, [all, defaultSymbol, go, instrument, place.symbol, place.timeframe, timeframe, wanted]);

  const show = (next: Instrument, on: Timeframe = timeframe) => {
    remember('symbol', instrumentId(next));
    remember('timeframe', on);
    go(shortName(next, all), on);
    setListOpen(false);
  };
  const step = (by: 1 | -1) => {
    const list = own ?? all;
    const at = instrument ? list.indexOf(instrument) : -1;
    const next = list[(Math.max(at, by === 1 ? -1 : 0) + by + list.length) % Math.max(1, list.length)];
    if (next) show(next);
  };
  const stepTimeframe = (by: 1 | -1) => {
    if (instrument) show(instrument, neighbourTimeframe(timeframe, by, instrument.timeframes));
  };
  const openSearch = () => {
    if (!narrow) {
      search.current?.focus();
      return;
    }
    setListOpen(true);
    // The drawer's field is there after the next frame.
    setTimeout(() => search.current?.focus(), 50);
  };
  useShortcuts({
    '/': openSearch,
    '[': () => stepTimeframe(-1),
    ']': () => stepTimeframe(1),
    j: () => step(1),
    k: () => step(-1),
    c: () => document.getElementById('chart')?.focus(),
  });

  const market = status?.market ?? 'live';
  const stale = useStaleReason();
  const list = (
    <>
      <WatchList
        instruments={all}
        own={own}
        signals={signals}
        onSave={(next) => watchlist.save.mutateAsync(next)}
        selected={instrument ? instrumentId(instrument) : null}
        market={market}
        live={stale === null}
        absent={instruments.data ? 'none' : instruments.failureReason ? 'failed' : 'loading'}
        search={search}
        onSelect={(chosen) => show(chosen)}
      />
      <HistoryCard />
    </>
  );

  return (
    <div className={styles.desk}>
      {bar({ symbol: instrument?.symbol ?? place.symbol ?? 'Markets', onOpenList: () => setListOpen(true) })}
      <div className={styles.body}>
        {narrow ? (
          <Drawer
            opened={listOpen}
            onClose={() => setListOpen(false)}
            title="Watch list"
            size="min(100%, 420px)"
            lockScroll={false}
            closeButtonProps={{ 'aria-label': 'Close the watch list' }}
            classNames={{
              content: styles.drawer ?? '',
              body: styles.drawerBody ?? '',
              header: styles.drawerHeader ?? '',
            }}
          >
            {list}
          </Drawer>
        ) : (
          <aside className={styles.side}>{list}</aside>
        )}
        <main className={styles.main}>
          {instrument ? (
            <DeskChart
              instrument={instrument}
              timeframe={timeframe}
              scheme={scheme}
              signal={badgeOf(signals, instrumentId(instrument))}
              onTimeframe={(next) => show(instrument, next)}
            />
          ) : (
            <NoChart
              symbol={place.symbol}
              all={all}
              loading={instruments.isPending}
              problem={instruments.data ? null : instruments.failureReason}
              onSelect={(chosen) => show(chosen)}
              onRetry={() => instruments.refetch()}
            />
          )}
        </main>
      </div>
    </div>
  );
}

function NoChart({
  symbol,
  all,
  loading,
  problem,
  onSelect,
  onRetry,
}: {
  symbol: string | null;
  all: readonly Instrument[];
  loading: boolean;
  problem: Error | null;
  onSelect: (instrument: Instrument) => void;
  onRetry: () => void;
}) {
  if (problem) {
    return (
      <MessagePanel
        role="alert"
        title={
          problem instanceof ApiProblem && problem.code === 'unreachable'
            ? 'No server'
            : 'The markets could not be loaded'
        }
        actions={
          <Button size="xs" onClick={onRetry}>
            Try again
          </Button>
        }
      >
        {problem.message}
      </MessagePanel>
    );
  }
  // Without a symbol the address is about to get one.
  if (loading || (symbol === null && all.length > 0))
    return <MessagePanel title="Loading the markets…">One moment.</MessagePanel>;
  if (symbol === null || all.length === 0) {
    return (
      <MessagePanel title="Nothing to show yet">
        The server follows no instrument and has none stored. Name some under “follow” in its configuration,
        or import a file with “candlewick import”.
      </MessagePanel>
    );
  }
  return (
    <MessagePanel
      title={`“${symbol}” is not known here`}
      actions={nearestSymbols(symbol, all, 3).map((near) => (
        <Button key={instrumentId(near)} size="xs" variant="default" onClick={() => onSelect(near)}>
          {shortName(near, all)}
        </Button>
      ))}
    >
      No venue of this server has it. These are the nearest; all are in the watch list.
    </MessagePanel>
  );
}
